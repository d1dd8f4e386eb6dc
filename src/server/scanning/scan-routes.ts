import { downloadSnapshot, listFormats, scanDocument } from "../../contract/endpoints/scans.ts";
import { toWire } from "../../contract/schemas.ts";
import { RawReply, type Route, route } from "../http/route.ts";
import type { ScanService } from "./scan-service.ts";

export function scanRoutes(scans: ScanService): readonly Route[] {
  return [
    route(scanDocument, ({ query, body }) => toWire(scans.scan({ name: query.name, bytes: body }, query.release))),
    route(listFormats, () => ({ formats: scans.formats() })),
    route(downloadSnapshot, ({ header }) => {
      const { etag, bytes } = scans.snapshotFile();
      const headers = { etag, "cache-control": "no-cache", "content-type": "application/octet-stream" };
      return header("if-none-match") === etag ? new RawReply(304, headers, "") : new RawReply(200, headers, bytes);
    }),
  ];
}

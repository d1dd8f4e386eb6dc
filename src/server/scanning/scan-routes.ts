import { downloadSnapshot, listFormats, matchStaged, scanDocument } from "../../contract/endpoints/scans.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { stagedToWire, toWire } from "../../contract/schemas.ts";
import type { Caller } from "../http/caller.ts";
import { RawReply, type Route, route } from "../http/route.ts";
import type { StagedService } from "../releases/staged-service.ts";
import type { ScanService } from "./scan-service.ts";

export function scanRoutes(scans: ScanService, staged: StagedService): readonly Route[] {
  return [
    route(scanDocument, async ({ query, body, caller }) => {
      return toWire(await scans.scan({ name: query.name, bytes: body }, query.release, memberOf(caller)));
    }),
    route(matchStaged, async ({ caller, body }) => {
      const components = body.components.map(({ ecosystem, name, version }) => ({ ecosystem, name, version }));
      return stagedToWire(await staged.match(caller, components));
    }),
    route(listFormats, () => ({ formats: scans.formats() })),
    route(downloadSnapshot, ({ header }) => {
      const { etag, bytes } = scans.snapshotFile();
      const headers = { etag, "cache-control": "no-cache", "content-type": "application/octet-stream" };
      return header("if-none-match") === etag ? new RawReply(304, headers, "") : new RawReply(200, headers, bytes);
    }),
  ];
}

/**
 * Anyone may ask what is public. A token states that a member asks: one that may not scan is refused, so that no program takes the public answer for
 * the member's. A browser sends its session whether or not it is meant: without the right the answer is everyone's, and says nothing of what is staged.
 */
function memberOf(caller: Caller | undefined): Caller | undefined {
  if (caller === undefined || caller.verbs.includes("scan")) return caller;
  if (!caller.isToken) return undefined;
  throw new CodedError(
    "not-allowed",
    "Expected the right scan, which this token's scopes do not have. Without a credential the public answer is given",
  );
}

import { osvQuery, osvQueryBatch, osvVulnerability } from "../../contract/endpoints/osv-api.ts";
import type { Json } from "../../vocabulary/json.ts";
import { parseJsonBody } from "../http/json-text.ts";
import { RawReply, route, type Route } from "../http/route.ts";
import { readOsvBatch, readOsvQuery } from "./osv-query.ts";
import type { OsvService } from "./osv-service.ts";

export function osvRoutes(osv: OsvService): readonly Route[] {
  return [
    route(osvQuery, async ({ body }) => json(await osv.query(readOsvQuery(parsed(body))))),
    route(osvQueryBatch, async ({ body }) => json(await osv.queryBatch(readOsvBatch(parsed(body))))),
    route(osvVulnerability, async ({ params }) => json(await osv.record(params.id))),
  ];
}

/** Clients send no content type at all, or any: what counts is that the bytes are JSON. */
function parsed(body: Uint8Array): Json | undefined {
  return body.byteLength === 0 ? undefined : parseJsonBody(body);
}

function json(text: string): RawReply {
  return new RawReply(200, { "content-type": "application/json; charset=utf-8" }, text);
}

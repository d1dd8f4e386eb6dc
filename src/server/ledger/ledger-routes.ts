import { listAdvisoryKeys, readAdvisoryKey, readAdvisorySignature } from "../../contract/endpoints/advisory-signatures.ts";
import {
  eraseStatement,
  listStatements,
  readLedger,
  readLedgerAdvisory,
  readLedgerCheckpoint,
  readLedgerTile,
  readReceipt,
  restartLedger,
} from "../../contract/endpoints/ledger.ts";
import { parseTilePath } from "../../sealing/tiles.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { RawReply, type Route, route } from "../http/route.ts";
import type { LedgerService } from "./ledger-service.ts";

/** A checkpoint is old after the next batch: kept for a moment only, as c2sp.org/tlog-tiles wants. */
const CHECKPOINT_CACHE = "public, max-age=2";
const TILE_CACHE = "public, max-age=31536000, immutable";

export function ledgerRoutes(ledger: LedgerService): readonly Route[] {
  return [
    route(readLedger, () => ledger.state()),
    route(
      readLedgerCheckpoint,
      async () =>
        new RawReply(200, { "content-type": "text/plain; charset=utf-8", "cache-control": CHECKPOINT_CACHE }, await ledger.checkpoint()),
    ),
    route(readLedgerTile, async ({ params }) => {
      const request = parseTilePath(params.path);
      if (request === undefined) {
        throw new CodedError(
          "not-found",
          `expected a tile's path such as 0/000 or entries/x001/234.p/17, got ${JSON.stringify(params.path)}`,
        );
      }
      return new RawReply(200, { "content-type": "application/octet-stream", "cache-control": TILE_CACHE }, await ledger.tile(request));
    }),
    route(readLedgerAdvisory, ({ params }) => ledger.revisions(params.id)),
    route(listStatements, ({ caller, query: { after, limit, record, recordOwner } }) =>
      ledger.list(caller, {
        after,
        limit,
        ...(record === undefined || recordOwner === undefined ? {} : { record: { organisationId: recordOwner, id: record } }),
      }),
    ),
    route(readReceipt, ({ caller, params }) => ledger.receipt(caller, params.id)),
    route(listAdvisoryKeys, () => ledger.advisoryKeys()),
    route(
      readAdvisoryKey,
      ({ params }) => new RawReply(200, { "content-type": "application/x-pem-file; charset=utf-8" }, ledger.advisoryKey(params.key)),
    ),
    route(readAdvisorySignature, async ({ params, query }) => {
      const signature = await ledger.signature(params.id, { key: query.key, version: query.version });
      return new RawReply(200, { "content-type": "application/octet-stream" }, signature);
    }),
    route(restartLedger, () => ledger.restart()),
    route(eraseStatement, ({ caller, params }) => ledger.erase(caller, params.id)),
  ];
}

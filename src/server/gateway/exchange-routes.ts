import {
  exportExchanges,
  issueModelToken,
  listExchanges,
  listExchangeSessions,
  listModelTokens,
  readExchange,
  revokeModelToken,
  searchExchanges,
} from "../../contract/endpoints/exchanges.ts";
import { RawReply, type Route, route } from "../http/route.ts";
import type { ModelTokenService } from "./model-token-service.ts";
import type { TranscriptService } from "./transcript-service.ts";

export function exchangeRoutes(tokens: ModelTokenService, transcripts: TranscriptService): readonly Route[] {
  return [
    route(listModelTokens, ({ caller, params }) => tokens.list(caller, params.grant)),
    route(issueModelToken, ({ caller, params, body }) => tokens.issue(caller, params.grant, body)),
    route(revokeModelToken, async ({ caller, params }) => {
      await tokens.revoke(caller, params.grant, params.token);
      return { done: true as const };
    }),
    route(listExchangeSessions, ({ caller, params, query }) => transcripts.sessions(caller, params.grant, query)),
    route(listExchanges, ({ caller, params, query }) => transcripts.list(caller, params.grant, query)),
    route(readExchange, ({ caller, params }) => transcripts.read(caller, params.exchange)),
    route(searchExchanges, ({ caller, params, query }) => transcripts.search(caller, params.grant, query)),
    route(exportExchanges, async ({ caller, params, query }) => {
      const headers = {
        "content-type": "application/x-ndjson; charset=utf-8",
        "content-disposition": 'attachment; filename="transcripts.ndjson"',
      };
      return new RawReply(200, headers, await transcripts.export(caller, params.grant, query));
    }),
  ];
}

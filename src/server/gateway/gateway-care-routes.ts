import {
  issueGateway,
  liftStop,
  listGateways,
  listStops,
  listUsedTokens,
  revokeGateway,
  stopUse,
} from "../../contract/endpoints/gateways.ts";
import { type Route, route } from "../http/route.ts";
import type { PremisesService } from "./premises-service.ts";
import type { StopService } from "./stop-service.ts";

export function gatewayCareRoutes(premises: PremisesService, stops: StopService): readonly Route[] {
  return [
    route(listGateways, async ({ caller }) => ({ rows: await premises.list(caller) })),
    route(issueGateway, ({ caller, body }) => premises.issue(caller, body.name)),
    route(revokeGateway, async ({ caller, params }) => {
      await premises.revoke(caller, params.gateway);
      return { done: true as const };
    }),
    route(listStops, async ({ caller, params }) => ({ rows: await stops.list(caller, params.model) })),
    route(listUsedTokens, ({ caller, params }) => stops.usedTokens(caller, params.model)),
    route(stopUse, ({ caller, params, body }) => stops.stop(caller, params.model, body)),
    route(liftStop, async ({ caller, params }) => {
      await stops.lift(caller, params.model, params.stop);
      return { done: true as const };
    }),
  ];
}

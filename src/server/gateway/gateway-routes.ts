import {
  readDestroyedRecords,
  readOrders,
  settleExchanges,
  stateDestruction,
  stateProbe,
  takeLease,
} from "../../contract/endpoints/gateway.ts";
import { type Route, route } from "../http/route.ts";
import type { GatewayService } from "./gateway-service.ts";

export function gatewayRoutes(gateways: GatewayService): readonly Route[] {
  return [
    route(readOrders, ({ gateway, body }) => gateways.orders(gateway, body)),
    route(takeLease, ({ gateway, body }) => gateways.lease(gateway, body)),
    route(settleExchanges, ({ gateway, body }) => gateways.settle(gateway, body)),
    route(stateProbe, ({ gateway, body }) => gateways.probe(gateway, body)),
    route(stateDestruction, ({ gateway, body }) => gateways.destruction(gateway, body)),
    route(readDestroyedRecords, ({ gateway, body }) => gateways.destroyedRecords(gateway, body)),
  ];
}

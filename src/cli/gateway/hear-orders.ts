import type { Client } from "../../contract/client.ts";
import { type GatewayOrders, readOrders } from "../../contract/endpoints/gateway.ts";

/** The same client, that also tells `heard` of every set of orders that passes through it. */
export function hearOrders(client: Client, heard: (orders: GatewayOrders) => void): Client {
  return async (endpoint, call) => {
    const answer = await client(endpoint, call);
    if (endpoint.id === readOrders.id) {
      const read = readOrders.answer.parse(answer);
      if (read.kind === "orders") heard(read.orders);
    }
    return answer;
  };
}

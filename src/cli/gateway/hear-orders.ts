import type { Client } from "../../contract/client.ts";
import type { AnswerOf } from "../../contract/endpoint.ts";
import { readOrders } from "../../contract/endpoints/gateway.ts";

/** The same client, that also tells `heard` of every answer to what may be let through. */
export function hearOrders(client: Client, heard: (answer: AnswerOf<typeof readOrders>) => void): Client {
  return async (endpoint, call) => {
    const answer = await client(endpoint, call);
    if (endpoint.id === readOrders.id) heard(answer as AnswerOf<typeof readOrders>);
    return answer;
  };
}

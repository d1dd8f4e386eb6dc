import type { Client } from "../../contract/client.ts";
import type { AnswerOf } from "../../contract/endpoint.ts";
import { readOrders } from "../../contract/endpoints/gateway.ts";

export type OrdersHeard = {
  /** Told of every answer to what may be let through. */
  readonly heard: (answer: AnswerOf<typeof readOrders>) => void;
  /** Windows whose credential this host keeps, said with every question: where a key may be is known before it is destroyed. */
  readonly holds?: (() => readonly string[] | undefined) | undefined;
};

/** The same client, that asks for orders in the name of a host with keys of its own. */
export function hearOrders(client: Client, { heard, holds }: OrdersHeard): Client {
  return async (endpoint, call) => {
    if (endpoint.id !== readOrders.id) return client(endpoint, call);
    const windows = holds?.();
    const asked = windows === undefined ? call : { ...call, body: { ...(call as { readonly body: object }).body, holds: windows } };
    const answer = await client(endpoint, asked as typeof call);
    heard(answer as AnswerOf<typeof readOrders>);
    return answer;
  };
}

import assert from "node:assert/strict";
import { type ExchangeRowAnswer, listExchanges } from "../../src/contract/endpoints/exchanges.ts";
import { until } from "../support/until.ts";
import type { GrantedConsole } from "./granted-console.ts";

/** Versions of a model, each named for what it does. */
export const SCRIPTED = ["scripted", "scripted-tool", "scripted-reset-in-stream", "scripted-500"];
export const QUESTION = "Which flaw is in strcpy?";

export type GrantedCall = { readonly token: string; readonly model: string; readonly more?: object; readonly session?: string | undefined };

/** Asks the gateway as a tool of the evaluators does, to the answer's end; its status. */
export async function callGranted(stand: GrantedConsole, { token, model, more = {}, session }: GrantedCall): Promise<number> {
  const response = await fetch(`${stand.gateway}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      ...(session === undefined ? {} : { "x-sluice-session": session }),
    },
    body: JSON.stringify({ model, max_tokens: 60, messages: [{ role: "user", content: QUESTION }], ...more }),
  });
  // What a broken stream throws is what it was asked for.
  await response.text().catch(() => "");
  return response.status;
}

/** The first exchange of the grant that is so, once the gateway has stated it. */
export async function statedExchange(
  stand: GrantedConsole,
  grant: string,
  isIt: (row: ExchangeRowAnswer) => boolean,
): Promise<ExchangeRowAnswer> {
  let found: ExchangeRowAnswer | undefined;
  await until(async () => {
    const { rows } = await stand.eva.ask(listExchanges, { params: { grant }, query: { limit: 200 } });
    found = rows.find(isIt);
    return found !== undefined;
  });
  assert.ok(found !== undefined);
  return found;
}

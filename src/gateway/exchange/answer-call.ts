import type { IncomingMessage, ServerResponse } from "node:http";
import type { ModelWire } from "../../vocabulary/exchange.ts";
import type { HeldCredentials } from "../credentials/held-credentials.ts";
import type { Admission } from "../orders/standing-orders.ts";
import { familyOf, type Route } from "../wires/route.ts";
import { admitCall, routeOfCall } from "./admit-call.ts";
import { answerRefusal } from "./answer-client.ts";
import { listModels } from "./list-models.ts";
import { type CallClient, type ExchangeParts, makeExchange } from "./make-exchange.ts";
import { planCall } from "./plan-call.ts";
import { CallRefused } from "./refusals.ts";
import { type HeldBodies, readRequestBody } from "./request-body.ts";

export type CallParts = ExchangeParts & { readonly credentials: HeldCredentials; readonly bodies: HeldBodies };

/** Answers one call of an evaluator's tool. Never rejects. */
export async function answerCall(parts: CallParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.url ?? "";
  let family: ModelWire = target.startsWith("/v1/messages") ? "anthropic" : familyOf(request.headers);
  const client: CallClient = { isGone: false, leave: () => undefined };
  response.once("close", () => {
    client.isGone = true;
    client.leave();
  });
  try {
    const route = routeOfCall(request, target);
    if (route.kind === "exchange") family = route.wire.family;
    const admission = await admitCall(parts.orders, request);
    if (route.kind === "models") listModels(route, admission, response);
    else await exchange(parts, route, admission, request, response, client);
  } catch (error) {
    if (!(error instanceof CallRefused)) {
      parts.log({ level: "error", event: "call-failed", reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    } else if (!client.isGone) {
      parts.log({ level: "info", event: "call-refused", code: error.refusal.code, status: error.refusal.status });
    }
    const refused =
      error instanceof CallRefused
        ? error
        : new CallRefused("gateway-failed", "Expected to answer, found a fault in the gateway; its log says more");
    answerRefusal(response, family, refused.refusal);
    if (!response.writableEnded) response.destroy();
  }
}

async function exchange(
  parts: CallParts,
  route: Extract<Route, { kind: "exchange" }>,
  admission: Admission,
  request: IncomingMessage,
  response: ServerResponse,
  client: CallClient,
): Promise<void> {
  const { config, running } = parts;
  if (running.count() >= config.limits.exchangesAtOnce) {
    throw new CallRefused("gateway-busy", `Expected at most ${config.limits.exchangesAtOnce} exchanges at once, found as many`, {
      retryAfterSeconds: 1,
    });
  }
  const { bytes, release } = await readRequestBody(request, config.limits, parts.bodies);
  try {
    await makeExchange(parts, planCall(parts, route, admission, request, bytes), response, client);
  } finally {
    release();
  }
}

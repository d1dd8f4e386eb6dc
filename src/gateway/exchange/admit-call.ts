import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { bodyHeadFault, headFault } from "../headers/request-head.ts";
import type { FollowedOrders } from "../orders/follow-orders.ts";
import type { Admission } from "../orders/standing-orders.ts";
import { type Route, routeOf, tokenOf } from "../wires/route.ts";
import { CallRefused } from "./refusals.ts";

/** Which of a wire's paths a call asks for. @throws CallRefused `path-unknown`, `request-invalid` */
export function routeOfCall(request: IncomingMessage, target: string): Route {
  if (request.httpVersion !== "1.1") throw new CallRefused("request-invalid", `Expected HTTP/1.1, found HTTP/${request.httpVersion}`);
  const route = routeOf(request.method ?? "", target, request.headers);
  if (route === undefined) {
    throw new CallRefused(
      "path-unknown",
      `Expected a path of the OpenAI or Anthropic wire that this gateway passes on, found ${JSON.stringify(`${request.method} ${target.slice(0, 100)}`)}`,
    );
  }
  const fault = route.kind === "exchange" ? bodyHeadFault(request.rawHeaders) : headFault(request.rawHeaders);
  if (fault !== undefined) throw new CallRefused("request-invalid", fault.message, { status: fault.status });
  return route;
}

/** What a call's token lets through. @throws CallRefused `token-…`, `access-ended`, `lease-ended` */
export async function admitCall(orders: FollowedOrders, request: IncomingMessage): Promise<Admission> {
  const token = tokenOf(request.headers);
  if (token === undefined) {
    throw new CallRefused(
      "token-missing",
      "Expected one token, as a bearer token or in x-api-key; your organisation's tokens stand at the model's page",
    );
  }
  const found = await orders.find(createHash("sha256").update(token, "latin1").digest("hex"));
  switch (found.kind) {
    case "admitted":
      return found.admission;
    case "stale":
      throw new CallRefused(
        "lease-ended",
        "Expected word from the server within the last second, found none; nothing goes through until it answers",
        {
          retryAfterSeconds: 1,
        },
      );
    case "expired":
      throw new CallRefused(
        "token-expired",
        "Expected a token that is in force, found one that has expired; your organisation can make another",
      );
    case "ended":
      throw new CallRefused(
        "access-ended",
        "Expected a token that is in force, found that its access has ended; the model's page says why",
      );
    case "unknown":
      throw new CallRefused(
        "token-unknown",
        "Expected a token that is in force, found an unknown one; access may have ended or not have begun",
      );
  }
}

import type { IncomingMessage } from "node:http";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { ModelWire } from "../../vocabulary/exchange.ts";
import type { GatewayClock } from "../clock.ts";
import type { GatewayConfig } from "../config.ts";
import type { HeldCredentials } from "../credentials/held-credentials.ts";
import { isCredential, upstreamHeaders } from "../headers/upstream-headers.ts";
import type { Admission } from "../orders/standing-orders.ts";
import type { Route } from "../wires/route.ts";
import type { Ask, Wire } from "../wires/wire.ts";
import { type ModelAddress, modelAddress } from "./model-address.ts";
import { CallRefused } from "./refusals.ts";

/** What is decided of a call before anything is spent. */
export type PlannedCall = {
  readonly wire: Wire;
  readonly ask: Ask;
  readonly admission: Admission;
  readonly address: ModelAddress;
  readonly body: Buffer;
  readonly rewritten: readonly string[];
  readonly addsUsageEvent: boolean;
  readonly headers: Record<string, string>;
  readonly session: string;
};

export type PlanParts = { readonly config: GatewayConfig; readonly clock: GatewayClock; readonly credentials: HeldCredentials };

/** Decides what goes upstream. @throws CallRefused for what this token, its grant or this gateway does not let through */
export function planCall(
  { config, credentials, clock }: PlanParts,
  { wire, query }: Extract<Route, { kind: "exchange" }>,
  admission: Admission,
  request: IncomingMessage,
  bytes: Buffer,
): PlannedCall {
  const { window, grant, token } = admission;
  if (window.wire !== wire.family) throw wireUnknown(window.wire);
  const ask = readAsk(wire, bytes);
  const model = window.models.find(({ name }) => name === ask.model);
  if (model === undefined) throw modelUnknown(ask.model, window.models);
  const granted = new Set(grant.outside);
  const outside = ask.outside.find(({ action, feature }) => action === "refuse" && (feature === "elsewhere" || !granted.has(feature)));
  if (outside !== undefined) {
    const { kind, feature, place, wireCode } = outside;
    const remedy = feature === "elsewhere" ? "no grant allows it" : `this grant does not allow ${feature}; the lab can`;
    throw new CallRefused(
      "outside-refused",
      `Expected nothing that leaves the sandbox, found ${kind} at ${place}: ${remedy}`,
      wireCode === undefined ? {} : { wireCode },
    );
  }
  const session = request.headers["x-sluice-session"] ?? `${token.id}:${new Date(clock.wallMs()).toISOString().slice(0, 10)}`;
  if (typeof session !== "string" || !/^[\w.:@=+-]{1,200}$/.test(session)) {
    throw new CallRefused(
      "request-invalid",
      "Expected up to 200 letters, digits or any of . : @ = + _ - in x-sluice-session, found something else",
    );
  }
  const address = modelAddress(model.baseUrl, wire.upstreamPath + query, config.listedHosts);
  const upstream = ask.upstreamBody({ model: model.upstreamName, granted, asksStreamUsage: model.asksStreamUsage });
  const credential = credentials.of(window);
  if (credential === undefined || !isCredential(credential)) {
    throw new CallRefused(
      "credential-unavailable",
      "Expected the lab's credential at this gateway, found none that it can use; the lab can give it again",
    );
  }
  return {
    wire,
    ask,
    admission,
    address,
    session,
    body: upstream.bytes,
    rewritten: upstream.rewritten,
    addsUsageEvent: upstream.addsUsageEvent,
    headers: upstreamHeaders(wire.family, request.rawHeaders, credential, upstream.bytes.length),
  };
}

function readAsk(wire: Wire, bytes: Buffer): Ask {
  try {
    return wire.readAsk(bytes);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    const place = error.place === undefined || error.place === "" ? "" : `${error.place}: `;
    const isTooLarge = error.code === "document-too-large";
    throw new CallRefused(isTooLarge ? "request-too-large" : "request-invalid", place + error.message);
  }
}

export function wireUnknown(wire: ModelWire): CallRefused {
  return new CallRefused("wire-unknown", `Expected a call over the wire that this token's model speaks, ${wire}, found another`);
}

export function modelUnknown(asked: string, models: readonly { readonly name: string }[]): CallRefused {
  const names = models.map(({ name }) => name).join(", ");
  return new CallRefused("model-unknown", `Expected one of this token's models (${names}), found ${JSON.stringify(asked.slice(0, 100))}`);
}

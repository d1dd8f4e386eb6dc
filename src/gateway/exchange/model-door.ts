import { lookup as resolveName } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent, type Dispatcher } from "undici";
import type { GatewayConfig } from "../config.ts";
import type { ModelAddress } from "./model-address.ts";
import { isLoopbackName, isPrivateAddress } from "./private-address.ts";

/** The way out to models: HTTP/1.1, connections kept, nothing followed and nothing repeated. */
export type ModelDoor = {
  readonly ask: (asked: AskedModel, handler: Dispatcher.DispatchHandler) => void;
  readonly close: () => Promise<void>;
};

export type AskedModel = { readonly address: ModelAddress; readonly headers: Record<string, string>; readonly body: Buffer };

const CONNECT_MS = 10_000;

export function openModelDoor({ limits, listedHosts }: Pick<GatewayConfig, "limits" | "listedHosts">): ModelDoor {
  const agent = new Agent({
    allowH2: false,
    pipelining: 1,
    keepAliveTimeout: limits.upstreamIdleMs,
    keepAliveMaxTimeout: 60_000,
    headersTimeout: limits.answerHeadMs,
    bodyTimeout: limits.answerSilenceMs,
    maxHeaderSize: limits.answerHeadBytes,
    connect: { timeout: CONNECT_MS, lookup: guardedLookup(listedHosts) },
  });
  return {
    ask: ({ address: { origin, path }, headers, body }, handler) => {
      agent.dispatch({ origin, path, method: "POST", headers, body }, handler);
    },
    close: () => agent.destroy(),
  };
}

/** Threat: an enrolled name that points into the network behind this gateway. */
function guardedLookup(listedHosts: readonly string[]): LookupFunction {
  return (hostname, options, callback) => {
    const isTrusted = isLoopbackName(hostname) || listedHosts.some((listed) => listed === hostname || listed.startsWith(`${hostname}:`));
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "");
      const allowed = addresses.filter(({ address }) => isTrusted || !isPrivateAddress(address));
      const [first] = allowed;
      if (first === undefined) return callback(new Error("the enrolled host has private addresses only, and is not listed"), "");
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

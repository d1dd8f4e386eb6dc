import type { IncomingHttpHeaders } from "node:http";
import type { ModelWire } from "../../vocabulary/exchange.ts";
import * as registered from "./all.ts";
import type { ModelList } from "./model-list.ts";
import type { Wire } from "./wire.ts";

const adapters: readonly (Wire | ModelList)[] = Object.values(registered);
export const allWires: readonly Wire[] = adapters.filter((adapter) => isWire(adapter));
export const allModelLists: readonly ModelList[] = adapters.filter((adapter): adapter is ModelList => !isWire(adapter));

/** Where a request goes. `query` is what of the client's is passed on with it. */
export type Route =
  | { readonly kind: "exchange"; readonly wire: Wire; readonly query: "" | "?beta=true" }
  | { readonly kind: "models"; readonly list: ModelList; readonly model?: string };

/**
 * The route of a request by its exact path; undefined for every other method and path, whatever it would normalise to.
 * The target is what stands in the request line.
 */
export function routeOf(method: string, target: string, headers: IncomingHttpHeaders): Route | undefined {
  const [path = "", query] = splitOnce(target, "?");
  if (method === "POST") {
    const wire = allWires.find((candidate) => candidate.path === path);
    return wire === undefined ? undefined : { kind: "exchange", wire, query: passedQuery(query) };
  }
  if (method !== "GET") return undefined;
  const family = familyOf(headers);
  const list = allModelLists.find((candidate) => candidate.family === family);
  if (list === undefined) return undefined;
  if (path === list.path) return { kind: "models", list };
  if (!path.startsWith(`${list.path}/`)) return undefined;
  const model = decoded(path.slice(list.path.length + 1));
  return model === undefined || model === "" ? undefined : { kind: "models", list, model };
}

/** Both families list models at one path; Anthropic's clients say which version of its wire they speak. */
export function familyOf(headers: IncomingHttpHeaders): ModelWire {
  return headers["anthropic-version"] !== undefined || headers["x-api-key"] !== undefined ? "anthropic" : "openai";
}

/**
 * The token a client brings, wherever its SDK puts it. Undefined without one, and when two different ones are brought.
 */
export function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +([\x21-\x7e]+)$/i.exec(headers.authorization ?? "")?.[1];
  const key = headers["x-api-key"];
  if (key === undefined) return bearer;
  if (typeof key !== "string" || (bearer !== undefined && bearer !== key)) return undefined;
  return key === "" ? undefined : key;
}

/** Anthropic's SDK asks for its beta methods so; nothing else of a query means anything to a wire. */
function passedQuery(query: string | undefined): "" | "?beta=true" {
  return new URLSearchParams(query ?? "").get("beta") === "true" ? "?beta=true" : "";
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A malformed escape names no model.
    return undefined;
  }
}

function isWire(adapter: Wire | ModelList): adapter is Wire {
  return "readAsk" in adapter;
}

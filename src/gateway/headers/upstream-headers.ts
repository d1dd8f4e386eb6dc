import type { ModelWire } from "../../vocabulary/exchange.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { fieldsOf, nominated, type RawHeaders } from "./raw-headers.ts";

/**
 * The head that goes to the enrolled model: a few fields of the client's that the wire gives a meaning, and the gateway's own. An
 * allow-list, so that the evaluator's token, cookies, tracing, tool fingerprints and choice of the lab's organisation stay here.
 */
export function upstreamHeaders(wire: ModelWire, raw: RawHeaders, credential: string, bodyLength: number): Record<string, string> {
  const passed = PASSED[wire];
  const forThisHop = nominated(raw);
  const headers: Record<string, string> = {};
  for (const [name, value] of fieldsOf(raw)) {
    if (!passed.has(name) || forThisHop.has(name)) continue;
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  const [name, value] = credentialField(wire, credential);
  return {
    ...headers,
    "content-type": "application/json",
    "content-length": String(bodyLength),
    // Compressed answers would have to be opened here to read what they used.
    "accept-encoding": "identity",
    "user-agent": "sluice-gateway",
    [name]: value,
  };
}

/** True for a text that can stand in a header: a key, or `Bearer` and a token. */
export function isCredential(text: string): boolean {
  return /^(?:Bearer )?[\x21-\x7e]{1,4096}$/.test(text);
}

const PASSED: Readonly<Record<ModelWire, ReadonlySet<string>>> = {
  openai: new Set(["accept"]),
  anthropic: new Set(["accept", "anthropic-version", "anthropic-beta"]),
};

/** Where each wire's own servers look for a key. A lab whose server wants a bearer token on the Anthropic wire gives it as `Bearer …`. */
function credentialField(wire: ModelWire, credential: string): readonly [string, string] {
  invariant(isCredential(credential), "a credential was checked before it was kept");
  if (credential.startsWith("Bearer ")) return ["authorization", credential];
  return wire === "openai" ? ["authorization", `Bearer ${credential}`] : ["x-api-key", credential];
}

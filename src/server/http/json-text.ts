import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Json } from "../../vocabulary/json.ts";

/** Deeper nesting than any client sends; a parser or a schema that recurses stays far from the end of the stack. */
export const MAX_JSON_DEPTH = 64;

/**
 * JSON from an untrusted body: strict UTF-8, bounded depth, no key that could reach a prototype.
 * @throws CodedError `input-invalid`
 */
export function parseJsonBody(bytes: Uint8Array): Json {
  if (bytes.byteLength === 0) throw new CodedError("input-invalid", "expected a JSON body, got none", { place: "body" });
  refuseDepth(bytes);
  const value = parse(decode(bytes));
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CodedError("input-invalid", "expected UTF-8, got bytes that are not", { cause, place: "body" });
  }
}

function parse(text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (cause) {
    throw new CodedError("input-invalid", `expected JSON: ${cause instanceof Error ? cause.message : "unreadable"}`, { cause, place: "body" });
  }
  if (mayHoldPoison.test(text)) refusePoison(value, "body");
  return value;
}

const mayHoldPoison = /__proto__|\\u|constructor/;

/** `__proto__` as an own key, or a `constructor` that carries a `prototype`, turns into pollution as soon as someone merges objects. */
function refusePoison(value: Json, place: string): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, entry] of (value as readonly Json[]).entries()) refusePoison(entry, `${place}[${index}]`);
    return;
  }
  for (const [key, entry] of Object.entries(value)) {
    const poisoned = key === "__proto__" || (key === "constructor" && isObjectWith(entry, "prototype"));
    if (poisoned) throw new CodedError("input-invalid", `the key ${JSON.stringify(key)} is not taken`, { place });
    refusePoison(entry, `${place}.${key}`);
  }
}

function isObjectWith(value: Json, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Looks at bytes before anything is built from them, so that depth costs no stack. */
function refuseDepth(bytes: Uint8Array): void {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (inString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === 0x5b || byte === 0x7b) {
      depth++;
      if (depth > MAX_JSON_DEPTH) {
        throw new CodedError("input-invalid", `expected at most ${MAX_JSON_DEPTH} levels of nesting`, { place: `body, byte ${index}` });
      }
    } else if (byte === 0x5d || byte === 0x7d) {
      depth--;
    }
  }
}

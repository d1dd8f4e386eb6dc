import { type JsonLimits, readJson } from "../../formats/read-json.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import type { Json } from "../../vocabulary/json.ts";

/** Deeper and more than any client sends; the bytes have been bounded by the endpoint before. */
const BODY_LIMITS: JsonLimits = { maxBytes: Number.MAX_SAFE_INTEGER, maxDepth: 64, maxValues: 4_000_000 };

/**
 * JSON from a request's body: strict UTF-8, bounded depth and count, no key that could reach a prototype.
 * @throws CodedError `input-invalid`, `document-too-large`
 */
export function parseJsonBody(bytes: Uint8Array): Json {
  if (bytes.byteLength === 0) throw new CodedError("input-invalid", "expected a JSON body, got none", { place: "body" });
  const value = read(bytes);
  if (mayHoldPoison(bytes)) refusePoison(value, "body");
  return value;
}

function read(bytes: Uint8Array): Json {
  try {
    return readJson(bytes, BODY_LIMITS);
  } catch (error) {
    if (!isCodedError(error, "document-invalid")) throw error;
    const place = error.place === undefined ? "body" : `body, ${error.place}`;
    throw new CodedError("input-invalid", error.message, { cause: error, place });
  }
}

/** Escapes can spell any key, so any of them makes the keys worth a look. */
function mayHoldPoison(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.includes("__proto__") || buffer.includes("constructor") || buffer.includes("\\u");
}

/** `__proto__` as an own key, or a `constructor` that carries a `prototype`, turns into pollution as soon as someone merges objects. */
function refusePoison(value: Json, place: string): void {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, entry] of (value as readonly Json[]).entries()) refusePoison(entry, `${place}[${index}]`);
    return;
  }
  for (const [key, entry] of Object.entries(value)) {
    if (key === "__proto__" || (key === "constructor" && isObjectWith(entry, "prototype"))) {
      throw new CodedError("input-invalid", `the key ${JSON.stringify(key)} is not taken`, { place });
    }
    refusePoison(entry, `${place}.${key}`);
  }
}

function isObjectWith(value: Json, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

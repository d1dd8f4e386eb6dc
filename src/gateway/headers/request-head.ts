import { fieldsOf, valuesOf, type RawHeaders } from "./raw-headers.ts";

/** Why a request's head is refused, or undefined. `status` is what HTTP has for it. */
export type HeadFault = { readonly status: 400 | 415 | 417 | 431; readonly message: string };

/**
 * What the HTTP parser lets through and another reader of the same bytes could take differently, or the wires have no use for.
 * The parser itself already refuses two lengths, a length beside a transfer coding, folded lines, and spaces in names.
 */
export function headFault(raw: RawHeaders): HeadFault | undefined {
  if (raw.length / 2 > MOST_FIELDS)
    return { status: 431, message: `Expected at most ${MOST_FIELDS} header fields, found ${raw.length / 2}` };
  for (const name of SINGLE) {
    const { length } = valuesOf(raw, name);
    if (length > 1) return { status: 400, message: `Expected one \`${name}\` header, found ${length}` };
  }
  for (const [name, value] of fieldsOf(raw)) {
    const fault = fieldFault(name, value);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The same for the head of a request with a body. */
export function bodyHeadFault(raw: RawHeaders): HeadFault | undefined {
  const type = valuesOf(raw, "content-type")[0];
  if (type === undefined || !JSON_TYPE.test(type)) {
    return { status: 415, message: `Expected content-type application/json in UTF-8, found ${quoted(type)}` };
  }
  return headFault(raw);
}

const MOST_FIELDS = 100;
/** Fields of which two would let two readers believe different things. */
const SINGLE = [
  "authorization",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "transfer-encoding",
  "x-api-key",
  "x-sluice-session",
];
const JSON_TYPE = /^application\/json(?:\s*;\s*charset\s*=\s*"?utf-8"?)?\s*$/i;

function fieldFault(name: string, value: string): HeadFault | undefined {
  if (name === "transfer-encoding" && value.trim().toLowerCase() !== "chunked") {
    return { status: 400, message: `Expected transfer-encoding chunked or none, found ${quoted(value)}` };
  }
  if (name === "content-encoding" && value.trim().toLowerCase() !== "identity") {
    return { status: 415, message: `Expected a body without content-encoding, found ${quoted(value)}` };
  }
  if (name === "expect" && value.trim().toLowerCase() !== "100-continue") {
    return { status: 417, message: `Expected no expectation but 100-continue, found ${quoted(value)}` };
  }
  // Node gives fields in Latin-1; a character beyond ASCII would be sent on in another encoding.
  if (!/^[\t\x20-\x7e]*$/.test(value) && PASSED_ON.has(name)) {
    return { status: 400, message: `Expected plain ASCII in \`${name}\`, found other characters` };
  }
  return undefined;
}

const PASSED_ON = new Set(["anthropic-version", "anthropic-beta", "accept", "authorization", "x-api-key", "x-sluice-session"]);

function quoted(value: string | undefined): string {
  return value === undefined ? "none" : JSON.stringify(value.slice(0, 60));
}

import { CodedError } from "../vocabulary/coded-error.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The text of an untrusted document; a byte order mark is left off.
 * @throws CodedError `document-too-large`, `document-invalid` at the first byte that is not UTF-8.
 */
export function readText(bytes: Uint8Array, maxBytes: number): string {
  checkSize(bytes, maxBytes);
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    const at = firstNotUtf8(bytes);
    const found = bytes[at] === undefined ? "the end" : `byte ${bytes[at].toString(16).padStart(2, "0")}`;
    throw new CodedError("document-invalid", `Expected UTF-8, found ${found}`, { place: `byte ${at}`, cause });
  }
}

/** @throws CodedError `document-too-large`. */
export function checkSize(bytes: Uint8Array, maxBytes: number): void {
  if (bytes.length > maxBytes) throw new CodedError("document-too-large", `Expected at most ${maxBytes} bytes, found ${bytes.length}`);
}

/** Decoding leniently and encoding again differs first where the bytes were not UTF-8. */
function firstNotUtf8(bytes: Uint8Array): number {
  const repaired = new TextEncoder().encode(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  const at = bytes.findIndex((byte, index) => byte !== repaired[index]);
  return at === -1 ? bytes.length : at;
}

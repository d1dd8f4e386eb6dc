import { MAX_KEY_BYTES, type KeyWriter } from "../../versions/key-writer.ts";
import type { CannotEncode, VersionScheme } from "../../versions/version-scheme.ts";

const DOT = 0x2e;

/** The order of Haskell's packages (PVP): numbers between dots, compared one by one; of two that begin alike the longer is above. */
export const pvp: VersionScheme = { id: "pvp", encode };

/** A version's numbers without leading zeros; undefined for what is no version. */
export function parsePvp(version: string): readonly string[] | undefined {
  if (version.length > MAX_VERSION_LENGTH || !/^[0-9]+(?:\.[0-9]+)*$/.test(version)) return undefined;
  return version.split(".").map((number) => number.replace(/^0+(?=.)/, ""));
}

/** Longer texts are no version that anyone publishes. */
const MAX_VERSION_LENGTH = 256;

/** Nothing sorts below the end of a version, so that the end is not written: a prefix is smaller. */
function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  if (version === "") return { reason: "it is empty" };
  let at = 0;
  for (;;) {
    const start = at;
    while (isDigit(version.charCodeAt(at))) at++;
    if (start === at) return { reason: `expected a number ${start === 0 ? "at the start" : "behind every dot"}` };
    out.number(version, start, at);
    if (at === version.length) break;
    if (version.charCodeAt(at) !== DOT) return { reason: "expected nothing but numbers between dots" };
    at++;
  }
  return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

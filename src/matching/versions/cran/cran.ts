import { MAX_KEY_BYTES, type KeyWriter } from "../key-writer.ts";
import type { CannotEncode, VersionScheme } from "../version-scheme.ts";

const HYPHEN = 0x2d;
const DOT = 0x2e;

/** The order of R's packages: numbers apart by `.` or `-`, which are the same, compared one by one; of two that begin alike the longer is above. */
export const cran: VersionScheme = { id: "cran", encode };

/** Nothing sorts below the end of a version, so that the end is not written: a prefix is smaller. */
function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  if (version === "") return { reason: "it is empty" };
  let at = 0;
  for (;;) {
    const start = at;
    while (isDigit(version.charCodeAt(at))) at++;
    if (start === at) return { reason: `expected a number ${start === 0 ? "at the start" : "behind every . and -"}` };
    out.number(version, start, at);
    if (at === version.length) break;
    const code = version.charCodeAt(at);
    if (code !== DOT && code !== HYPHEN) return { reason: "expected nothing but numbers apart by . or -" };
    at++;
  }
  return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

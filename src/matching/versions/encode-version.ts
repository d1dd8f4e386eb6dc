import { compareKeys, KeyWriter } from "./key-writer.ts";
import type { CannotEncode, VersionScheme } from "./version-scheme.ts";

export type Order = "<" | "=" | ">";

const writer = new KeyWriter();

/** The key of `version`, or why it has none. */
export function encodeVersion(version: string, scheme: VersionScheme): Uint8Array | CannotEncode {
  writer.reset();
  return scheme.encode(version, writer) ?? writer.key();
}

/** How `a` stands to `b` in the scheme's order; a refusal names the version that has no place in it. */
export function orderOf(a: string, b: string, scheme: VersionScheme): Order | CannotEncode {
  const keyOfA = encodeVersion(a, scheme);
  if (!(keyOfA instanceof Uint8Array)) return { reason: `${a}: ${keyOfA.reason}` };
  const keyOfB = encodeVersion(b, scheme);
  if (!(keyOfB instanceof Uint8Array)) return { reason: `${b}: ${keyOfB.reason}` };
  const difference = compareKeys(keyOfA, keyOfB);
  if (difference === 0) return "=";
  return difference < 0 ? "<" : ">";
}

import { MAX_KEY_BYTES, type KeyWriter } from "../../versions/key-writer.ts";
import { writeIdentifierList } from "../../versions/semver/identifier-list.ts";
import type { CannotEncode, VersionScheme } from "../../versions/version-scheme.ts";

/** The order of Julia's `VersionNumber`: SemVer's, and build numbers, by which binary packages are told apart, count. */
export const julia: VersionScheme = { id: "julia", encode };

export type JuliaVersion = {
  readonly numbers: readonly [major: number, minor: number, patch: number];
  /** Empty in `1.0-`, below every prerelease. */
  readonly prerelease: string | undefined;
  /** Empty in `1.0+`, above every build. */
  readonly build: string | undefined;
};

const VERSION =
  /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:(-)|([a-z][0-9a-z-]*(?:\.[0-9a-z-]+)*|-(?:[0-9a-z-]+\.)*[0-9a-z-]+)?(?:(\+)|\+((?:[0-9a-z-]+\.)*[0-9a-z-]+))?)$/i;

/** No published version is as long. */
const MAX_VERSION_LENGTH = 256;

/** Julia keeps numbers in 32 bits, and those among identifiers in 64. */
export const MAX_NUMBER = 2 ** 32 - 1;
const MAX_IDENTIFIER = (1n << 64n) - 1n;

/** Slots after the patch number: prerelease `02` < release `10`; behind either nothing < builds < the end of builds `FE`. */
const PRERELEASE = 0x02;
const RELEASE = 0x10;
const LEAST_PRERELEASE = 0x01;
const ABOVE_BUILDS = 0xfe;

/** What is missing is 0. Undefined for whatever Julia refuses. */
export function parseJuliaVersion(text: string): JuliaVersion | undefined {
  const parsed = parse(text);
  return "reason" in parsed ? undefined : parsed;
}

function parse(text: string): JuliaVersion | CannotEncode {
  if (text === "") return { reason: "it is empty" };
  if (text.length > MAX_VERSION_LENGTH) return { reason: `it is longer than ${MAX_VERSION_LENGTH} characters` };
  const [whole, major = "", minor = "0", patch = "0", minus, named, plus, build] = VERSION.exec(text) ?? [];
  if (whole === undefined) return { reason: "Julia reads no version in it" };
  const numbers = [Number(major), Number(minor), Number(patch)] as const;
  if (numbers.some((number) => number > MAX_NUMBER)) return { reason: "a number of it is over 2^32 - 1" };
  const prerelease = minus === undefined ? named?.replace(/^-/, "") : "";
  if (![prerelease, build].every(fits)) return { reason: "a number among its identifiers is over 2^64 - 1" };
  return { numbers, prerelease, build: plus === undefined ? build : "" };
}

function fits(identifiers: string | undefined): boolean {
  return (
    identifiers === undefined || identifiers.split(".").every((identifier) => !isNumber(identifier) || BigInt(identifier) <= MAX_IDENTIFIER)
  );
}

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  const parsed = parse(version);
  if ("reason" in parsed) return parsed;
  const { numbers, prerelease, build } = parsed;
  for (const number of numbers) out.smallNumber(number);
  if (prerelease === undefined) out.byte(RELEASE);
  else {
    out.byte(PRERELEASE);
    if (prerelease === "") out.byte(LEAST_PRERELEASE);
    else writeIdentifierList(prerelease, isNumber, out);
  }
  if (build === "") out.byte(ABOVE_BUILDS);
  else if (build !== undefined) writeIdentifierList(build, isNumber, out);
  return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
}

function isNumber(identifier: string): boolean {
  return /^\d+$/.test(identifier);
}

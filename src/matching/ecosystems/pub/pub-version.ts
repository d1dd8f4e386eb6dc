import { MAX_KEY_BYTES, type KeyWriter } from "../../versions/key-writer.ts";
import { writeIdentifierList } from "../../versions/semver/identifier-list.ts";
import type { CannotEncode, VersionScheme } from "../../versions/version-scheme.ts";

/** The order of `pub_semver`: SemVer's, and build metadata above none, identifier by identifier. */
export const pub: VersionScheme = { id: "pub", encode };

export type PubVersion = {
  /** Without leading zeros. */
  readonly numbers: readonly [major: string, minor: string, patch: string];
  readonly prerelease: string | undefined;
  readonly build: string | undefined;
};

const IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
/** Not anchored at its end: constraints read one version after another. */
export const VERSION = `(\\d+)\\.(\\d+)\\.(\\d+)(?:-(${IDENTIFIERS}))?(?:\\+(${IDENTIFIERS}))?`;
const WHOLE_VERSION = new RegExp(`^${VERSION}$`);

/** No published version is as long. */
const MAX_VERSION_LENGTH = 256;

/** Slots after the patch number: prerelease `02` < release `10`; behind either nothing < build metadata. */
const PRERELEASE = 0x02;
const RELEASE = 0x10;

const MAX_INTEGER = (1n << 63n) - 1n;
/** What Dart's `int.tryParse` reads besides digits: a sign, and hexadecimal digits. Nobody publishes it, and its order is not SemVer's. */
const ODD_INTEGER = /^(?:-\d+|-?0[xX][0-9A-Fa-f]+)$/;

/** Undefined for anything but a whole version as Dart reads it. */
export function parsePubVersion(text: string): PubVersion | undefined {
  const parsed = parse(text);
  return "reason" in parsed ? undefined : parsed;
}

function parse(text: string): PubVersion | CannotEncode {
  if (text === "") return { reason: "it is empty" };
  if (text.length > MAX_VERSION_LENGTH) return { reason: `it is longer than ${MAX_VERSION_LENGTH} characters` };
  const [whole, major = "", minor = "", patch = "", prerelease, build] = WHOLE_VERSION.exec(text) ?? [];
  if (whole === undefined) return { reason: "expected three numbers, and perhaps a prerelease and build metadata" };
  const numbers = [BigInt(major), BigInt(minor), BigInt(patch)] as const;
  if (numbers.some((number) => number > MAX_INTEGER)) return { reason: "a number of it is over 2^63 - 1" };
  const odd = [prerelease, build].flatMap((list) => list?.split(".") ?? []).find((identifier) => ODD_INTEGER.test(identifier));
  if (odd !== undefined) return { reason: `Dart reads its identifier ${odd} as a number` };
  return { numbers: [String(numbers[0]), String(numbers[1]), String(numbers[2])], prerelease, build };
}

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  const parsed = parse(version);
  if ("reason" in parsed) return parsed;
  for (const number of parsed.numbers) out.number(number);
  if (parsed.prerelease === undefined) out.byte(RELEASE);
  else {
    out.byte(PRERELEASE);
    writeIdentifierList(parsed.prerelease, isInteger, out);
  }
  if (parsed.build !== undefined) writeIdentifierList(parsed.build, isInteger, out);
  return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
}

/** Digits that Dart has no integer for stay text. */
function isInteger(identifier: string): boolean {
  return /^\d+$/.test(identifier) && BigInt(identifier) <= MAX_INTEGER;
}

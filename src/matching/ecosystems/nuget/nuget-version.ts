import { MAX_KEY_BYTES, type KeyWriter } from "../../versions/key-writer.ts";
import { writeIdentifierList } from "../../versions/semver/identifier-list.ts";
import type { CannotEncode, VersionScheme } from "../../versions/version-scheme.ts";

/** The order of NuGet's `NuGetVersion`: SemVer 2.0 with up to four numbers, and without regard to case. */
export const nuget: VersionScheme = { id: "nuget", encode };

export type NugetVersion = {
  /** Without leading zeros; what is missing is 0. */
  readonly numbers: readonly [major: string, minor: string, patch: string, revision: string];
  /** As written. */
  readonly prerelease: string | undefined;
  /** As written, without build metadata and blanks around. */
  readonly text: string;
};

const IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const VERSION = new RegExp(`^((\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(?:\\.(\\d+))?(?:-(${IDENTIFIERS}))?)(?:\\+${IDENTIFIERS})?$`);

const ODD_LABEL = /(?:^|\.)([0-]\d+)(?=$|\.)/;

/** No published version is as long. */
const MAX_VERSION_LENGTH = 256;

/** Slots after the fourth number: prerelease `02` < release `10`. */
const PRERELEASE = 0x02;
const RELEASE = 0x10;

/** The largest of .NET's `int`. */
const MAX_INTEGER = "2147483647";

/** Undefined for whatever NuGet does not read. */
export function parseNugetVersion(text: string): NugetVersion | undefined {
  const parsed = parse(text);
  return "reason" in parsed ? undefined : parsed;
}

function parse(written: string): NugetVersion | CannotEncode {
  const trimmed = written.trim();
  if (trimmed === "") return { reason: "it is empty" };
  if (trimmed.length > MAX_VERSION_LENGTH) return { reason: `it is longer than ${MAX_VERSION_LENGTH} characters` };
  const [whole, text = "", major = "0", minor = "0", patch = "0", revision = "0", prerelease] = VERSION.exec(trimmed) ?? [];
  if (whole === undefined) return { reason: "expected one to four numbers, and perhaps a prerelease and build metadata" };
  const numbers = [withoutZeros(major), withoutZeros(minor), withoutZeros(patch), withoutZeros(revision)] as const;
  if (!numbers.every(fitsInteger)) return { reason: "a number of it is over 2^31 - 1" };
  if (prerelease === undefined) return { numbers, prerelease, text };
  const [, label = ""] = ODD_LABEL.exec(prerelease) ?? [];
  if (label.startsWith("0")) return { reason: `its label ${label} has a leading zero` };
  if (label !== "") return { reason: `NuGet reads its label ${label} as a number below 0` };
  return { numbers, prerelease, text };
}

function withoutZeros(digits: string): string {
  return digits.startsWith("0") ? digits.replace(/^0+(?=.)/, "") : digits;
}

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  const parsed = parse(version);
  if ("reason" in parsed) return parsed;
  for (const number of parsed.numbers) out.number(number);
  if (parsed.prerelease === undefined) out.byte(RELEASE);
  else {
    out.byte(PRERELEASE);
    writeIdentifierList(parsed.prerelease.toLowerCase(), isInteger, out);
  }
  return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
}

/** Digits that .NET has no `int` for stay text: `20240101120000` is above every number, and compared by its digits. */
function isInteger(label: string): boolean {
  return /^\d+$/.test(label) && fitsInteger(label);
}

/** Digits without leading zeros. */
function fitsInteger(digits: string): boolean {
  return digits.length < MAX_INTEGER.length || (digits.length === MAX_INTEGER.length && digits <= MAX_INTEGER);
}

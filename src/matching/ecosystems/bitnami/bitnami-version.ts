import { MAX_KEY_BYTES, type KeyWriter } from "../../versions/key-writer.ts";
import { writeIdentifierList } from "../../versions/semver/identifier-list.ts";
import type { SemverParts } from "../../versions/semver/semver-parts.ts";
import type { CannotEncode, VersionScheme } from "../../versions/version-scheme.ts";

/** SemVer's order but for one thing: what begins with a number behind the hyphen is the package's revision, above the release and not below it. */
export const bitnami: VersionScheme = { id: "bitnami", encode };

const IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const VERSION = new RegExp(`^(\\d+)\\.(\\d+)\\.(\\d+)(?:-(${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?$`);

/** No published version is as long. */
const MAX_VERSION_LENGTH = 256;

/** Slots after the patch number: prerelease `02` < release `10`; behind the release nothing < revisions. */
const PRERELEASE = 0x02;
const RELEASE = 0x10;

/** SemVer's grammar, but with leading zeros, which versions that are dates have (`2020.04.23`). The revision stands where the prerelease does. */
export function parseBitnamiVersion(text: string): SemverParts | undefined {
  const match = text.length > MAX_VERSION_LENGTH ? null : VERSION.exec(text);
  if (match === null) return undefined;
  const numbers = [Number(match[1]), Number(match[2]), Number(match[3])] as const;
  return numbers.every(Number.isSafeInteger) ? { numbers, prerelease: match[4] } : undefined;
}

/** `1.2.3-4` and `1.2.3-4.1`; with a word (`1.2.3-rc1`) it is a prerelease. */
export function isRevision(suffix: string): boolean {
  return isNumber(suffix.split(".", 1)[0] ?? "");
}

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  if (version === "") return { reason: "it is empty" };
  const parsed = parseBitnamiVersion(version);
  if (parsed === undefined) return { reason: "expected three numbers, and perhaps a revision" };
  const { numbers, prerelease: suffix } = parsed;
  for (const number of numbers) out.number(String(number));
  if (suffix === undefined) out.byte(RELEASE);
  else {
    const isPrerelease = !isRevision(suffix);
    out.byte(isPrerelease ? PRERELEASE : RELEASE);
    // Records write the release for its first revision, and the first revision for the release.
    if (isPrerelease || !/^0+$/.test(suffix)) writeIdentifierList(suffix, isNumber, out);
  }
  return out.overflowed ? { reason: `its key is longer than ${MAX_KEY_BYTES} bytes` } : undefined;
}

function isNumber(identifier: string): boolean {
  return /^\d+$/.test(identifier);
}

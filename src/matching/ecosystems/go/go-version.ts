import type { KeyWriter } from "../../versions/key-writer.ts";
import { semver } from "../../versions/semver/semver.ts";
import type { CannotEncode, VersionScheme } from "../../versions/version-scheme.ts";

/** SemVer's order for modules; the versions of Go itself (`go1.21rc2`) have their place in it. */
export const goOrder: VersionScheme = { id: "go", encode };

/** `go1`, `go1.21`, `go1.21.3`, `go1.21rc2`, each perhaps with a vendor's suffix; the patch has no prerelease. */
const TOOLCHAIN = /^go(0|[1-9]\d*)(?:\.([1-9]\d*)(?:\.(0|[1-9]\d*)|([a-z]+)(0|[1-9]\d*)?)?)?(?:-.*)?$/s;

/** The same without `go`, which only a prerelease tells from a module's version. */
const BARE_PRERELEASE = /^\d+\.\d+[a-z]+\d+$/;

/** A whole version as Go writes one; the `v` may be missing, as in OSV's records. */
const MODULE = /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** A commit's place between versions: its time, and the start of its hash. */
const PSEUDO = /(?:^|\.)\d{14}-[0-9a-f]{12}$/;

export type GoVersion = { readonly major: string; readonly minor: string; readonly patch: string; readonly prerelease: string | undefined };

/** A module's version or, converted, one of Go itself; undefined for anything short of a whole version. */
export function parseGoVersion(version: string): GoVersion | undefined {
  const [whole, major = "0", minor = "0", patch = "0", prerelease] = MODULE.exec(semverText(version)) ?? [];
  return whole === undefined ? undefined : { major, minor, patch, prerelease };
}

/** A commit without a tag is no prerelease: for many modules nothing else is published. */
export function isPseudoVersion({ prerelease }: GoVersion): boolean {
  return prerelease !== undefined && PSEUDO.test(prerelease);
}

function encode(version: string, out: KeyWriter): CannotEncode | undefined {
  const text = semverText(version);
  return text.startsWith("go") ? { reason: "expected a release of Go such as go1.21.3 or go1.21rc2" } : semver.encode(text, out);
}

/** Behind the first word of Go's own version stand the experiments that it was built with. */
function semverText(version: string): string {
  const word = version.startsWith("go") ? (version.split(" ", 1)[0] ?? "") : version;
  const match = TOOLCHAIN.exec(BARE_PRERELEASE.test(word) ? `go${word}` : word);
  if (match === null) return version;
  const [, major = "0", minor = "0", patch = "0", kind, number] = match;
  const prerelease = kind === undefined ? "" : `-${kind}${number === undefined ? "" : `.${number}`}`;
  return `${major}.${minor}.${patch}${prerelease}`;
}

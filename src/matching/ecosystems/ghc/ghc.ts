import { parseSemver } from "../../versions/semver/semver-parts.ts";
import { encodeVersion } from "../../versions/encode-version.ts";
import { semver } from "../../versions/semver/semver.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";

export const ghc: Ecosystem = {
  id: "GHC",
  scheme: semver,
  purlTypes: [],
  nameFromPurl: (_, name) => name,
  purlOf: () => undefined,
  normaliseName: (name) => name,
  admits: () => undefined,
  isBreaking,
  isPrerelease: (version) => /^[0-9.]+-/.test(version) && encodeVersion(version, semver) instanceof Uint8Array,
  commandsFor,
  removalCommands: () => [],
  feedSize: undefined,
};

/** The first two numbers name a series, in which nothing breaks. */
function isBreaking(from: string, to: string): boolean {
  const [old, next] = [seriesOf(from), seriesOf(to)];
  return old === undefined || next === undefined || old !== next;
}

function seriesOf(version: string): string | undefined {
  const [, major, minor] = /^0*(\d+)\.0*(\d+)(?:[.-]|$)/.exec(version) ?? [];
  return major === undefined || minor === undefined ? undefined : `${major}.${minor}`;
}

/** All components are of one release, and are installed with the compiler. */
function commandsFor({ version, above }: UpgradeStep): readonly string[] {
  const target = parseSemver(version);
  return target === undefined || target.prerelease !== undefined || above
    ? []
    : [`ghcup install ghc ${target.numbers.join(".")}`, `ghcup set ghc ${target.numbers.join(".")}`];
}

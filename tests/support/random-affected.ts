import type { AffectedPackage, AffectedRange, PackageName, RangeEvent, RangeEventKind } from "../../src/vocabulary/advisory.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** An `affected` entry with whatever the OSV schema allows, and a little of what it does not. */
export function randomAffected(
  random: SeededRandom,
  package_: PackageName = { ecosystem: "npm", name: "x" },
  versionOf: (random: SeededRandom) => string = randomVersion,
): AffectedPackage {
  const ranges = Array.from({ length: random.pick([0, 1, 1, 1, 2, 3]) }, (): AffectedRange => {
    const introduced: RangeEvent = { kind: "introduced", version: random.oneIn(3) ? "0" : versionOf(random) };
    const more = Array.from({ length: random.below(6) }, () => randomEvent(random, versionOf));
    const events = random.oneIn(20) ? more : [introduced, ...more];
    return { type: random.pick(["SEMVER", "SEMVER", "ECOSYSTEM", "GIT"]), repository: undefined, events: random.shuffled(events) };
  });
  const versions = Array.from({ length: random.pick([0, 0, 0, 1, 3]) }, () => versionOf(random));
  return { package: package_, purl: undefined, ranges, versions };
}

/** From a few versions close together, so that bounds often coincide; one in fifty has no place in the order. */
export function randomVersion(random: SeededRandom): string {
  if (random.oneIn(50)) return random.pick(["latest", "next", "unknown", ""]);
  const prerelease = random.oneIn(3) ? random.pick(["-0", "-a", "-a.1", "-rc.1"]) : "";
  return `${random.oneIn(10) ? "v" : ""}${random.below(3)}.${random.below(2)}${random.oneIn(4) ? "" : `.${random.below(2)}`}${prerelease}${random.oneIn(10) ? "+b" : ""}`;
}

/** Close together too, a third of them in the circles of Maven's order. */
export function randomMavenVersion(random: SeededRandom): string {
  const tail = random.pick([
    "",
    "",
    "",
    "-rc-1",
    "-SNAPSHOT",
    ".Final",
    "-sp",
    ".0.rc.1",
    ".redhat-1",
    ".sp.1",
    "-0-rc-1",
    ".0000000000.rc.1",
  ]);
  return `${random.pick(["", "", "", "r"])}${random.below(3)}.${random.below(2)}${tail}`;
}

/** A third of them none of PEP 440, whose place is one of an older order. */
export function randomPypiVersion(random: SeededRandom): string {
  return `${random.below(3)}.${random.below(2)}${random.pick(["", "", "", "rc1", ".post1", ".dev0", "+local", "-n653", ".svn.r2", "-odd"])}`;
}

/** Half of them without their release, below every release of their version. */
export function randomRpmVersion(random: SeededRandom): string {
  return `${random.oneIn(5) ? "1:" : ""}${random.below(3)}.${random.below(2)}${random.pick(["", "", "-1", "-2.el9", "~rc1-1"])}`;
}

function randomEvent(random: SeededRandom, versionOf: (random: SeededRandom) => string): RangeEvent {
  const kind: RangeEventKind = random.pick(["introduced", "introduced", "fixed", "fixed", "last_affected", "last_affected", "limit"]);
  return { kind, version: kind === "limit" && random.oneIn(4) ? "*" : versionOf(random) };
}

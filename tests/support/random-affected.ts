import type { AffectedPackage, AffectedRange, PackageName, RangeEvent, RangeEventKind } from "../../src/vocabulary/advisory.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** An `affected` entry with whatever the OSV schema allows, and a little of what it does not. */
export function randomAffected(random: SeededRandom, package_: PackageName = { ecosystem: "npm", name: "x" }): AffectedPackage {
  const ranges = Array.from({ length: random.pick([0, 1, 1, 1, 2, 3]) }, (): AffectedRange => {
    const introduced: RangeEvent = { kind: "introduced", version: random.oneIn(3) ? "0" : randomVersion(random) };
    const more = Array.from({ length: random.below(6) }, () => randomEvent(random));
    const events = random.oneIn(20) ? more : [introduced, ...more];
    return { type: random.pick(["SEMVER", "SEMVER", "ECOSYSTEM", "GIT"]), repository: undefined, events: random.shuffled(events) };
  });
  const versions = Array.from({ length: random.pick([0, 0, 0, 1, 3]) }, () => randomVersion(random));
  return { package: package_, purl: undefined, ranges, versions };
}

/** From a few versions close together, so that bounds often coincide; one in fifty has no place in the order. */
export function randomVersion(random: SeededRandom): string {
  if (random.oneIn(50)) return random.pick(["latest", "next", "unknown", ""]);
  const prerelease = random.oneIn(3) ? random.pick(["-0", "-a", "-a.1", "-rc.1"]) : "";
  return `${random.oneIn(10) ? "v" : ""}${random.below(3)}.${random.below(2)}${random.oneIn(4) ? "" : `.${random.below(2)}`}${prerelease}${random.oneIn(10) ? "+b" : ""}`;
}

function randomEvent(random: SeededRandom): RangeEvent {
  const kind: RangeEventKind = random.pick(["introduced", "introduced", "fixed", "fixed", "last_affected", "last_affected", "limit"]);
  return { kind, version: kind === "limit" && random.oneIn(4) ? "*" : randomVersion(random) };
}

import { leavesCaretRange, parseSemver, semverText } from "../../versions/semver/semver-parts.ts";
import { semver } from "../../versions/semver/semver.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { requirementAdmits } from "./cargo-requirement.ts";

export const cratesIo: Ecosystem = {
  id: "crates.io",
  scheme: semver,
  purlTypes: ["cargo"],
  nameFromPurl: (_, name) => name,
  purlOf: (name) => `pkg:cargo/${encodePurlSegment(name)}`,
  normaliseName: (name) => name,
  admits: requirementAdmits,
  isBreaking: (from, to) => leavesCaretRange(parseSemver(from), parseSemver(to)),
  isPrerelease: (version) => parseSemver(version)?.prerelease !== undefined,
  commandsFor,
  removalCommands: ({ name, direct }) => (direct === true && isCrateName(name) ? [`cargo remove ${name}`] : []),
  feedSize: undefined,
};

function commandsFor({ name, version, above, direct, blocked, from = [] }: UpgradeStep): readonly string[] {
  const target = parseSemver(version);
  if (!isCrateName(name) || target === undefined) return [];
  // Where the tree holds several versions, Cargo takes the name alone for none of them.
  const specs = from.length === 0 ? [name] : from.filter((old) => parseSemver(old) !== undefined).map((old) => `${name}@${old}`);
  const updates = specs.map((spec) => (above ? `cargo update -p ${spec}` : `cargo update -p ${spec} --precise ${version}`));
  if (!blocked) return updates;
  return direct === true ? [`# Cargo.toml: ${name} = "${above ? ">" : ""}${semverText(target)}"`, ...updates] : [];
}

/** Names come from strangers: what is none of the registry's (`--workspace`, `../x`) would mean something else on Cargo's command line. */
function isCrateName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(name);
}

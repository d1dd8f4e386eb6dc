import { leavesCaretRange, type SemverParts } from "../../versions/semver/semver-parts.ts";
import { semver } from "../../versions/semver/semver.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { canonicalLocation, packageIdentity } from "./package-location.ts";
import { parseSwiftTag, requirementAdmits, requirementFrom } from "./swift-requirement.ts";

export const swifturl: Ecosystem = {
  id: "SwiftURL",
  scheme: semver,
  purlTypes: ["swift"],
  nameFromPurl: (namespace, name) => canonicalLocation(namespace === undefined || namespace === "" ? name : `${namespace}/${name}`),
  purlOf: (name) => `pkg:swift/${canonicalLocation(name).split("/").map(encodePurlSegment).join("/")}`,
  normaliseName: canonicalLocation,
  admits: requirementAdmits,
  isBreaking: (from, to) => leavesCaretRange(parseSwiftTag(from), parseSwiftTag(to)),
  isPrerelease: (version) => parseSwiftTag(version)?.prerelease !== undefined,
  commandsFor,
  removalCommands: ({ name, direct }) =>
    direct === true && isRepository(name)
      ? [`# Package.swift: no .package(url: "https://${canonicalLocation(name)}", …) and none of its products`, "swift package resolve"]
      : [],
  feedSize: undefined,
};

function commandsFor({ name, version, above, direct, blocked }: UpgradeStep): readonly string[] {
  const target = parseSwiftTag(version);
  if (!isRepository(name) || target === undefined) return [];
  const location = canonicalLocation(name);
  const update = `swift package update ${packageIdentity(location)}`;
  if (!blocked) return [update];
  // No requirement says "above" without naming a version that nobody knows to be there.
  return direct === true && !above ? [editOf(location, target), update] : [];
}

function editOf(location: string, target: SemverParts): string {
  return `# Package.swift: .package(url: "https://${location}", ${requirementFrom(target)})`;
}

/** Names come from strangers: what is no host and path would mean something else to SwiftPM. */
function isRepository(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+(?:\/[a-z0-9_~][a-z0-9._~-]*)*\/[a-z0-9_][a-z0-9._-]*$/.test(canonicalLocation(name));
}

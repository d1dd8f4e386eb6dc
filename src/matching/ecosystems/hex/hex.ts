import { leavesCaretRange, parseSemver, semverText, type SemverParts } from "../../versions/semver/semver-parts.ts";
import { semver } from "../../versions/semver/semver.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { requirementAdmits } from "./mix-requirement.ts";

export const hex: Ecosystem = {
  id: "Hex",
  scheme: semver,
  purlTypes: ["hex"],
  nameFromPurl: (namespace, name) => (namespace === undefined || namespace === "" ? name : `${namespace}/${name}`).toLowerCase(),
  purlOf: (name) => `pkg:hex/${name.toLowerCase().split("/").map(encodePurlSegment).join("/")}`,
  normaliseName: (name) => name.toLowerCase(),
  admits: requirementAdmits,
  isBreaking: (from, to) => leavesCaretRange(parseSemver(from), parseSemver(to)),
  isPrerelease: (version) => parseSemver(version)?.prerelease !== undefined,
  commandsFor,
  removalCommands: ({ name, direct }) =>
    direct === true && isAppName(name) ? [`# mix.exs: deps without {:${name}, …}`, `mix deps.clean ${name} --unlock`] : [],
  feedSize: undefined,
};

function commandsFor({ name, version, above, direct, blocked }: UpgradeStep): readonly string[] {
  const target = parseSemver(version);
  if (!isAppName(name) || target === undefined) return [];
  if (!blocked) return [`mix deps.update ${name}`];
  const requirement = requirementFor(target, above);
  if (direct === true) return [`# mix.exs: {:${name}, "${requirement}"}`, `mix deps.update ${name}`];
  return direct === false ? [`# mix.exs: {:${name}, "${requirement}", override: true}`, `mix deps.get`] : [];
}

function requirementFor(target: SemverParts, above: boolean): string {
  return `${above ? ">" : "~>"} ${semverText(target)}`;
}

/** Names come from strangers: what is none of the registry's (`--all`, `../x`), or a private organisation's, would mean something else to Mix. */
function isAppName(name: string): boolean {
  return /^[a-z][a-z0-9_]*$/.test(name);
}

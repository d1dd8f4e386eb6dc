import { encodeVersion } from "../../versions/encode-version.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { rangeAdmits } from "./nuget-range.ts";
import { nuget as scheme, parseNugetVersion } from "./nuget-version.ts";

export const nuget: Ecosystem = {
  id: "NuGet",
  scheme,
  purlTypes: ["nuget"],
  nameFromPurl: (_, name) => name,
  purlOf: (name) => `pkg:nuget/${encodePurlSegment(name)}`,
  normaliseName: (name) => name.toLowerCase(),
  admits: rangeAdmits,
  isBreaking,
  isPrerelease: (version) => parseNugetVersion(version)?.prerelease !== undefined,
  commandsFor,
  removalCommands: ({ name, direct }) => (direct === true && isPackageId(name) ? [`dotnet remove package ${name}`] : []),
  feedSize: undefined,
};

/** Semantic Versioning, which NuGet asks of its authors: another first number, or in `0.x` another second one. */
function isBreaking(from: string, to: string): boolean {
  const old = parseNugetVersion(from)?.numbers;
  const next = parseNugetVersion(to)?.numbers;
  if (old === undefined || next === undefined || old[0] !== next[0]) return true;
  return old[0] === "0" && old[1] !== next[1];
}

/** One command for every standing: a reference of the project itself takes precedence over what others ask for, by a range or not. */
function commandsFor({ name, version, above }: UpgradeStep): readonly string[] {
  const target = parseNugetVersion(version);
  if (!isPackageId(name) || target === undefined || !(encodeVersion(target.text, scheme) instanceof Uint8Array)) return [];
  return [`dotnet add package ${name}${above ? "" : ` --version ${target.text}`}`];
}

/** Names come from strangers: what is none of the gallery's (`--source`, `../x`) would mean something else on the command line. */
function isPackageId(name: string): boolean {
  return /^[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*$/.test(name);
}

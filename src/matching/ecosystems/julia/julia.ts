import { leavesCaretRange } from "../../versions/semver/semver-parts.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { compatAdmits } from "./julia-compat.ts";
import { julia as juliaOrder, parseJuliaVersion } from "./julia-version.ts";

export const julia: Ecosystem = {
  id: "Julia",
  scheme: juliaOrder,
  purlTypes: ["julia"],
  nameFromPurl: (_, name) => name,
  purlOf: (name) => `pkg:julia/${encodePurlSegment(name)}`,
  normaliseName: (name) => name,
  admits: compatAdmits,
  isBreaking: (from, to) => leavesCaretRange(parseJuliaVersion(from), parseJuliaVersion(to)),
  isPrerelease: (version) => parseJuliaVersion(version)?.prerelease !== undefined,
  commandsFor,
  removalCommands: ({ name, direct }) => (direct === true && isPackageName(name) ? [inProject(`Pkg.rm("${name}")`)] : []),
  feedSize: undefined,
};

function commandsFor({ name, version, above, direct, blocked }: UpgradeStep): readonly string[] {
  const target = parseJuliaVersion(version);
  if (!isPackageName(name) || target === undefined) return [];
  if (!blocked) return [inProject(direct === true ? `Pkg.update("${name}")` : `Pkg.update("${name}"; mode=PKGMODE_MANIFEST)`)];
  const compat = target.numbers.join(".");
  // [compat] has neither prereleases nor a sign for "above".
  const canBeAsked = !above && target.prerelease === undefined && compatAdmits(compat, version) === true;
  return direct === true && canBeAsked ? [inProject(`Pkg.compat("${name}", "${compat}"); Pkg.update("${name}")`)] : [];
}

function inProject(code: string): string {
  return `julia --project -e 'using Pkg; ${code}'`;
}

/** Names come from strangers and end up in a program: only what may name a module of Julia. */
function isPackageName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]*$/.test(name);
}

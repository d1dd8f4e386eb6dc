import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { requirementAdmits } from "./cabal-requirement.ts";
import { parsePvp, pvp } from "./pvp-version.ts";

export const hackage: Ecosystem = {
  id: "Hackage",
  scheme: pvp,
  purlTypes: ["hackage"],
  nameFromPurl: (_, name) => name,
  purlOf: (name) => `pkg:hackage/${encodePurlSegment(name)}`,
  normaliseName: (name) => name,
  admits: requirementAdmits,
  isBreaking,
  isPrerelease: () => false,
  commandsFor,
  removalCommands: ({ name, direct }) =>
    direct === true && isPackageName(name) ? [`# the package's .cabal file: build-depends without ${name}`, "cabal build all"] : [],
  feedSize: undefined,
};

/** The PVP's major version is its first two numbers. */
function isBreaking(from: string, to: string): boolean {
  const [old, next] = [parsePvp(from), parsePvp(to)];
  if (old === undefined || next === undefined) return true;
  return old[0] !== next[0] || (old[1] ?? "0") !== (next[1] ?? "0");
}

/** A constraint of the project takes up what every package of it admits; a bound that shuts the version out is the .cabal file's. */
function commandsFor({ name, version, above, direct, blocked }: UpgradeStep): readonly string[] {
  if (!isPackageName(name) || parsePvp(version) === undefined) return [];
  const bound = `${above ? ">" : ">="}${version}`;
  if (!blocked) return [`# cabal.project: constraints: ${name} ${bound}`, "cabal build all"];
  return direct === true ? [`# the package's .cabal file: build-depends: ${name} ${bound}`, "cabal build all"] : [];
}

/** Cabal's form of a name: words apart by hyphens, each with a letter in it. */
function isPackageName(name: string): boolean {
  return /^(?=[0-9]*[A-Za-z])[A-Za-z0-9]+(?:-(?=[0-9]*[A-Za-z])[A-Za-z0-9]+)*$/.test(name);
}

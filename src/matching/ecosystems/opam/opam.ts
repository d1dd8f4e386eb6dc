import { dpkg } from "../../versions/dpkg/dpkg.ts";
import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { isOpamVersion, requirementAdmits } from "./opam-requirement.ts";

export const opam: Ecosystem = {
  id: "opam",
  scheme: dpkg,
  purlTypes: ["opam"],
  nameFromPurl: (_, name) => name,
  purlOf: (name) => `pkg:opam/${encodePurlSegment(name)}`,
  normaliseName: (name) => name,
  admits: requirementAdmits,
  isBreaking,
  isPrerelease: (version) => isOpamVersion(version) && version.includes("~"),
  commandsFor,
  removalCommands: ({ name }) => (isPackageName(name) ? [`opam remove ${name}`] : []),
  feedSize: undefined,
};

/** opam promises nothing; taken as Semantic Versioning, which most of its authors follow. */
function isBreaking(from: string, to: string): boolean {
  const [old, next] = [numbersOf(from), numbersOf(to)];
  if (old === undefined || next === undefined || old[0] !== next[0]) return true;
  return old[0] === "0" && old[1] !== next[1];
}

function numbersOf(version: string): readonly [string, string] | undefined {
  const [, major, minor] = /^v?0*(\d+)(?:\.0*(\d+))?/.exec(version) ?? [];
  return major === undefined || !isOpamVersion(version) ? undefined : [major, minor ?? "0"];
}

function commandsFor({ name, version, above, direct, blocked }: UpgradeStep): readonly string[] {
  if (!isPackageName(name) || !isOpamVersion(version) || !/^[a-z0-9]/i.test(version)) return [];
  if (!blocked) return [above ? `opam install "${name}>${version}"` : `opam install ${name}.${version}`];
  if (direct !== true) return [];
  return [`# the package's .opam file: depends: "${name}" {${above ? ">" : ">="} "${version}"}`, "opam install . --deps-only"];
}

/** opam's form of a name, with a letter in it and none of its options. */
function isPackageName(name: string): boolean {
  return /^(?=[^A-Za-z]{0,100}[A-Za-z])[A-Za-z0-9_][A-Za-z0-9_+-]*$/.test(name);
}

import type { Ecosystem, UpgradeStep } from "../ecosystem.ts";
import { encodePurlSegment } from "../purl-segment.ts";
import { constraintAdmits, nextBreaking } from "./pub-constraint.ts";
import { parsePubVersion, pub as pubOrder } from "./pub-version.ts";

export const pub: Ecosystem = {
  id: "Pub",
  scheme: pubOrder,
  purlTypes: ["pub"],
  nameFromPurl: (_, name) => name.toLowerCase(),
  purlOf: (name) => `pkg:pub/${encodePurlSegment(name.toLowerCase())}`,
  normaliseName: (name) => name.toLowerCase(),
  admits: constraintAdmits,
  isBreaking,
  isPrerelease: (version) => parsePubVersion(version)?.prerelease !== undefined,
  commandsFor,
  removalCommands: ({ name, direct }) => (direct === true && isPackageName(name) ? [`dart pub remove ${name}`] : []),
  feedSize: undefined,
};

function isBreaking(from: string, to: string): boolean {
  const [old, next] = [parsePubVersion(from), parsePubVersion(to)];
  return old === undefined || next === undefined || nextBreaking(old) !== nextBreaking(next);
}

function commandsFor({ name, version, above, direct, development, blocked }: UpgradeStep): readonly string[] {
  if (!isPackageName(name) || parsePubVersion(version) === undefined) return [];
  if (!blocked) return [`dart pub upgrade ${name}`];
  if (direct === true) return [`dart pub add "${development ? "dev:" : ""}${name}:${above ? ">" : "^"}${version}"`];
  return direct === false ? [`dart pub add "override:${name}:${above ? ">" : "^"}${version}"`] : [];
}

/** Names come from strangers: what is none of the registry's (`--all`, `../x`) would mean something else on the command line. */
function isPackageName(name: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(name);
}

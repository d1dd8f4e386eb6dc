import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { asObject, below, keepingAside, refusal } from "../json-reading.ts";
import { optionalWord } from "../looked-up-text.ts";
import { newInstallTree, placeBelow, type InstallTree, type Need, type Place } from "../install-tree.ts";
import { parseNpmAlias, withoutAlias } from "../npm-alias.ts";

/** Reads `dependencies` of lockfile version 1 and of older shrinkwraps: a tree nested as the directories are. */
export function readDependenciesSection(dependencies: JsonObject, problems: Problem[]): InstallTree {
  const tree = newInstallTree();
  readLevel(tree, tree.project, dependencies, problems);
  return tree;
}

function readLevel(tree: InstallTree, parent: Place, dependencies: JsonObject, problems: Problem[]): void {
  for (const [name, value] of Object.entries(dependencies)) {
    keepingAside(problems, () => {
      if (!/^(?:@[^/]+\/)?[^/@][^/]*$/.test(name)) throw refusal(below(parent.path, name), "a package name", name);
      const place = placeBelow(tree, parent, name);
      const entry = asObject(value, place.path);
      readEntry(place, name, entry);
      const nested = entry["dependencies"];
      if (isJsonObject(nested)) readLevel(tree, place, nested, problems);
    });
  }
}

function readEntry(place: Place, requiredAs: string, entry: JsonObject): void {
  place.needs = needsOf(entry["requires"]);
  const version = optionalWord(entry, "version", place.path);
  if (version !== undefined && isLocalDirectory(version)) return;
  const alias = version === undefined ? undefined : parseNpmAlias(version);
  place.component = {
    ref: place.path,
    ecosystem: "npm",
    packageType: "npm",
    name: alias?.name ?? requiredAs,
    version: alias === undefined ? registryVersion(version) : alias.version,
    purl: undefined,
    place: place.path,
    development: entry["dev"] === true,
  };
}

/** What `file:` brings is the project's own code, unless it is a packed one. */
function isLocalDirectory(version: string): boolean {
  return /^(?:file|link):/.test(version) && !/\.(?:tgz|tar|tar\.gz)$/.test(version);
}

/** For a package from git, a tarball or another address, version 1 keeps the address and loses the version. */
function registryVersion(version: string | undefined): string | undefined {
  return version === undefined || /[:/]/.test(version) ? undefined : version;
}

function needsOf(requires: Json | undefined): readonly Need[] {
  if (!isJsonObject(requires)) return [];
  return Object.entries(requires).map(([name, range]) => ({ name, range: typeof range === "string" ? withoutAlias(range) : undefined }));
}

import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { asObject, keepingAside, refusal } from "../json-reading.ts";
import { optionalWord } from "../looked-up-text.ts";
import { localPlace, newInstallTree, placeBelow, type InstallTree, type Need, type Place } from "../install-tree.ts";
import { withoutAlias } from "../npm-alias.ts";

/** Reads `packages` of lockfile versions 2 and 3: one entry a directory, by its path from the project. */
export function readPackagesSection(packages: JsonObject, problems: Problem[]): InstallTree {
  const tree = newInstallTree();
  for (const [path, value] of Object.entries(packages)) {
    keepingAside(problems, () => readEntry(tree, path, value));
  }
  return tree;
}

function readEntry(tree: InstallTree, path: string, value: Json): void {
  const place = placeOf(tree, path);
  const entry = asObject(value, path);
  if (entry["link"] === true) return;
  if (tree.local.get(path) === place) {
    place.needs = needsOf(entry, [...NEEDS, "devDependencies"]);
    return;
  }
  const requiredAs = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  place.component = {
    ref: path,
    ecosystem: "npm",
    packageType: "npm",
    name: optionalWord(entry, "name", path) ?? requiredAs,
    version: optionalWord(entry, "version", path),
    purl: undefined,
    place: path,
    development: entry["dev"] === true,
  };
  place.needs = needsOf(entry, NEEDS);
}

/** Walks a path such as `packages/app/node_modules/@scope/name/node_modules/other`. */
function placeOf(tree: InstallTree, path: string): Place {
  const segments = path.split("/");
  const first = segments.indexOf("node_modules");
  if (first === -1) return localPlace(tree, path);
  let place = localPlace(tree, segments.slice(0, first).join("/"));
  for (let at = first; at < segments.length;) {
    if (segments[at] !== "node_modules") throw refusal(path, "node_modules before each name", segments[at]);
    const width = segments[at + 1]?.startsWith("@") === true ? 2 : 1;
    const name = segments.slice(at + 1, at + 1 + width);
    if (name.length < width || name.includes("")) throw refusal(path, "a name after node_modules", path);
    place = placeBelow(tree, place, name.join("/"));
    at += 1 + width;
  }
  return place;
}

/** In npm's own order of precedence: an optional requirement replaces a plain one of the same name. */
const NEEDS = ["optionalDependencies", "dependencies", "peerDependencies"] as const;

function needsOf(entry: JsonObject, sections: readonly string[]): readonly Need[] {
  const needs = new Map<string, Need>();
  for (const section of sections) {
    const requirements = entry[section];
    // npm copies manifests of other people's packages as they are; a section of the wrong kind says nothing.
    if (!isJsonObject(requirements)) continue;
    for (const [name, range] of Object.entries(requirements)) {
      if (!needs.has(name)) needs.set(name, { name, range: typeof range === "string" ? withoutAlias(range) : undefined });
    }
  }
  return [...needs.values()];
}

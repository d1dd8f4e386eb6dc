import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { localPlace, placeBelow, type InstallTree, type Need, type Place } from "../install-tree.ts";
import { below, keepingAside, refusal } from "../json-reading.ts";
import { withoutControls } from "../looked-up-text.ts";
import { withoutAlias } from "../npm-alias.ts";
import { isLocal, parseDescriptor, type Descriptor } from "../npm-descriptor.ts";

type Entry = { readonly names: readonly string[]; readonly resolution: Descriptor; readonly info: JsonObject; readonly place: string };

/**
 * Reads `packages`: where each is installed, by the names of those it is installed below (`a/b` is in the `node_modules` of
 * `a`). What is the project's own stands there by its name too, and has its place in the tree by its directory.
 */
export function readPackages(tree: InstallTree, packages: JsonObject, problems: Problem[]): void {
  const entries: Entry[] = [];
  for (const [path, value] of Object.entries(packages)) {
    keepingAside(problems, () => entries.push(entryOf(path, value)));
  }
  const own = new Map<string, Place>();
  for (const entry of entries) {
    const [name, ...more] = entry.names;
    if (name === undefined || more.length > 0 || !isLocal(entry.resolution.range)) continue;
    keepingAside(problems, () => own.set(name, ownPlace(tree, name, entry)));
  }
  for (const entry of entries) {
    if (!isLocal(entry.resolution.range)) keepingAside(problems, () => readEntry(placeOf(tree, own, entry.names), entry));
  }
}

function entryOf(path: string, value: Json): Entry {
  const place = withoutControls(below("packages", path), "packages");
  if (!Array.isArray(value)) throw refusal(place, "a list", value);
  const parts = value as readonly Json[];
  const [first] = parts;
  const resolution = typeof first === "string" ? parseDescriptor(first) : undefined;
  if (resolution === undefined) throw refusal(`${place}[0]`, "a package such as name@1.0.0", first);
  return { names: namesOf(path, place), resolution, info: parts.slice(1).find(isJsonObject) ?? {}, place };
}

/** A scope is a part of the name that follows it. */
function namesOf(path: string, place: string): readonly string[] {
  const names = path.split(/(?<!(?:^|\/)@[^/]*)\//);
  const wrong = names.find((name) => !/^(?:@[^/]+\/)?[^/@][^/]*$/.test(name));
  if (wrong !== undefined) throw refusal(place, "names of packages", wrong);
  return names;
}

/** A directory is the project's own code, and what it asks for counts as the project's. Of a workspace that stands under `workspaces`. */
function ownPlace(tree: InstallTree, name: string, { resolution, info }: Entry): Place {
  const [, workspace] = /^workspace:(.*)$/s.exec(resolution.range) ?? [];
  const place = localPlace(tree, workspace ?? name);
  if (/^(?:file|link|portal):/.test(resolution.range)) place.needs = needsOf(info);
  return place;
}

function placeOf(tree: InstallTree, own: ReadonlyMap<string, Place>, names: readonly string[]): Place {
  let place = names.length > 1 ? own.get(names[0] ?? "") : undefined;
  for (const name of place === undefined ? names : names.slice(1)) place = placeBelow(tree, place ?? tree.project, name);
  return place ?? tree.project;
}

function readEntry(at: Place, { resolution, info, place }: Entry): void {
  if (at.component !== undefined) throw refusal(place, "each package in a place of its own", at.path);
  const { name, range } = resolution;
  at.component = {
    ref: at.path,
    ecosystem: "npm",
    packageType: "npm",
    name: withoutControls(name, place),
    // An address or a file says nothing of the version in it.
    version: /^v?\d[^:/]*$/.test(range) ? withoutControls(range, place) : undefined,
    purl: undefined,
    place,
    development: false,
  };
  at.needs = needsOf(info);
}

/** Peers are installed as the others are; one that is missing was optional. */
function needsOf(info: JsonObject): readonly Need[] {
  return ["optionalDependencies", "dependencies", "peerDependencies"].flatMap((section) => needsIn(info[section]));
}

export function needsIn(requirements: Json | undefined): readonly Need[] {
  if (!isJsonObject(requirements)) return [];
  return Object.entries(requirements).map(([name, range]) => ({
    name,
    range: typeof range === "string" ? withoutAlias(range) : undefined,
  }));
}

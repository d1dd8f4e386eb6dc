import type { Component } from "../../vocabulary/component.ts";
import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { asObject, below, describe, keepingAside, optionalObject, refusal } from "../json-reading.ts";
import { optionalWord, withoutControls } from "../looked-up-text.ts";
import type { LockedNeed, LockedPackage } from "../locked-packages.ts";
import { candidatePaths, isLink, parseDependencyPath, withoutPeers, type LockfileMajor } from "./dependency-path.ts";

/** A package of the lockfile; `development` where the lockfile itself says it. */
export type LockedEntry = LockedPackage & { readonly development: boolean | undefined };

/** All packages of a file by their key without peers: what variants of a package need is gathered under one. */
export type PackageTable = Map<string, TableEntry>;

type TableEntry = {
  readonly component: Component | undefined;
  development: boolean | undefined;
  /** The only requirements inside of the lockfile that are stated as written. */
  readonly peerRanges: ReadonlyMap<string, string>;
  readonly needs: StatedNeed[];
};

type StatedNeed = { readonly name: string; readonly resolved: string; readonly major: LockfileMajor; readonly place: string };

export function newPackageTable(): PackageTable {
  return new Map();
}

/** Reads `packages`, and `snapshots` where what packages need stands there (version 9). */
export function readPackages(table: PackageTable, lock: JsonObject, major: LockfileMajor, problems: Problem[]): void {
  const packages = Object.entries(optionalObject(lock, "packages", "") ?? {});
  for (const [path, value] of packages) {
    keepingAside(problems, () => readEntry(table, path, value, major, below("packages", path)));
  }
  if (major !== 9) return;
  for (const [path, value] of Object.entries(optionalObject(lock, "snapshots", "") ?? {})) {
    const place = below("snapshots", path);
    keepingAside(problems, () => readNeeds(snapshotEntry(table, path, place), asObject(value, place), major, place));
  }
}

function readEntry(table: PackageTable, path: string, value: Json, major: LockfileMajor, place: string): void {
  const entry = asObject(value, place);
  const key = withoutPeers(path, major);
  const known = table.get(key) ?? newEntry(key, entry, major, place);
  table.set(key, known);
  if (major === 9) return;
  // One variant of a package may be for development only and another not.
  known.development = known.development !== false && entry["dev"] === "true";
  readNeeds(known, entry, major, place);
}

function newEntry(key: string, entry: JsonObject, major: LockfileMajor, place: string): TableEntry {
  return {
    component: isDirectory(entry) ? undefined : componentOf(key, entry, major, place),
    development: undefined,
    peerRanges: new Map(textMembers(entry["peerDependencies"])),
    needs: [],
  };
}

/** A package of which only the snapshot is there still is one. */
function snapshotEntry(table: PackageTable, path: string, place: string): TableEntry {
  const key = withoutPeers(path, 9);
  const known = table.get(key) ?? newEntry(key, {}, 9, place);
  table.set(key, known);
  return known;
}

/** What is copied from a directory is the project's own code. */
function isDirectory(entry: JsonObject): boolean {
  const resolution = entry["resolution"];
  return isJsonObject(resolution) && (resolution["type"] === "directory" || typeof resolution["directory"] === "string");
}

function componentOf(key: string, entry: JsonObject, major: LockfileMajor, place: string): Component {
  const named = parseDependencyPath(key, major);
  const name = optionalWord(entry, "name", place) ?? named?.name;
  if (name === undefined) throw refusal(place, "a name, or a key that has one", key);
  const version = optionalWord(entry, "version", place) ?? named?.version;
  const isRuntime = key.startsWith(`${name}@runtime:`);
  return {
    ref: withoutControls(key, place),
    // Node.js and other runtimes are fetched from their own sites, and are not what the registry has under their names.
    ecosystem: isRuntime ? undefined : "npm",
    packageType: isRuntime ? "runtime" : "npm",
    name: withoutControls(name, place),
    version: version === undefined ? undefined : withoutControls(version, place),
    purl: undefined,
    place: withoutControls(place, place),
    development: false,
  };
}

function readNeeds(entry: TableEntry, stated: JsonObject, major: LockfileMajor, place: string): void {
  for (const section of ["dependencies", "optionalDependencies"]) {
    for (const [name, resolved] of textMembers(stated[section])) {
      entry.needs.push({ name, resolved, major, place: below(below(place, section), name) });
    }
  }
}

function textMembers(value: Json | undefined): readonly (readonly [string, string])[] {
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, text]) => (typeof text === "string" ? [[name, text] as const] : []));
}

/** The packages with what each needs; a need that leads nowhere is a problem. */
export function packagesOf(table: PackageTable, problems: Problem[]): readonly LockedEntry[] {
  return [...table].map(([key, { component, development, peerRanges, needs }]) => ({
    key,
    version: undefined,
    source: undefined,
    component,
    development,
    needs: needs.flatMap(({ name, resolved, major, place }): readonly LockedNeed[] => {
      const target = targetOf(table, name, resolved, major, place, problems);
      return target === undefined || target === key ? [] : [needOf(target, peerRanges.get(name), false)];
    }),
  }));
}

/** The key that a resolved dependency leads to; undefined for what is no package of the lockfile. */
export function targetOf(
  table: PackageTable,
  name: string,
  resolved: string,
  major: LockfileMajor,
  place: string,
  problems: Problem[],
): string | undefined {
  if (isLink(resolved)) return undefined;
  const found = candidatePaths(name, resolved, major)
    .map((path) => withoutPeers(path, major))
    .find((path) => table.has(path));
  if (found === undefined) {
    problems.push({ place, reason: `Expected a version of a package that stands under packages, found ${describe(resolved)}` });
  }
  return found;
}

export function needOf(key: string, range: string | undefined, development: boolean): LockedNeed {
  return { key, version: undefined, source: undefined, range, development };
}

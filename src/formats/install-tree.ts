import type { Component, Dependency } from "../vocabulary/component.ts";
import { newCharacterBudget, spend, type CharacterBudget } from "./character-budget.ts";
import { refusal } from "./json-reading.ts";

/** A directory that may hold a `node_modules`: an installed package, the project itself, a workspace, or one on the way there. */
export type Place = {
  readonly path: string;
  readonly parent: Place | undefined;
  readonly depth: number;
  /** What its `node_modules` holds, by the name under which it is required. */
  readonly installed: Map<string, Place>;
  /** Undefined for the project, workspaces, links and directories without an entry. */
  component: Component | undefined;
  needs: readonly Need[];
};

/** A requirement as written in a manifest. */
export type Need = { readonly name: string; readonly range: string | undefined };

/** The tree of one lockfile. The project's own directories are its roots; all else hangs below them. */
export type InstallTree = {
  readonly project: Place;
  /** By path: the project (`""`), workspaces and other local packages, and the directories above them. */
  readonly local: Map<string, Place>;
  readonly budget: CharacterBudget;
};

export function newInstallTree(): InstallTree {
  const project = newPlace("", undefined, 0);
  return { project, local: new Map([["", project]]), budget: newCharacterBudget() };
}

/** Deeper than any real tree; every requirement may have to climb all of it. */
const MAX_DEPTH = 64;
const LONGEST_PATH = 4096;

/** The place of `name` in the `node_modules` of `parent`, made when it is new. */
export function placeBelow(tree: InstallTree, parent: Place, name: string): Place {
  const known = parent.installed.get(name);
  if (known !== undefined) return known;
  const path = `${parent.path}${parent.path === "" ? "" : "/"}node_modules/${name}`;
  const place = newPlace(path, parent, parent.depth + 1);
  checkSize(tree, place);
  parent.installed.set(name, place);
  return place;
}

/** The place of a local directory, made with all those above it when it is new. */
export function localPlace(tree: InstallTree, path: string): Place {
  const known = tree.local.get(path);
  if (known !== undefined) return known;
  // Before anything is made of its parts, one of which begins at every slash.
  checkPath(path);
  const slash = path.lastIndexOf("/");
  // A directory outside of the project does not see the project's `node_modules`.
  const parent = path === ".." ? undefined : localPlace(tree, slash === -1 ? "" : path.slice(0, slash));
  const place = newPlace(path, parent, (parent?.depth ?? 0) + 1);
  checkSize(tree, place);
  tree.local.set(path, place);
  return place;
}

function newPlace(path: string, parent: Place | undefined, depth: number): Place {
  return { path, parent, depth, installed: new Map(), component: undefined, needs: [] };
}

function checkSize(tree: InstallTree, place: Place): void {
  if (place.depth > MAX_DEPTH) throw refusal(place.path, `at most ${MAX_DEPTH} levels of directories`, "more");
  checkPath(place.path);
  spend(tree.budget, place.path);
}

function checkPath(path: string): void {
  if (path.length > LONGEST_PATH) throw refusal(path.slice(0, 200), `a path of at most ${LONGEST_PATH} characters`, "more");
  if (/[\p{Cc}\p{Cs}]/u.test(path)) throw refusal(path, "a path without control characters", path);
}

/** Every component, parents before what is installed below them. */
export function componentsOf(tree: InstallTree): readonly Component[] {
  const components: Component[] = [];
  for (const place of allPlaces(tree)) if (place.component !== undefined) components.push(place.component);
  return components;
}

/** The edges from every component, and from the project and its local packages together under `""`. */
export function dependenciesOf(tree: InstallTree, rootIsStated: boolean): ReadonlyMap<string, readonly Dependency[]> {
  const dependencies = new Map<string, readonly Dependency[]>();
  if (rootIsStated) dependencies.set("", withoutRepeats([...tree.local.values()].flatMap(resolveNeeds)));
  for (const place of allPlaces(tree)) {
    if (place.component !== undefined) dependencies.set(place.component.ref, resolveNeeds(place));
  }
  return dependencies;
}

function* allPlaces(tree: InstallTree): Generator<Place> {
  const open: Place[] = [...tree.local.values()].toReversed();
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    yield place;
    for (const below of [...place.installed.values()].toReversed()) open.push(below);
  }
}

function resolveNeeds(place: Place): readonly Dependency[] {
  const found: Dependency[] = [];
  for (const need of place.needs) {
    // Not found: an optional package for another platform, or a link to a local one, whose own needs count as the project's.
    const ref = resolve(place, need.name)?.component?.ref;
    if (ref !== undefined) found.push({ ref, range: need.range });
  }
  return found;
}

/** Node's resolution: the nearest `node_modules` upwards that has the name. */
function resolve(from: Place, name: string): Place | undefined {
  for (let place: Place | undefined = from; place !== undefined; place = place.parent) {
    const found = place.installed.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Workspaces often ask for the same; different ranges for one package all stand. */
function withoutRepeats(dependencies: readonly Dependency[]): readonly Dependency[] {
  const ranges = new Map<string, Set<string | undefined>>();
  return dependencies.filter(({ ref, range }) => {
    const seen = ranges.get(ref);
    if (seen === undefined) ranges.set(ref, new Set([range]));
    else if (seen.has(range)) return false;
    else seen.add(range);
    return true;
  });
}

import type { Inventory } from "../../vocabulary/component.ts";
import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { asObject, below, keepingAside, refusal, requiredText } from "../json-reading.ts";
import { refOf, requiredWord, withoutControls } from "../locked-component.ts";
import { dependenciesOf, needsOfProject, resolverOf } from "../locked-packages.ts";
import { isLocal, parseDescriptor, type Descriptor } from "../npm-descriptor.ts";
import { packagesOf, type LockedEntry, type StatedNeed } from "./locked-entries.ts";

/** Reads a lockfile of yarn 2 and later. Its workspaces are entries of their own: what they need is what the project asks for. */
export function readBerryLock(lock: JsonObject): Inventory {
  const problems: Problem[] = [];
  const table: Table = { taken: new Set(), entries: [], requirements: new Map(), byLocator: new Map() };
  const patches: Stated[] = [];
  for (const [key, value] of Object.entries(lock)) {
    if (key === "__metadata") continue;
    keepingAside(problems, () => {
      const stated = statedEntry(key, asObject(value, below("", key)));
      if (stated.locator.range.startsWith("patch:")) patches.push(stated);
      else addEntry(table, stated);
    });
  }
  for (const patch of patches) keepingAside(problems, () => addPatch(table, patch));

  const packages = packagesOf(table.entries, table.requirements, problems);
  return {
    format: `yarn.lock ${lockfileVersion(lock)}`,
    tool: "yarn",
    root: rootOf(table),
    components: packages.flatMap(({ component }) => component ?? []),
    dependencies: dependenciesOf(packages, resolverOf(packages), needsOfProject(packages)),
    problems,
  };
}

type Table = {
  readonly taken: Set<string>;
  readonly entries: LockedEntry[];
  readonly requirements: Map<string, LockedEntry>;
  readonly byLocator: Map<string, LockedEntry>;
};

type Stated = {
  readonly descriptors: readonly string[];
  readonly resolution: string;
  readonly locator: Descriptor;
  readonly entry: JsonObject;
  readonly place: string;
};

function lockfileVersion(lock: JsonObject): string {
  const metadata = asObject(lock["__metadata"], "__metadata");
  const version = requiredText(metadata, "version", "__metadata");
  if (!/^\d{1,4}$/.test(version)) throw refusal("__metadata.version", "a number", version);
  return version;
}

function statedEntry(key: string, entry: JsonObject): Stated {
  const place = below("", key);
  const resolution = requiredWord(entry, "resolution", place).replace(/@virtual:[^#]*#/, "@");
  const locator = parseDescriptor(resolution);
  if (locator === undefined) throw refusal(below(place, "resolution"), "a package such as name@npm:1.0.0", resolution);
  return { descriptors: key.split(", "), resolution, locator, entry, place: withoutControls(place, place) };
}

function addEntry({ taken, entries, requirements, byLocator }: Table, { descriptors, resolution, locator, entry, place }: Stated): void {
  const { name } = locator;
  const isOwn = isLocal(locator.range);
  const version = isOwn ? undefined : requiredWord(entry, "version", place);
  const ref = refOf(taken, name, isOwn ? locator.range : version, place);
  const locked: LockedEntry = {
    key: ref,
    names: new Set([name, ...descriptors.flatMap((descriptor) => parseDescriptor(descriptor)?.name ?? [])]),
    component: isOwn ? undefined : { ref, ecosystem: "npm", packageType: "npm", name, version, purl: undefined, place, development: false },
    needs: needsOf(entry["dependencies"], below(place, "dependencies")),
  };
  entries.push(locked);
  byLocator.set(withoutBindings(resolution), locked);
  for (const descriptor of descriptors) requirements.set(descriptor, locked);
}

/** A patched package is its original, which is an entry of its own, with some lines changed: the same component, under both requirements. */
function addPatch(table: Table, patch: Stated): void {
  const [, source = ""] = /^patch:([^#]*)/.exec(patch.locator.range) ?? [];
  const original = table.byLocator.get(withoutBindings(decoded(source)));
  if (original === undefined) return addEntry(table, patch);
  for (const descriptor of patch.descriptors) table.requirements.set(descriptor, original);
  return undefined;
}

/** `::` begins what yarn binds to a locator, such as the address of another registry. */
function withoutBindings(locator: string): string {
  return locator.replace(/::.*$/s, "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause;
    return text;
  }
}

function needsOf(dependencies: Json | undefined, place: string): readonly StatedNeed[] {
  if (!isJsonObject(dependencies)) return [];
  return Object.entries(dependencies).flatMap(([name, range]) =>
    typeof range === "string" ? [{ name, range, place: below(place, name) }] : [],
  );
}

function rootOf({ byLocator }: Table): Inventory["root"] {
  for (const locator of byLocator.keys()) {
    const descriptor = parseDescriptor(locator);
    if (descriptor?.range === "workspace:.") return { name: descriptor.name, version: undefined };
  }
  return undefined;
}

import type { Inventory } from "../../vocabulary/component.ts";
import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { formatWith, placeIn } from "../companions.ts";
import type { InputDocument } from "../inventory-format.ts";
import { asObject, below, describe, keepingAside, refusal, requiredText } from "../json-reading.ts";
import { requiredWord, withoutControls } from "../looked-up-text.ts";
import { refOf } from "../unique-refs.ts";
import { dependenciesOf, needsOfProject, resolverOf } from "../locked-packages.ts";
import { isLocal, parseDescriptor, type Descriptor } from "../npm-descriptor.ts";
import { componentsOf, packagesOf, type LockedEntry, type StatedNeed } from "./locked-entries.ts";
import { readManifest } from "./workspace-manifest.ts";

/**
 * Reads a lockfile of yarn 2 and later. Its workspaces are entries of their own: what they need is what the project asks for. Which of it is
 * for development only, the package.json of each says, where it lies beside.
 */
export function readBerryLock(lock: JsonObject, document: InputDocument): Inventory {
  const problems: Problem[] = [];
  const table: Table = { taken: new Set(), entries: [], requirements: new Map(), byLocator: new Map(), manifests: [] };
  const patches: Stated[] = [];
  for (const [key, value] of Object.entries(lock)) {
    if (key === "__metadata") continue;
    keepingAside(problems, () => {
      const stated = statedEntry(key, asObject(value, below("", key)));
      if (stated.locator.range.startsWith("patch:")) patches.push(stated);
      else addEntry(table, stated, inDevelopment(document, stated.locator, table, problems));
    });
  }
  for (const patch of patches) keepingAside(problems, () => addPatch(table, patch));

  const packages = packagesOf(table.entries, table.requirements, problems);
  const [resolve, needs] = [resolverOf(packages), needsOfProject(packages)];
  return {
    format: formatWith(`yarn.lock ${lockfileVersion(lock)}`, table.manifests),
    tool: "yarn",
    root: rootOf(table),
    components: componentsOf(packages, needs, resolve),
    dependencies: dependenciesOf(packages, resolve, needs),
    problems,
  };
}

type Table = {
  readonly taken: Set<string>;
  readonly entries: LockedEntry[];
  readonly requirements: Map<string, LockedEntry>;
  readonly byLocator: Map<string, LockedEntry>;
  /** Paths of the package.json that were read. */
  readonly manifests: string[];
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

const NOTHING: ReadonlySet<string> = new Set();

/** What a workspace asks for in development only; nothing where its package.json does not say so, or is another's. */
function inDevelopment(document: InputDocument, locator: Descriptor, table: Table, problems: Problem[]): ReadonlySet<string> {
  const [, folder] = /^workspace:(.*)$/s.exec(locator.range) ?? [];
  const workspace = folder === undefined ? undefined : readManifest(document, folder === "." ? "" : folder, problems);
  if (workspace === undefined) return NOTHING;
  const name = workspace.manifest["name"];
  if (typeof name === "string" && name !== locator.name) {
    const reason = `Expected the workspace ${describe(locator.name)}, found ${describe(name)}`;
    problems.push({ place: placeIn(workspace.file, "name"), reason });
    return NOTHING;
  }
  table.manifests.push(workspace.file);
  return new Set(workspace.needs.flatMap((need) => (need.development === true ? need.name : [])));
}

function addEntry(
  { taken, entries, requirements, byLocator }: Table,
  { descriptors, resolution, locator, entry, place }: Stated,
  development: ReadonlySet<string> = NOTHING,
): void {
  const { name } = locator;
  const isOwn = isLocal(locator.range);
  const version = isOwn ? undefined : requiredWord(entry, "version", place);
  const ref = refOf(taken, name, isOwn ? locator.range : version, place);
  const locked: LockedEntry = {
    key: ref,
    names: new Set([name, ...descriptors.flatMap((descriptor) => parseDescriptor(descriptor)?.name ?? [])]),
    component: isOwn ? undefined : { ref, ecosystem: "npm", packageType: "npm", name, version, purl: undefined, place, development: false },
    needs: needsOf(entry["dependencies"], below(place, "dependencies")).map((need) => ({
      ...need,
      development: development.has(need.name),
    })),
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

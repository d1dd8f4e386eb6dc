import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import { asObject, optionalList, optionalObject, refusal } from "../json-reading.ts";
import { optionalWord, requiredWord } from "../looked-up-text.ts";
import { refOf } from "../unique-refs.ts";
import type { LockedNeed, LockedPackage } from "../locked-packages.ts";
import { projectKey } from "../python-project.ts";

export type UvPackage = LockedPackage & {
  readonly name: string;
  /** Of the project's own packages: where it is, from the lockfile. */
  readonly directory: string | undefined;
};

/** The kinds of source that are a directory of the project's. */
const OWN_SOURCES = ["editable", "virtual", "directory"] as const;

/** More for one name than any project has, and each is multiplied by the entries of that name. */
const MAX_RANGES = 32;

/** Requirements as written, by the project that they are about. */
type Ranges = ReadonlyMap<string, ReadonlySet<string>>;

export function readUvPackage(entry: JsonObject, place: string, taken: Set<string>): UvPackage {
  const name = requiredWord(entry, "name", place);
  const version = optionalWord(entry, "version", place);
  const source = asObject(entry["source"], `${place}.source`);
  const directory = OWN_SOURCES.map((kind) => source[kind]).find((value) => typeof value === "string");
  const needs = needsOf(entry, place);
  const shared = { key: projectKey(name), name, version, source: sourceText(source), directory, needs };
  if (directory !== undefined) return { ...shared, component: undefined };
  const component = {
    ref: refOf(taken, name, version, place),
    ecosystem: "PyPI",
    packageType: "pypi",
    name,
    version,
    purl: undefined,
    place,
    development: false,
  };
  return { ...shared, component };
}

/** Its dependencies, those of the extras that something asks for, and those of its dependency groups. */
function needsOf(entry: JsonObject, place: string): readonly LockedNeed[] {
  const metadata = optionalObject(entry, "metadata", place) ?? {};
  const ranges = rangesIn([
    ...optionalList(metadata, "requires-dist", `${place}.metadata`),
    ...listsIn(metadata, "requires-dev", `${place}.metadata`),
  ]);
  const read = (list: readonly Json[], listPlace: string, development: boolean): readonly LockedNeed[] =>
    list.flatMap((value, index) => readNeeds(asObject(value, `${listPlace}[${index}]`), `${listPlace}[${index}]`, ranges, development));
  return [
    ...read(optionalList(entry, "dependencies", place), `${place}.dependencies`, false),
    ...read(listsIn(entry, "optional-dependencies", place), `${place}.optional-dependencies`, false),
    ...read(listsIn(entry, "dev-dependencies", place), `${place}.dev-dependencies`, true),
  ];
}

/** The entries of every list in a table of lists. */
function listsIn(parent: JsonObject, key: string, place: string): readonly Json[] {
  return Object.values(optionalObject(parent, key, place) ?? {}).flatMap((list) => {
    if (!Array.isArray(list)) throw refusal(`${place}.${key}`, "lists", list);
    return list as readonly Json[];
  });
}

/** One need for each requirement that is written for the name; which of them is about which marker is not told apart. */
function readNeeds(value: JsonObject, place: string, ranges: Ranges, development: boolean): readonly LockedNeed[] {
  const key = projectKey(requiredWord(value, "name", place));
  const source = value["source"];
  const need = {
    key,
    version: optionalWord(value, "version", place),
    source: isJsonObject(source) ? sourceText(source) : undefined,
    development,
  };
  const written = ranges.get(key);
  if (written === undefined || written.size > MAX_RANGES) return [{ ...need, range: undefined }];
  return [...written].map((range) => ({ ...need, range }));
}

function rangesIn(requirements: readonly Json[]): Ranges {
  const ranges = new Map<string, Set<string>>();
  for (const { key, range } of requirementsIn(requirements)) {
    if (range === undefined) continue;
    ranges.set(key, (ranges.get(key) ?? new Set()).add(range));
  }
  return ranges;
}

/** Requirements as the metadata and the manifest state them. */
export function requirementsIn(requirements: readonly Json[]): readonly LockedNeed[] {
  return requirements.flatMap((requirement): readonly LockedNeed[] => {
    if (!isJsonObject(requirement) || typeof requirement["name"] !== "string") return [];
    const range = requirement["specifier"];
    const written = typeof range === "string" && range !== "" ? range : undefined;
    return [{ key: projectKey(requirement["name"]), version: undefined, source: undefined, range: written, development: false }];
  });
}

/** uv writes a source where it is needed to tell packages apart, in the same words as in the package. */
function sourceText(source: JsonObject): string {
  return JSON.stringify(Object.entries(source).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

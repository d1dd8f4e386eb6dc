import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Inventory } from "../../vocabulary/component.ts";
import type { Json, JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { baseName, firstText, outerText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import {
  asObject,
  describe,
  optionalList,
  optionalObject,
  optionalText,
  readEach,
  refusal,
  requiredList,
  textList,
} from "../json-reading.ts";
import { optionalWord, requiredWord } from "../looked-up-text.ts";
import { refOf } from "../unique-refs.ts";
import { dependenciesOf, resolverOf, type LockedNeed, type LockedPackage } from "../locked-packages.ts";
import { projectKey } from "../python-project.ts";
import { readToml, TOML_LIMITS } from "../read-toml.ts";
import { isForGroupsOnly } from "./group-marker.ts";

/** The lockfile of PEP 751, which several tools write. */
export const pylock: InventoryFormat = {
  id: "pylock",
  title: "pylock.toml, version 1.0",
  fileNames: ["pylock.toml", "pylock.*.toml"],
  recognises: (document) => isNamedSo(document) || looksSo(document),
  read: readPylock,
};

function isNamedSo({ name }: InputDocument): boolean {
  return /^pylock\.(?:[^.]+\.)?toml$/.test(baseName(name));
}

function looksSo({ bytes }: InputDocument): boolean {
  return /^lock-version = "/m.test(firstText(bytes)) && /^created-by = "/m.test(outerText(bytes));
}

function readPylock(document: InputDocument): Inventory {
  const lock = readToml(document.bytes, TOML_LIMITS);
  const version = versionOf(lock);
  const problems: Problem[] = [];
  const packages: LockedPackage[] = [];
  const taken = new Set<string>();
  const installed = new Set(textList(lock, "default-groups", ""));
  readEach(requiredList(lock, "packages", ""), "packages", problems, (entry, place) => {
    packages.push(readPackage(asObject(entry, place), place, taken, installed));
  });
  return {
    format: `pylock.toml ${version}`,
    // It does not say from what it was made, so that no command is known to change it.
    tool: "pylock",
    root: undefined,
    components: packages.flatMap(({ component }) => component ?? []),
    // It need not say what needs what, and says nothing of what the project itself asks for.
    dependencies: packages.some(({ needs }) => needs.length > 0) ? dependenciesOf(packages, resolverOf(packages), undefined) : new Map(),
    problems,
  };
}

/** A later minor version only adds. */
function versionOf(lock: JsonObject): string {
  const version = optionalText(lock, "lock-version", "");
  if (version === undefined) throw refusal("lock-version", "1.0", version);
  if (/^1\.\d{1,4}$/.test(version)) return version;
  throw new CodedError("document-unknown", `Expected lock-version 1.0, found ${describe(version)}`, { place: "lock-version" });
}

function readPackage(entry: JsonObject, place: string, taken: Set<string>, installed: ReadonlySet<string>): LockedPackage {
  const name = requiredWord(entry, "name", place);
  const version = optionalWord(entry, "version", place);
  const needs = optionalList(entry, "dependencies", place).map((value, index) => readNeed(value, `${place}.dependencies[${index}]`));
  const shared = { key: projectKey(name), version, source: undefined, needs };
  if (optionalObject(entry, "directory", place) !== undefined) return { ...shared, component: undefined };
  const marker = optionalText(entry, "marker", place);
  const component = {
    ref: refOf(taken, name, version, place),
    ecosystem: "PyPI",
    packageType: "pypi",
    name,
    version,
    purl: undefined,
    place,
    development: marker !== undefined && isForGroupsOnly(marker, installed),
  };
  return { ...shared, component };
}

/** As much of the other package's entry as tells it from the rest. */
function readNeed(value: Json, place: string): LockedNeed {
  const need = asObject(value, place);
  return {
    key: projectKey(requiredWord(need, "name", place)),
    version: optionalWord(need, "version", place),
    source: undefined,
    range: undefined,
    development: false,
  };
}

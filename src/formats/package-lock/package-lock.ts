import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Inventory } from "../../vocabulary/component.ts";
import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { baseName, firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { asObject, optionalText, refusal } from "../json-reading.ts";
import { DOCUMENT_LIMITS, readJson } from "../read-json.ts";
import { readDependenciesSection } from "./dependencies-section.ts";
import { componentsOf, dependenciesOf } from "../install-tree.ts";
import { readPackagesSection } from "./packages-section.ts";

const FILE_NAMES = ["package-lock.json", "npm-shrinkwrap.json"] as const;

/** npm's lockfiles. */
export const packageLock: InventoryFormat = {
  id: "package-lock",
  title: "npm package-lock.json and npm-shrinkwrap.json, lockfile versions 1–3",
  fileNames: FILE_NAMES,
  recognises: (document) => isNamedSo(document) || looksSo(document),
  read: readPackageLock,
};

function isNamedSo(document: InputDocument): boolean {
  return FILE_NAMES.some((name) => baseName(document.name) === name);
}

/** bun.lock has the same member, with the workspaces behind it. */
function looksSo(document: InputDocument): boolean {
  const text = firstText(document.bytes);
  return (
    baseName(document.name) !== "bun.lock" &&
    /^\s*\{[^]*"lockfileVersion"\s*:\s*\d/.test(text) &&
    !/"lockfileVersion"\s*:\s*\d+\s*,\s*(?:"configVersion"\s*:\s*\d+\s*,\s*)?"workspaces"\s*:/.test(text)
  );
}

function readPackageLock(document: InputDocument): Inventory {
  const lock = asObject(readJson(document.bytes, DOCUMENT_LIMITS), "");
  const version = lockfileVersion(lock);
  const problems: Problem[] = [];
  const packages = lock["packages"];
  const tree = isJsonObject(packages)
    ? readPackagesSection(packages, problems)
    : readDependenciesSection(dependenciesSection(lock, version), problems);
  return {
    format: `${baseName(document.name) === "npm-shrinkwrap.json" ? "npm-shrinkwrap" : "package-lock"} ${version}`,
    tool: "npm",
    root: rootOf(lock, packages),
    components: componentsOf(tree),
    // Version 1 lists what is installed, not what the project asks for.
    dependencies: dependenciesOf(tree, isJsonObject(packages) && isJsonObject(packages[""])),
    problems,
  };
}

/** Shrinkwraps older than npm 5 state none and are read as version 1. */
function lockfileVersion(lock: JsonObject): 1 | 2 | 3 {
  const version = lock["lockfileVersion"];
  if (version === 1 || version === 2 || version === 3) return version;
  if (version === undefined && isJsonObject(lock["dependencies"])) return 1;
  if (version === undefined) throw refusal("lockfileVersion", "1, 2 or 3", version);
  throw new CodedError("document-unknown", `Expected lockfile version 1, 2 or 3, found ${JSON.stringify(version)}`, {
    place: "lockfileVersion",
  });
}

/** A project without dependencies has no section under version 1; under 2 and 3 `packages` is never absent. */
function dependenciesSection(lock: JsonObject, version: 1 | 2 | 3): JsonObject {
  const dependencies = lock["dependencies"];
  if (isJsonObject(dependencies)) return dependencies;
  if (version !== 1) throw refusal("packages", "an object", lock["packages"]);
  if (dependencies !== undefined) throw refusal("dependencies", "an object", dependencies);
  return {};
}

function rootOf(lock: JsonObject, packages: Json | undefined): Inventory["root"] {
  const project = isJsonObject(packages) ? packages[""] : undefined;
  for (const [stated, place] of [
    [project, 'packages[""]'],
    [lock, ""],
  ] as const) {
    if (!isJsonObject(stated)) continue;
    const name = optionalText(stated, "name", place);
    if (name !== undefined) return { name, version: optionalText(stated, "version", place) };
  }
  return undefined;
}

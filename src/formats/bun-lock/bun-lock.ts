import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Component, Dependency, Inventory } from "../../vocabulary/component.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { baseName, firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { componentsOf, dependenciesOf, newInstallTree } from "../install-tree.ts";
import { asObject, describe, optionalObject, refusal } from "../json-reading.ts";
import { optionalWord } from "../looked-up-text.ts";
import { DOCUMENT_LIMITS } from "../read-json.ts";
import { readJsonc } from "../read-jsonc.ts";
import { readPackages } from "./packages-section.ts";
import { readWorkspaces } from "./workspaces-section.ts";

/** bun's lockfile in its text form. */
export const bunLock: InventoryFormat = {
  id: "bun-lock",
  title: "bun.lock, lockfile versions 0–2",
  fileNames: ["bun.lock"],
  recognises: (document) => baseName(document.name) === "bun.lock" || looksSo(document),
  read: readBunLock,
};

/** npm's lockfile begins with the project's name, and has no workspaces of its own. */
function looksSo(document: InputDocument): boolean {
  return /^\s*\{\s*"lockfileVersion"\s*:\s*\d+\s*,\s*(?:"configVersion"\s*:\s*\d+\s*,\s*)?"workspaces"\s*:/.test(firstText(document.bytes));
}

function readBunLock(document: InputDocument): Inventory {
  const lock = asObject(readJsonc(document.bytes, DOCUMENT_LIMITS), "");
  const version = lockfileVersion(lock);
  const workspaces = optionalObject(lock, "workspaces", "");
  if (workspaces === undefined) throw refusal("workspaces", "an object", undefined);
  const problems: Problem[] = [];
  const tree = newInstallTree();
  readPackages(tree, optionalObject(lock, "packages", "") ?? {}, problems);

  // Not stated with the packages: development is what nothing else of the project's requirements leads to.
  const { inUse, all } = readWorkspaces(tree, lock, workspaces, problems);
  inUse();
  const outside = refsFromProject(dependenciesOf(tree, true));
  all();
  const dependencies = dependenciesOf(tree, true);
  const everywhere = refsFromProject(dependencies);
  return {
    format: `bun.lock ${version}`,
    tool: "bun",
    root: rootOf(workspaces),
    components: componentsOf(tree).map((component): Component => ({
      ...component,
      development: everywhere.has(component.ref) && !outside.has(component.ref),
    })),
    dependencies,
    problems,
  };
}

function lockfileVersion(lock: JsonObject): 0 | 1 | 2 {
  const version = lock["lockfileVersion"];
  if (version === 0 || version === 1 || version === 2) return version;
  if (version === undefined) throw refusal("lockfileVersion", "0, 1 or 2", version);
  throw new CodedError("document-unknown", `Expected lockfile version 0, 1 or 2, found ${describe(version)}`, { place: "lockfileVersion" });
}

function refsFromProject(dependencies: ReadonlyMap<string, readonly Dependency[]>): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [""];
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const { ref } of dependencies.get(from) ?? []) {
      if (seen.has(ref)) continue;
      seen.add(ref);
      open.push(ref);
    }
  }
  return seen;
}

function rootOf(workspaces: JsonObject): Inventory["root"] {
  const project = optionalObject(workspaces, "", "workspaces");
  const name = project === undefined ? undefined : optionalWord(project, "name", 'workspaces[""]');
  return name === undefined || project === undefined ? undefined : { name, version: optionalWord(project, "version", 'workspaces[""]') };
}

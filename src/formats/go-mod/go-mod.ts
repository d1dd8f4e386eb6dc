import type { Component, Dependency, Inventory } from "../../vocabulary/component.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { baseName, firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { refusal } from "../json-reading.ts";
import { DOCUMENT_LIMITS } from "../read-json.ts";
import { readText } from "../read-text.ts";
import { type GoModFile, readGoModFile, type Requirement } from "./go-mod-file.ts";

/** The manifest of a Go module, which is its lockfile too. */
export const goMod: InventoryFormat = {
  id: "go-mod",
  title: "go.mod",
  fileNames: ["go.mod"],
  recognises: (document) => baseName(document.name) === "go.mod" || looksSo(firstText(document.bytes)),
  read: readGoMod,
};

function looksSo(text: string): boolean {
  return /^module\s+\S+[ \t]*(?:\/\/.*)?\r?$/m.test(text) && /^(?:go[ \t]+\d|require[ \t(])/m.test(text);
}

/** What the go command writes for a module that was never published. */
const NEVER_PUBLISHED = /^v0\.0\.0(?:-00010101000000-000000000000)?$/;

function readGoMod(document: InputDocument): Inventory {
  const problems: Problem[] = [];
  const file = readGoModFile(readText(document.bytes, DOCUMENT_LIMITS.maxBytes), problems);
  if (file.module === undefined) throw refusal("", "a line with module and its path", undefined);
  const components = new Map<string, Component>();
  const direct = new Map<string, Dependency>();
  for (const requirement of file.requirements) {
    const component = componentOf(requirement, file);
    if (component === undefined) continue;
    if (!components.has(component.ref)) components.set(component.ref, component);
    if (!requirement.indirect) direct.set(component.ref, { ref: component.ref, range: rangeOn(component, requirement) });
  }
  const goItself = standardLibrary(file);
  if (goItself !== undefined) {
    components.set(goItself.ref, goItself);
    direct.set(goItself.ref, { ref: goItself.ref, range: undefined });
  }
  if (!listsEverything(file)) problems.push(notListed(file));
  return {
    format: "go.mod",
    root: { name: file.module, version: undefined },
    components: [...components.values()],
    dependencies: new Map([["", [...direct.values()]]]),
    problems,
  };
}

function componentOf({ path, version, place }: Requirement, { replacements, exclusions }: GoModFile): Component | undefined {
  const replacement = replacements.get(`${path}@${version}`) ?? replacements.get(path);
  if (replacement === undefined) {
    // The go command then takes another version, which is not written here.
    const isExcluded = exclusions.has(`${path}@${version}`);
    return component(path, isExcluded ? undefined : version, place);
  }
  if (replacement.version !== undefined) return component(replacement.path, replacement.version, replacement.place);
  return NEVER_PUBLISHED.test(version) ? undefined : component(path, undefined, replacement.place);
}

/** What is required of a module says nothing of the versions of another that replaces it. */
function rangeOn({ name }: Component, { path, version }: Requirement): string | undefined {
  return name === path ? version : undefined;
}

function component(name: string, version: string | undefined, place: string): Component {
  const ref = `${name}@${version ?? place}`;
  return { ref, ecosystem: "Go", packageType: "golang", name, version, purl: undefined, place, development: false };
}

/** Go's advisories call it `stdlib`. The toolchain is what the project is built with at least; without it the version of the go line is. */
function standardLibrary({ go, toolchain }: GoModFile): Component | undefined {
  const stated = toolchain ?? go;
  return stated === undefined ? undefined : component("stdlib", stated.version, stated.place);
}

function listsEverything({ go, requirements }: GoModFile): boolean {
  if (requirements.length === 0) return true;
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(go?.version ?? "") ?? [];
  return Number(major) > 1 || Number(minor) >= 17;
}

function notListed({ go }: GoModFile): Problem {
  const found = go === undefined ? "no go line" : `go ${go.version}`;
  const remedy = "modules that only others need are not in it (`go mod tidy -go=1.17` lists them)";
  return { place: go?.place ?? "", reason: `Expected go 1.17 or later, found ${found}: ${remedy}` };
}

import type { Component, Dependency, Inventory } from "../../vocabulary/component.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { baseName, firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { DOCUMENT_LIMITS } from "../read-json.ts";
import { readText } from "../read-text.ts";
import { readGemSections, type GemNeed, type GemSpec } from "./gem-sections.ts";

const FILE_NAMES = ["gemfile.lock", "*.gemfile.lock", "gems.locked"] as const;

/** Bundler's lockfile. */
export const gemfileLock: InventoryFormat = {
  id: "gemfile-lock",
  title: "Gemfile.lock and gems.locked",
  fileNames: FILE_NAMES,
  recognises: (document) => isNamedSo(baseName(document.name)) || looksSo(firstText(document.bytes)),
  read: readGemfileLock,
};

function isNamedSo(name: string): boolean {
  return name === "gemfile.lock" || name === "gems.locked" || name.endsWith(".gemfile.lock");
}

function looksSo(text: string): boolean {
  return /^(?:GEM|GIT|PATH)\r?\n {2}[a-z]+:/m.test(text) && /^ {2}specs:\r?$/m.test(text);
}

/** Platforms may have different versions of a gem; what is asked for leads to each of them, up to this many. */
const MAX_PLATFORMS = 16;

function readGemfileLock(document: InputDocument): Inventory {
  const problems: Problem[] = [];
  const { specs, needs } = readGemSections(readText(document.bytes, DOCUMENT_LIMITS.maxBytes), problems);
  const components = new Map<string, Component>();
  const edges = new Map<string, Map<string, Dependency>>();
  for (const spec of specs) if (!spec.isLocal && !components.has(refOf(spec))) components.set(refOf(spec), componentOf(spec));
  const byName = Map.groupBy(components.values(), ({ name }) => name);
  const local = new Map(specs.filter(({ isLocal }) => isLocal).map((spec) => [spec.name, spec]));
  const lead = (from: string, asked: readonly GemNeed[]): void => {
    const known = edges.get(from) ?? new Map<string, Dependency>();
    edges.set(from, known);
    for (const { name, range } of asked)
      for (const { ref } of (byName.get(name) ?? []).slice(0, MAX_PLATFORMS)) known.set(`${ref} ${range}`, { ref, range });
  };
  for (const spec of specs) if (!spec.isLocal) lead(refOf(spec), spec.needs);
  // A gem of the project's own is a part of the project: what it needs the project needs.
  lead("", [...(needs ?? []), ...[...local.values()].flatMap((spec) => spec.needs)]);
  if (needs === undefined) edges.delete("");
  return {
    format: baseName(document.name) === "gems.locked" ? "gems.locked" : "Gemfile.lock",
    root: undefined,
    components: [...components.values()],
    dependencies: new Map([...edges].map(([from, targets]) => [from, [...targets.values()]])),
    problems,
  };
}

function refOf({ name, version }: GemSpec): string {
  return `${name}@${version}`;
}

function componentOf(spec: GemSpec): Component {
  const { name, version, place } = spec;
  return { ref: refOf(spec), ecosystem: "RubyGems", packageType: "gem", name, version, purl: undefined, place, development: false };
}

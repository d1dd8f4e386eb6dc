import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Component, Dependency, Inventory } from "../../vocabulary/component.ts";
import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { baseName, firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { asObject, below, keepingAside, optionalText, refusal, requiredText } from "../json-reading.ts";
import { DOCUMENT_LIMITS, readJson } from "../read-json.ts";
import { asWord } from "../text-lines.ts";

/** NuGet's lockfile. */
export const nugetLock: InventoryFormat = {
  id: "nuget-lock",
  title: "NuGet packages.lock.json, versions 1 and 2",
  fileNames: ["packages.lock.json"],
  recognises: (document) => baseName(document.name) === "packages.lock.json" || looksSo(firstText(document.bytes)),
  read: readNugetLock,
};

function looksSo(text: string): boolean {
  return /^\s*\{/.test(text) && /"type"\s*:\s*"(?:Direct|Transitive|CentralTransitive|Project)"/.test(text);
}

type Draft = {
  readonly components: Map<string, Component>;
  readonly edges: Map<string, Map<string, Dependency>>;
  readonly problems: Problem[];
};

function readNugetLock(document: InputDocument): Inventory {
  const lock = asObject(readJson(document.bytes, DOCUMENT_LIMITS), "");
  const version = lock["version"];
  if (version !== 1 && version !== 2) {
    if (version === undefined) throw refusal("version", "1 or 2", version);
    throw new CodedError("document-unknown", `Expected version 1 or 2, found ${JSON.stringify(version)}`, { place: "version" });
  }
  const draft: Draft = { components: new Map(), edges: new Map([["", new Map()]]), problems: [] };
  for (const [framework, packages] of Object.entries(asObject(lock["dependencies"], "dependencies"))) {
    keepingAside(draft.problems, () => readFramework(draft, asObject(packages, below("dependencies", framework)), framework));
  }
  return {
    format: `packages.lock.json ${version}`,
    root: undefined,
    components: [...draft.components.values()],
    dependencies: new Map([...draft.edges].map(([from, targets]) => [from, [...targets.values()]])),
    problems: draft.problems,
  };
}

/** Each framework is resolved by itself: an edge leads to the version that stands in the same one. */
function readFramework(draft: Draft, packages: JsonObject, framework: string): void {
  const place = below("dependencies", framework);
  const refs = new Map<string, string>();
  const needs: { readonly from: string; readonly asked: JsonObject }[] = [];
  for (const [name, value] of Object.entries(packages)) {
    keepingAside(draft.problems, () => {
      const from = readPackage(draft, refs, name, value, below(place, name));
      const asked = isJsonObject(value) ? value["dependencies"] : undefined;
      if (isJsonObject(asked)) needs.push({ from, asked });
    });
  }
  for (const { from, asked } of needs) {
    for (const [name, range] of Object.entries(asked)) {
      const ref = refs.get(name.toLowerCase());
      if (ref !== undefined) addEdge(draft, from, { ref, range: typeof range === "string" ? range : undefined });
    }
  }
}

/** The ref from which its needs lead: `""` for a project, since what its own projects ask for the project asks for. */
function readPackage(draft: Draft, refs: Map<string, string>, name: string, value: Json, place: string): string {
  const entry = asObject(value, place);
  const type = requiredText(entry, "type", place);
  if (type === "Project") return "";
  if (!TYPES.has(type)) throw refusal(below(place, "type"), [...TYPES, "Project"].join(", "), type);
  const resolved = optionalText(entry, "resolved", place);
  const version = resolved === undefined ? undefined : asWord(resolved, below(place, "resolved"), "a version");
  const id = asWord(name, place, "a package's name");
  // Names of packages are alike whatever their case.
  const ref = `${id.toLowerCase()}@${version?.toLowerCase() ?? place}`;
  refs.set(id.toLowerCase(), ref);
  if (!draft.components.has(ref)) {
    draft.components.set(ref, {
      ref,
      ecosystem: "NuGet",
      packageType: "nuget",
      name: id,
      version,
      purl: undefined,
      place,
      development: false,
    });
    draft.edges.set(ref, new Map());
  }
  if (type === "Direct") addEdge(draft, "", { ref, range: optionalText(entry, "requested", place) });
  return ref;
}

const TYPES: ReadonlySet<string> = new Set(["Direct", "Transitive", "CentralTransitive"]);

function addEdge({ edges }: Draft, from: string, { ref, range }: Dependency): void {
  edges.get(from)?.set(`${ref} ${range ?? ""}`, { ref, range });
}

import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Component, Inventory } from "../../vocabulary/component.ts";
import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { identify, type StatedSource } from "../component-identity.ts";
import { baseName, firstText, outerText } from "../document-start.ts";
import type { InputDocument, InventoryFormat, PurlResolver } from "../inventory-format.ts";
import { asObject, describe, keepingAside, optionalList, optionalText, readEach, requiredText } from "../json-reading.ts";
import { DOCUMENT_LIMITS, readJson } from "../read-json.ts";
import { readText } from "../read-text.ts";
import { claimRef } from "../unique-refs.ts";
import { describedRefs, readRelationships } from "./relationships.ts";
import { toGraph } from "./spdx-graph.ts";
import { readTagValue } from "./tag-value.ts";

/** SPDX 2.x (ISO/IEC 5962:2021 is 2.2.1), the JSON form, also inside the `sbom` member that GitHub's export wraps it in, and tag-value. */
export const spdx: InventoryFormat = {
  id: "spdx",
  title: "SPDX 2.2 and 2.3 JSON and tag-value",
  fileNames: ["*.spdx.json", "spdx.json", "*.spdx"],
  recognises: (document) =>
    baseName(document.name).endsWith(".spdx.json") || isJson(document) || isTagValue(document) || otherForm(document) !== undefined,
  read: readSpdx,
};

const READ = "SPDX 2.2 or 2.3 in JSON or tag-value";

function isJson(document: InputDocument): boolean {
  const text = outerText(document.bytes);
  return /^\s*\{/.test(text) && /"(?:spdxVersion|SPDXID)"\s*:/.test(text);
}

function isTagValue(document: InputDocument): boolean {
  const text = firstText(document.bytes);
  return /^\s*SPDXVersion\s*:\s*SPDX-/m.test(text) || (baseName(document.name).endsWith(".spdx") && !/^\s*[<{[]/.test(text));
}

/** SPDX in a form that is not read, in a reader's words. */
function otherForm(document: InputDocument): string | undefined {
  const text = firstText(document.bytes);
  const graph = /"@context"\s*:\s*\[?\s*"https?:\/\/spdx\.org\/rdf\/v?(\d[\d.]{0,20})/.exec(outerText(document.bytes));
  if (graph !== null) return `SPDX ${graph[1]} JSON-LD`;
  if (/^\s*\{/.test(text)) return undefined;
  if (/^\s*</.test(text)) {
    if (text.includes("http://spdx.org/rdf/terms")) return "SPDX RDF";
    return /<(?:SPDXID|spdxVersion)>/.test(text) ? "SPDX XML" : undefined;
  }
  if (isTagValue(document) || !/^"?(?:spdxVersion|SPDXID)"?:\s/m.test(text)) return undefined;
  const version = /^"?spdxVersion"?:\s*"?SPDX-([\d.]{1,20})/m.exec(outerText(document.bytes))?.[1];
  return version === undefined ? "SPDX YAML" : `SPDX ${version} YAML`;
}

function readSpdx(document: InputDocument, resolvePurl: PurlResolver): Inventory {
  const other = otherForm(document);
  if (other !== undefined) throw new CodedError("document-unknown", `Expected ${READ}, found ${other}, which is not read yet`);
  if (!isTagValue(document)) {
    const read = asObject(readJson(document.bytes, DOCUMENT_LIMITS), "");
    const wrapped = read["spdxVersion"] === undefined && isJsonObject(read["sbom"]) ? read["sbom"] : undefined;
    return wrapped === undefined ? readSbom(read, "", resolvePurl) : readSbom(wrapped, "sbom.", resolvePurl);
  }
  const { sbom, problems, lineOf } = readTagValue(readText(document.bytes, DOCUMENT_LIMITS.maxBytes));
  const inventory = readSbom(sbom, "", resolvePurl);
  return {
    ...inventory,
    components: inventory.components.map((component) => ({ ...component, place: lineOf(component.place) })),
    problems: [...problems, ...inventory.problems.map(({ place, reason }) => ({ place: lineOf(place), reason }))],
  };
}

/** `at` is where the document's members stand. */
function readSbom(sbom: JsonObject, at: string, resolvePurl: PurlResolver): Inventory {
  const version = spdxVersion(sbom, at);
  const problems: Problem[] = [];
  const packages = readPackages(sbom, at, problems, resolvePurl);
  const relationships = readRelationships(sbom, at, problems);
  const root = rootOf(packages, describedRefs(sbom, relationships));
  const refs = new Set(packages.map((entry) => entry.component.ref));
  const { dependencies, development } = toGraph(relationships, refs, root?.component.ref);
  return {
    format: `SPDX ${version}`,
    root: root?.stated ?? documentName(sbom, at, problems),
    components: packages
      .filter((entry) => entry !== root || isAlone(entry, packages))
      .map(({ component }) => (development.has(component.ref) ? forDevelopment(component) : component)),
    dependencies,
    problems,
  };
}

function forDevelopment(component: Component): Component {
  return { ...component, development: true };
}

function spdxVersion(sbom: JsonObject, at: string): string {
  const version = sbom["spdxVersion"];
  const known = typeof version === "string" ? /^SPDX-(2\.[23])$/.exec(version)?.[1] : undefined;
  if (known !== undefined) return known;
  throw new CodedError("document-unknown", `Expected ${READ}, found version ${describe(version)}`, { place: `${at}spdxVersion` });
}

/** A package as a component, and under the name that its document gives it. */
type Package = { readonly component: Component; readonly stated: NonNullable<Inventory["root"]> };

function readPackages(sbom: JsonObject, at: string, problems: Problem[], resolvePurl: PurlResolver): readonly Package[] {
  const packages: Package[] = [];
  const refs = new Set<string>();
  let list: readonly Json[] = [];
  keepingAside(problems, () => {
    list = optionalList(sbom, "packages", at.slice(0, -1));
  });
  readEach(list, `${at}packages`, problems, (value, place) => {
    const entry = asObject(value, place);
    const own = requiredText(entry, "SPDXID", place);
    const stated = {
      name: optionalText(entry, "name", place),
      version: knownText(entry, "versionInfo", place),
      kind: optionalText(entry, "primaryPackagePurpose", place)?.toLowerCase() ?? "unknown",
      ...purlOf(entry, place),
      source: sourceOf(entry),
    };
    const identity = identify(stated, place, problems, resolvePurl);
    const ref = claimRef(refs, own, place, `${place}.SPDXID`, problems);
    packages.push({
      component: { ref, ...identity, place, development: false },
      stated: { name: stated.name ?? identity.name, version: stated.version },
    });
  });
  return packages;
}

/** NOASSERTION and NONE are the standard's words for "not said" and "there is none". */
function knownText(entry: JsonObject, key: string, place: string): string | undefined {
  const text = optionalText(entry, key, place);
  return text === "NOASSERTION" || text === "NONE" ? undefined : text;
}

/** Trivy's sentence for a package of a distribution, with the source package's name and version. */
function sourceOf(entry: JsonObject): StatedSource | undefined {
  const info = entry["sourceInfo"];
  const [, name, version] = (typeof info === "string" && /^built package from: (\S+)(?: (\S+))?$/.exec(info)) || [];
  return name === undefined ? undefined : { name, version };
}

/** The first purl; the category is written with a dash, and by older tools with an underscore. */
function purlOf(entry: JsonObject, place: string): { readonly purl: string | undefined; readonly purlPlace: string } {
  for (const [index, value] of optionalList(entry, "externalRefs", place).entries()) {
    if (!isJsonObject(value) || value["referenceType"] !== "purl") continue;
    const at = `${place}.externalRefs[${index}]`;
    return { purl: optionalText(value, "referenceLocator", at), purlPlace: `${at}.referenceLocator` };
  }
  return { purl: undefined, purlPlace: place };
}

/** The one package that the document describes. With several, each is part of an inventory that has no root of its own. */
function rootOf(packages: readonly Package[], described: ReadonlySet<string>): Package | undefined {
  const found = packages.filter((entry) => described.has(entry.component.ref));
  return found.length === 1 ? found[0] : undefined;
}

/** A document about one package alone: that package is then what is to be looked up, if it can be. */
function isAlone(root: Package, packages: readonly Package[]): boolean {
  return packages.length === 1 && root.component.purl !== undefined;
}

function documentName(sbom: JsonObject, at: string, problems: Problem[]): Inventory["root"] {
  let root: Inventory["root"];
  keepingAside(problems, () => {
    const name = optionalText(sbom, "name", at.slice(0, -1));
    root = name === undefined ? undefined : { name, version: undefined };
  });
  return root;
}

import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Component, Inventory } from "../../vocabulary/component.ts";
import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { newCharacterBudget, spend } from "../character-budget.ts";
import { identify } from "../component-identity.ts";
import { baseName, firstText, outerText } from "../document-start.ts";
import { addEdge, noteSource, toDependencies, type EdgeList } from "../edge-list.ts";
import type { InputDocument, InventoryFormat, PurlResolver } from "../inventory-format.ts";
import {
  asObject,
  describe,
  keepingAside,
  optionalList,
  optionalObject,
  optionalText,
  readEach,
  requiredText,
  textList,
} from "../json-reading.ts";
import { DOCUMENT_LIMITS, readJson } from "../read-json.ts";
import { claimRef } from "../unique-refs.ts";
import { statedSource } from "./stated-source.ts";
import { readXmlBom } from "./xml-bom.ts";

/** OWASP CycloneDX (ECMA-424), the JSON and the XML form. */
export const cyclonedx: InventoryFormat = {
  id: "cyclonedx",
  title: "CycloneDX 1.2–1.7 JSON and 1.0–1.7 XML",
  fileNames: [
    "bom.json",
    "cyclonedx.json",
    "bom.xml",
    "cyclonedx.xml",
    ...["*.bom", "*.cdx", "*.cyclonedx"].flatMap((name) => [`${name}.json`, `${name}.xml`]),
  ],
  recognises: (document) =>
    /\.(?:cdx|cyclonedx)\.(?:json|xml)$/.test(baseName(document.name)) ||
    /"bomFormat"\s*:\s*"CycloneDX"/.test(outerText(document.bytes)) ||
    /<(?:[\w.-]{1,40}:)?bom\s[^>]*http:\/\/cyclonedx\.org\/schema\/bom\//.test(firstText(document.bytes)),
  read: readCyclonedx,
};

const READ = "CycloneDX JSON of version 1.2 to 1.7";

function readCyclonedx(document: InputDocument, resolvePurl: PurlResolver): Inventory {
  const isXml = /^\s*</.test(firstText(document.bytes));
  const bom = isXml ? readXmlBom(document.bytes) : asObject(readJson(document.bytes, DOCUMENT_LIMITS), "");
  const version = isXml ? String(bom["specVersion"]) : specVersion(bom);

  const problems: Problem[] = [];
  const metadata = optionalObject(bom, "metadata", "");
  const main = metadata === undefined ? undefined : optionalObject(metadata, "component", "metadata");
  const reader = newComponentReader(problems, resolvePurl);
  reader.readList(bom, "");
  if (main !== undefined) reader.readList(main, "metadata.component");
  // A document about one package alone: what it describes is then what is to be looked up.
  if (reader.components.length === 0 && main?.["purl"] !== undefined) {
    keepingAside(problems, () => reader.readOne(main, "metadata.component"));
  }
  let root: Inventory["root"];
  keepingAside(problems, () => {
    root = rootOf(main);
  });
  return {
    format: `CycloneDX ${version}`,
    root,
    components: reader.components,
    dependencies: readDependencies(bom, main, reader.refs, problems),
    problems,
  };
}

function specVersion(bom: JsonObject): string {
  if (bom["bomFormat"] !== "CycloneDX") {
    throw new CodedError("document-unknown", `Expected ${READ}, found bomFormat ${describe(bom["bomFormat"])}`, { place: "bomFormat" });
  }
  const version = bom["specVersion"];
  if (typeof version === "string" && /^1\.[2-7]$/.test(version)) return version;
  throw new CodedError("document-unknown", `Expected ${READ}, found version ${describe(version)}`, { place: "specVersion" });
}

function rootOf(main: JsonObject | undefined): Inventory["root"] {
  if (main === undefined) return undefined;
  const name = statedName(main, "metadata.component");
  return name === undefined ? undefined : { name, version: optionalText(main, "version", "metadata.component") };
}

function statedName(component: JsonObject, place: string): string | undefined {
  const name = optionalText(component, "name", place);
  const group = optionalText(component, "group", place);
  return name === undefined || group === undefined ? name : `${group}/${name}`;
}

type ComponentReader = {
  readonly components: Component[];
  readonly refs: ReadonlySet<string>;
  readonly readList: (parent: JsonObject, place: string) => void;
  readonly readOne: (component: JsonObject, place: string) => void;
};

function newComponentReader(problems: Problem[], resolvePurl: PurlResolver): ComponentReader {
  const components: Component[] = [];
  const refs = new Set<string>();
  const budget = newCharacterBudget();

  function readList(parent: JsonObject, place: string): void {
    const at = place === "" ? "components" : `${place}.components`;
    let list: readonly Json[] = [];
    keepingAside(problems, () => {
      list = optionalList(parent, "components", place);
    });
    readEach(list, at, problems, (value, entryPlace) => {
      spend(budget, entryPlace);
      const component = asObject(value, entryPlace);
      // One that cannot be used may still hold others.
      keepingAside(problems, () => readOne(component, entryPlace));
      if (component["components"] !== undefined) readList(component, entryPlace);
    });
  }

  function readOne(component: JsonObject, place: string): void {
    const stated = {
      name: statedName(component, place),
      version: optionalText(component, "version", place),
      kind: optionalText(component, "type", place) ?? "unknown",
      purl: optionalText(component, "purl", place),
      purlPlace: `${place}.purl`,
      source: statedSource(component),
    };
    const own = optionalText(component, "bom-ref", place);
    const development = isDevelopment(component);
    const identity = identify(stated, place, problems, resolvePurl);
    components.push({ ref: claimRef(refs, own, place, `${place}.bom-ref`, problems), ...identity, place, development });
  }

  return { components, refs, readList, readOne };
}

/** `excluded` is the standard's word for what is used in tests and other non-runtime purposes; the properties are npm's and Composer's generators'. */
function isDevelopment(component: JsonObject): boolean {
  if (component["scope"] === "excluded") return true;
  const properties = component["properties"];
  if (!Array.isArray(properties)) return false;
  return (properties as readonly Json[]).some((property) => {
    if (!isJsonObject(property) || property["value"] !== "true") return false;
    const name = property["name"];
    return typeof name === "string" && DEVELOPMENT_PROPERTIES.has(name);
  });
}

const DEVELOPMENT_PROPERTIES: ReadonlySet<string> = new Set(["cdx:npm:package:development", "cdx:composer:package:isDevRequirement"]);

function readDependencies(
  bom: JsonObject,
  main: JsonObject | undefined,
  refs: ReadonlySet<string>,
  problems: Problem[],
): Inventory["dependencies"] {
  const mainRef = main?.["bom-ref"];
  // A component that repeats the main one's ref is a component; the edges of the ref are the main one's.
  const nodeOf = (ref: string): string | undefined => (ref === mainRef ? "" : refs.has(ref) ? ref : undefined);
  const edges: EdgeList = new Map();
  keepingAside(problems, () => {
    readEach(optionalList(bom, "dependencies", ""), "dependencies", problems, (value, place) => {
      const entry = asObject(value, place);
      // Services and what was kept aside are no components: their edges lead nowhere.
      const from = nodeOf(requiredText(entry, "ref", place));
      if (from === undefined) return;
      noteSource(edges, from);
      for (const target of textList(entry, "dependsOn", place)) {
        const to = nodeOf(target);
        if (to !== undefined && to !== "") addEdge(edges, from, to);
      }
    });
  });
  return toDependencies(edges);
}

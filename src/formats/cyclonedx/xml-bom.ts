import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Json, JsonObject } from "../../vocabulary/json.ts";
import { describe } from "../json-reading.ts";
import { readXml, XML_LIMITS, type XmlElement } from "../read-xml.ts";
import { attribute, childOf, childrenOf, textOf } from "../xml-reading.ts";

/** A document of the XML form in the shape of the JSON form: the members that are read of it, under the same names. */
export function readXmlBom(bytes: Uint8Array): JsonObject {
  const bom = readXml(bytes, XML_LIMITS);
  const main = childOf(childOf(bom, "metadata"), "component");
  return {
    bomFormat: "CycloneDX",
    specVersion: specVersion(bom),
    metadata: main === undefined ? null : { component: componentOf(main) },
    components: componentsOf(bom),
    dependencies: childrenOf(dependencyGraph(bom), "dependency").map(dependencyOf),
  };
}

const NAMESPACE = /^http:\/\/cyclonedx\.org\/schema\/bom\/(1\.[0-7])$/;
/** Before 1.2 the graph was an extension. */
const GRAPH_NAMESPACE = "http://cyclonedx.org/schema/ext/dependency-graph/1.0";

function specVersion(bom: XmlElement): string {
  const version = bom.name === "bom" ? NAMESPACE.exec(bom.namespace)?.[1] : undefined;
  if (version !== undefined) return version;
  const found = bom.name === "bom" ? `the namespace ${describe(bom.namespace)}` : `<${bom.name.slice(0, 60)}>`;
  throw new CodedError("document-unknown", `Expected CycloneDX XML of version 1.0 to 1.7, found ${found}`, { place: bom.place });
}

/** Null where there is nothing to say, as JSON has it. */
function componentsOf(parent: XmlElement): Json {
  const list = childOf(parent, "components");
  return list === undefined ? null : childrenOf(list, "component").map(componentOf);
}

function componentOf(component: XmlElement): JsonObject {
  return {
    type: attribute(component, "type") ?? null,
    "bom-ref": attribute(component, "bom-ref") ?? null,
    group: textOf(component, "group") ?? null,
    name: textOf(component, "name") ?? null,
    version: textOf(component, "version") ?? null,
    scope: textOf(component, "scope") ?? null,
    purl: textOf(component, "purl") ?? null,
    properties: childrenOf(childOf(component, "properties"), "property").map((property) => ({
      name: attribute(property, "name") ?? null,
      value: property.text.trim(),
    })),
    components: componentsOf(component),
  };
}

function dependencyGraph(bom: XmlElement): XmlElement | undefined {
  return childOf(bom, "dependencies") ?? bom.children.find((child) => child.name === "dependencies" && child.namespace === GRAPH_NAMESPACE);
}

function dependencyOf(dependency: XmlElement): JsonObject {
  return {
    ref: attribute(dependency, "ref") ?? null,
    dependsOn: childrenOf(dependency, "dependency").map((target) => attribute(target, "ref") ?? null),
  };
}

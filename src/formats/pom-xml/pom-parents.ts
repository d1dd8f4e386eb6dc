import { CodedError } from "../../vocabulary/coded-error.ts";
import { pathBeside } from "../../vocabulary/path-beside.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { isPathBeside, MAX_CHAIN, placeIn, readBeside } from "../companions.ts";
import type { InputDocument } from "../inventory-format.ts";
import { describe, refusal } from "../json-reading.ts";
import { readXml, XML_LIMITS, type XmlElement, type XmlLimits } from "../read-xml.ts";
import { childOf, textOf } from "../xml-reading.ts";
import { newValues, statedCoordinates, type Coordinates, type Layer } from "./pom-values.ts";

/** What a project inherits is worked out anew for each of its profiles, and there may be ten of these. */
const PARENT_LIMITS: XmlLimits = { ...XML_LIMITS, maxBytes: 4 * 1024 * 1024, maxNodes: 50_000 };
const NAMESPACE = /^(?:|http:\/\/maven\.apache\.org\/POM\/4\.\d\.\d)$/;

/** @throws CodedError `document-unknown` for what is no project of a model that is read, and as `readXml` */
export function readProject(bytes: Uint8Array, limits: XmlLimits): XmlElement {
  const project = readXml(bytes, limits);
  if (project.name === "project" && NAMESPACE.test(project.namespace)) return project;
  const found = `<${project.name.slice(0, 60)}> of the namespace ${describe(project.namespace)}`;
  throw new CodedError("document-unknown", `Expected the project of a pom.xml, found ${found}`, { place: project.place });
}

/** The project's parents that lie beside it, the nearest first, each only where it is the one that is named. */
export function parentsOf(document: InputDocument, project: XmlElement, problems: Problem[]): readonly Layer[] {
  const parents: Layer[] = [];
  const seen = new Set([fileName(document.name)]);
  for (let child: Layer = { element: project, file: "" }; ;) {
    const parent = parentOf(document, child, seen, problems);
    if (parent === undefined) return parents;
    if (parents.length === MAX_CHAIN) {
      problems.push({ place: parent.file, reason: `Expected at most ${MAX_CHAIN} parents one above another, found more` });
      return parents;
    }
    parents.push(parent);
    seen.add(parent.file);
    child = parent;
  }
}

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

function parentOf(document: InputDocument, child: Layer, seen: ReadonlySet<string>, problems: Problem[]): Layer | undefined {
  const named = childOf(child.element, "parent");
  const relativePath = childOf(named, "relativePath");
  const stated = relativePath?.text.trim();
  const relative = stated ?? "../pom.xml";
  // Left empty it says that the parent is in a repository.
  if (named === undefined || !isPathBeside(relative)) return undefined;
  const path = pathBeside(child.file, relative);
  const wanted: Coordinates = {
    group: textOf(named, "groupId"),
    artifact: textOf(named, "artifactId"),
    version: textOf(named, "version"),
  };
  // The path may be that of the parent's folder.
  for (const file of [path, pathBeside(`${path}/`, "pom.xml")]) {
    if (seen.has(file)) {
      problems.push({ place: placeIn(child.file, named.place), reason: `Expected a parent above this one, found ${describe(file)} again` });
      return undefined;
    }
    const element = readBeside(document, file, problems, (bytes) => {
      const found = readProject(bytes, PARENT_LIMITS);
      if (isSame(wanted, found)) return found;
      // Without a path it is only looked for where Maven would look first: what lies there may well be another project.
      if (stated === undefined) return undefined;
      throw refusal(found.place, `the parent ${words(wanted)}`, words(statedCoordinates(found)));
    });
    if (element !== undefined) return { element, file };
  }
  return undefined;
}

/** By what is written, or by what it comes to with the parent's own properties: `${revision}`. */
function isSame(wanted: Coordinates, project: XmlElement): boolean {
  const { resolve } = newValues(project, [{ element: project, file: "" }]);
  const found = statedCoordinates(project);
  return (["group", "artifact", "version"] as const).every((part) => {
    if (wanted[part] === undefined || found[part] === undefined) return false;
    return wanted[part] === found[part] || (resolve(wanted[part]) ?? wanted[part]) === resolve(found[part]);
  });
}

function words({ group, artifact, version }: Coordinates): string {
  return [group, artifact, version].map((part) => part ?? "?").join(":");
}

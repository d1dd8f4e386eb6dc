import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Component, Dependency, Inventory } from "../../vocabulary/component.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { baseName, firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { describe, keepingAside, refusal } from "../json-reading.ts";
import { readXml, XML_LIMITS, type XmlElement, type XmlLimits } from "../read-xml.ts";
import { asWord } from "../text-lines.ts";
import { childOf, childrenOf, textOf } from "../xml-reading.ts";
import { newResolver, statedCoordinates, type Resolve } from "./pom-values.ts";

/** Maven's project file: what it declares, and not the tree that Maven makes of it. */
export const pomXml: InventoryFormat = {
  id: "pom-xml",
  title: "pom.xml (declared versions only)",
  fileNames: ["pom.xml"],
  recognises: (document) =>
    /(?:^pom\.xml|\.pom)$/.test(baseName(document.name)) ||
    /<project\s[^>]*http:\/\/maven\.apache\.org\/POM\//.test(firstText(document.bytes)),
  read: readPom,
};

const NAMESPACE = /^(?:|http:\/\/maven\.apache\.org\/POM\/4\.\d\.\d)$/;

/** Properties and managed versions are worked out anew for each profile: the product of these is what a hostile file can ask for. */
const POM_LIMITS: XmlLimits = { ...XML_LIMITS, maxBytes: 32 * 1024 * 1024, maxNodes: 500_000 };
const MAX_PROFILES = 100;

function readPom(document: InputDocument): Inventory {
  const project = readXml(document.bytes, POM_LIMITS);
  if (project.name !== "project" || !NAMESPACE.test(project.namespace)) {
    const found = `<${project.name.slice(0, 60)}> of the namespace ${describe(project.namespace)}`;
    throw new CodedError("document-unknown", `Expected the project of a pom.xml, found ${found}`, { place: project.place });
  }
  const profiles = childrenOf(childOf(project, "profiles"), "profile").filter(isOfDependencies);
  if (profiles.length > MAX_PROFILES) {
    throw new CodedError("document-too-large", `Expected at most ${MAX_PROFILES} profiles with dependencies, found ${profiles.length}`);
  }
  const always = [project, ...profiles.filter(isActiveByDefault)];
  const found = newDeclared();
  takeLayer(found, always, always);
  for (const profile of profiles) if (!always.includes(profile)) takeLayer(found, [profile], [...always, profile]);
  return {
    format: "pom.xml, declared versions only",
    tool: "maven",
    root: rootOf(project, newResolver(project, always)),
    components: [...found.components.values()],
    dependencies: new Map([["", [...found.needs.values()]]]),
    problems: found.problems,
  };

  /** What `elements` declare, with the values that hold when all of `layers` do. */
  function takeLayer(declared: Declared, elements: readonly XmlElement[], layers: readonly XmlElement[]): void {
    const resolve = newResolver(project, layers);
    const managed = managedOf(layers, resolve);
    for (const element of elements) {
      for (const dependency of childrenOf(childOf(element, "dependencies"), "dependency")) {
        keepingAside(declared.problems, () => takeDependency(declared, dependency, resolve, managed));
      }
    }
    for (const element of elements) {
      for (const dependency of managedElements(element)) {
        keepingAside(declared.problems, () => takeManaged(declared, dependency, resolve));
      }
    }
  }
}

function isOfDependencies(profile: XmlElement): boolean {
  return ["dependencies", "dependencyManagement"].some((name) => childOf(profile, name) !== undefined) || isActiveByDefault(profile);
}

function isActiveByDefault(profile: XmlElement): boolean {
  return textOf(childOf(profile, "activation"), "activeByDefault") === "true";
}

function rootOf(project: XmlElement, resolve: Resolve): Inventory["root"] {
  const { group, artifact, version } = statedCoordinates(project);
  if (artifact === undefined) return undefined;
  return {
    name: group === undefined ? artifact : `${resolve(group) ?? group}:${resolve(artifact) ?? artifact}`,
    version: resolve(version),
  };
}

type Declared = {
  readonly components: Map<string, Component>;
  readonly needs: Map<string, Dependency>;
  /** Names of which the project has a dependency: a managed version of theirs is not in use beside it. */
  readonly used: Set<string>;
  readonly problems: Problem[];
};

function newDeclared(): Declared {
  return { components: new Map(), needs: new Map(), used: new Set(), problems: [] };
}

type Managed = { readonly version: string | undefined; readonly scope: string | undefined };

function managedElements(element: XmlElement): readonly XmlElement[] {
  const managed = childrenOf(childOf(childOf(element, "dependencyManagement"), "dependencies"), "dependency");
  // A bill of materials lists versions in another file and is itself no code.
  return managed.filter((dependency) => textOf(dependency, "scope") !== "import");
}

/** By group, artifact, type and classifier; the last that names one holds. */
function managedOf(layers: readonly XmlElement[], resolve: Resolve): ReadonlyMap<string, Managed> {
  const managed = new Map<string, Managed>();
  for (const dependency of layers.flatMap(managedElements)) {
    managed.set(keyOf(dependency, resolve), { version: textOf(dependency, "version"), scope: textOf(dependency, "scope") });
  }
  return managed;
}

function keyOf(dependency: XmlElement, resolve: Resolve): string {
  const parts = ["groupId", "artifactId", "type", "classifier"].map(
    (name) => resolve(textOf(dependency, name)) ?? textOf(dependency, name),
  );
  return JSON.stringify(parts.map((part, index) => (index === 2 && part === "jar" ? null : (part ?? null))));
}

function takeDependency(declared: Declared, dependency: XmlElement, resolve: Resolve, managed: ReadonlyMap<string, Managed>): void {
  const held = managed.get(keyOf(dependency, resolve));
  const requirement = resolve(textOf(dependency, "version") ?? held?.version);
  const isTest = resolve(textOf(dependency, "scope") ?? held?.scope) === "test";
  const component = take(declared, dependency, requirement, isTest, resolve);
  declared.used.add(component.name);
  declared.needs.set(component.ref, { ref: component.ref, range: requirement });
}

/** A managed version holds for whatever brings the package in: it is what would be used. */
function takeManaged(declared: Declared, dependency: XmlElement, resolve: Resolve): void {
  const name = nameOf(dependency, resolve);
  if (declared.used.has(name)) return;
  take(declared, dependency, resolve(textOf(dependency, "version")), resolve(textOf(dependency, "scope")) === "test", resolve);
}

/** One component for a name and version, however often they stand there; for development only if they do so each time. */
function take(declared: Declared, dependency: XmlElement, requirement: string | undefined, isTest: boolean, resolve: Resolve): Component {
  const name = nameOf(dependency, resolve);
  const version = versionOf(requirement, dependency.place);
  const ref = version === undefined ? name : `${name}:${version}`;
  const earlier = declared.components.get(ref);
  const component: Component = {
    ref,
    ecosystem: "Maven",
    packageType: "maven",
    name,
    version,
    purl: undefined,
    place: earlier?.place ?? dependency.place,
    development: isTest && (earlier?.development ?? true),
  };
  declared.components.set(ref, component);
  return component;
}

function nameOf(dependency: XmlElement, resolve: Resolve): string {
  const [group = "", artifact = ""] = ["groupId", "artifactId"].map((field) => {
    const stated = textOf(dependency, field);
    const id = resolve(stated);
    if (id === undefined || !/^[\w.-]{1,512}$/.test(id)) {
      throw refusal(childOf(dependency, field)?.place ?? dependency.place, `<${field}> with an id that this file gives`, stated);
    }
    return id;
  });
  return `${group}:${artifact}`;
}

/** `[1.2]` is that version and no other; any other range, and the newest there is, are none that the file gives. */
function versionOf(requirement: string | undefined, place: string): string | undefined {
  if (requirement === undefined || requirement === "LATEST" || requirement === "RELEASE") return undefined;
  const only = /^\[\s*([^,\s[\]()]+)\s*\]$/.exec(requirement)?.[1];
  if (only === undefined && /[[\](),]/.test(requirement)) return undefined;
  return asWord(only ?? requirement, place, "a version");
}

import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Component, Dependency, Inventory } from "../../vocabulary/component.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { formatWith, keepingAsideIn, placeIn } from "../companions.ts";
import { baseName, firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { refusal } from "../json-reading.ts";
import { XML_LIMITS, type XmlElement, type XmlLimits } from "../read-xml.ts";
import { asWord } from "../text-lines.ts";
import { childOf, childrenOf, textOf } from "../xml-reading.ts";
import { parentsOf, readProject } from "./pom-parents.ts";
import { newValues, statedCoordinates, type Layer, type Resolve, type Values } from "./pom-values.ts";

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

/** Properties and managed versions are worked out anew for each profile: the product of these is what a hostile file can ask for. */
const POM_LIMITS: XmlLimits = { ...XML_LIMITS, maxBytes: 32 * 1024 * 1024, maxNodes: 500_000 };
const MAX_PROFILES = 100;

function readPom(document: InputDocument): Inventory {
  const project = readProject(document.bytes, POM_LIMITS);
  const profiles = childrenOf(childOf(project, "profiles"), "profile").filter(isOfDependencies);
  if (profiles.length > MAX_PROFILES) {
    throw new CodedError("document-too-large", `Expected at most ${MAX_PROFILES} profiles with dependencies, found ${profiles.length}`);
  }
  const declared = newDeclared();
  const parents = parentsOf(document, project, declared.problems);
  const inherited = parents.map(withActiveProfiles);
  const own = withActiveProfiles({ element: project, file: "" });
  // What is nearer to the project goes before what is further up.
  const always = [...inherited.toReversed(), own].flat();
  const managedAlways = always.flatMap(managedIn).map(managedEntry);
  takeLayers(own, always, managedAlways, inherited);
  for (const element of profiles) {
    if (isActiveByDefault(element)) continue;
    const profile = { element, file: "" };
    takeLayers([profile], [...always, profile], [...managedAlways, ...managedIn(profile).map(managedEntry)], []);
  }
  return {
    format: formatWith(
      "pom.xml, declared versions only",
      parents.map(({ file }) => file),
    ),
    tool: "maven",
    root: rootOf(project, newValues(project, always).resolve),
    components: [...declared.components.values()],
    dependencies: new Map([["", [...declared.needs.values()]]]),
    problems: declared.problems,
  };

  /** What `layers` declare, and what they inherit from others, with the values that hold when all of `holding` do. */
  function takeLayers(
    layers: readonly Layer[],
    holding: readonly Layer[],
    entries: readonly ManagedEntry[],
    above: readonly (readonly Layer[])[],
  ): void {
    const values = newValues(project, holding);
    const managed = managedOf(entries, values.resolve);
    const taken = new Set<string>();
    for (const level of [layers, ...above]) {
      const dependencies = level.flatMap(dependenciesIn);
      for (const dependency of dependencies) {
        if (level !== layers && taken.has(keyOf(dependency.element, values.resolve))) continue;
        keepingAsideIn(dependency.file, declared.problems, () => takeDependency(declared, dependency, values, managed));
      }
      for (const { element } of dependencies) taken.add(keyOf(element, values.resolve));
    }
    // What a parent manages, and no dependency here is of, is the parent's own to tell.
    for (const dependency of layers.flatMap(managedIn)) {
      keepingAsideIn(dependency.file, declared.problems, () => takeManaged(declared, dependency, values));
    }
  }
}

function withActiveProfiles({ element, file }: Layer): readonly Layer[] {
  const profiles = childrenOf(childOf(element, "profiles"), "profile").filter(isActiveByDefault);
  return [element, ...profiles].map((part) => ({ element: part, file }));
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

type Managed = { readonly version: string | undefined; readonly scope: string | undefined; readonly file: string };

function dependenciesIn({ element, file }: Layer): readonly Layer[] {
  return childrenOf(childOf(element, "dependencies"), "dependency").map((dependency) => ({ element: dependency, file }));
}

function managedIn({ element, file }: Layer): readonly Layer[] {
  const managed = childrenOf(childOf(childOf(element, "dependencyManagement"), "dependencies"), "dependency");
  // A bill of materials lists versions in another file and is itself no code.
  return managed.filter((dependency) => textOf(dependency, "scope") !== "import").map((dependency) => ({ element: dependency, file }));
}

/** By group, artifact, type and classifier; the last that names one holds. */
function managedOf(entries: readonly ManagedEntry[], resolve: Resolve): ReadonlyMap<string, Managed> {
  return new Map(entries.map(({ element, key, managed }) => [key ?? keyOf(element, resolve), managed]));
}

/** What is managed is looked at once for each profile: what does not depend on its properties is worked out before. */
type ManagedEntry = { readonly element: XmlElement; readonly key: string | undefined; readonly managed: Managed };

function managedEntry({ element, file }: Layer): ManagedEntry {
  const key = keyOf(element, (text) => text);
  return {
    element,
    key: key.includes("${") ? undefined : key,
    managed: { version: textOf(element, "version"), scope: textOf(element, "scope"), file },
  };
}

function keyOf(dependency: XmlElement, resolve: Resolve): string {
  const parts = ["groupId", "artifactId", "type", "classifier"].map(
    (name) => resolve(textOf(dependency, name)) ?? textOf(dependency, name),
  );
  return JSON.stringify(parts.map((part, index) => (index === 2 && part === "jar" ? null : (part ?? null))));
}

function takeDependency(declared: Declared, dependency: Layer, values: Values, managed: ReadonlyMap<string, Managed>): void {
  const { element, file } = dependency;
  const { resolve } = values;
  const held = managed.get(keyOf(element, resolve));
  const version = textOf(element, "version");
  const isTest = resolve(textOf(element, "scope") ?? held?.scope) === "test";
  const requirement = { text: version ?? held?.version, file: version === undefined ? (held?.file ?? file) : file };
  const component = take(declared, dependency, requirement, isTest, values);
  declared.used.add(component.name);
  declared.needs.set(component.ref, { ref: component.ref, range: resolve(requirement.text) });
}

/** A managed version holds for whatever brings the package in: it is what would be used. */
function takeManaged(declared: Declared, dependency: Layer, values: Values): void {
  const { element, file } = dependency;
  if (declared.used.has(nameOf(element, values.resolve))) return;
  const isTest = values.resolve(textOf(element, "scope")) === "test";
  take(declared, dependency, { text: textOf(element, "version"), file }, isTest, values);
}

/** A version as written, and the file that it is written in. */
type Requirement = { readonly text: string | undefined; readonly file: string };

/** One component for a name and version, however often they stand there; for development only if they do so each time. */
function take(
  declared: Declared,
  { element, file }: Layer,
  requirement: Requirement,
  isTest: boolean,
  { resolve, fileOf }: Values,
): Component {
  const name = nameOf(element, resolve);
  const version = versionIn(declared, { element, file }, resolve(requirement.text));
  const ref = version === undefined ? name : `${name}:${version}`;
  const earlier = declared.components.get(ref);
  const statedIn = earlier === undefined ? fileOf(requirement.text, requirement.file) : earlier.statedIn;
  const component: Component = {
    ref,
    ecosystem: "Maven",
    packageType: "maven",
    name,
    version,
    purl: undefined,
    place: earlier?.place ?? placeIn(file, element.place),
    development: isTest && (earlier?.development ?? true),
    ...(statedIn === undefined || statedIn === "" ? {} : { statedIn }),
  };
  declared.components.set(ref, component);
  return component;
}

/** A version that is none takes nothing from the dependency: whether it is affected cannot be said, and why is a problem. */
function versionIn(declared: Declared, { element, file }: Layer, requirement: string | undefined): string | undefined {
  let version: string | undefined;
  keepingAsideIn(file, declared.problems, () => {
    version = versionOf(requirement, element.place);
  });
  return version;
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

import type { XmlElement } from "../read-xml.ts";
import { childOf, textOf } from "../xml-reading.ts";

/** A text of the model with its `${…}` put in; undefined when one of them stands in another file, or nowhere. */
export type Resolve = (text: string | undefined) => string | undefined;

export type Coordinates = {
  readonly group: string | undefined;
  readonly artifact: string | undefined;
  readonly version: string | undefined;
};

/** The project's own coordinates as written; group and version are its parent's where it has none. */
export function statedCoordinates(project: XmlElement): Coordinates {
  const parent = childOf(project, "parent");
  return {
    group: textOf(project, "groupId") ?? textOf(parent, "groupId"),
    artifact: textOf(project, "artifactId"),
    version: textOf(project, "version") ?? textOf(parent, "version"),
  };
}

/** Longer than any name or version: a text that grows beyond it by what it refers to is none. */
const LONGEST = 1024;

/**
 * What the elements of `layers` give under `<properties>`, a later one before an earlier one, and the project's and its
 * parent's coordinates. Each name is worked out once, so that values that refer to one another cost no more than the file.
 */
export function newResolver(project: XmlElement, layers: readonly XmlElement[]): Resolve {
  const stated = new Map<string, string>();
  for (const layer of layers) for (const { name, text } of childOf(layer, "properties")?.children ?? []) stated.set(name, text.trim());
  const model = modelValues(project);
  const known = new Map<string, string | undefined>();
  const open = new Set<string>();

  function valueOf(name: string): string | undefined {
    if (known.has(name)) return known.get(name);
    const text = model.get(name) ?? stated.get(name) ?? model.get(`project.${name}`);
    // A name that leads back to itself has no value, and one so far from its value none that is meant.
    if (text === undefined || open.has(name) || open.size >= MAX_STEPS) return undefined;
    open.add(name);
    const value = resolve(text);
    open.delete(name);
    known.set(name, value);
    return value;
  }

  function resolve(text: string | undefined): string | undefined {
    if (text === undefined || text.length > LONGEST) return undefined;
    let missing = false;
    const value = text.replace(/\$\{([^{}]*)\}/g, (_, name: string) => {
      const found = valueOf(name.trim());
      missing ||= found === undefined;
      return found ?? "";
    });
    return missing || value === "" || value.length > LONGEST || value.includes("${") ? undefined : value;
  }

  return resolve;
}

const MAX_STEPS = 50;

/** `pom.` is the older word for `project.`. */
function modelValues(project: XmlElement): ReadonlyMap<string, string> {
  const { group, artifact, version } = statedCoordinates(project);
  const parent = childOf(project, "parent");
  const values: Readonly<Record<string, string | undefined>> = {
    groupId: group,
    artifactId: artifact,
    version,
    "parent.groupId": textOf(parent, "groupId"),
    "parent.artifactId": textOf(parent, "artifactId"),
    "parent.version": textOf(parent, "version"),
  };
  return new Map(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : ["project", "pom"].map((prefix): [string, string] => [`${prefix}.${name}`, value]),
    ),
  );
}

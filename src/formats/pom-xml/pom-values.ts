import type { XmlElement } from "../read-xml.ts";
import { childOf, textOf } from "../xml-reading.ts";

/** A part of a model (its project, or a profile of it) and the file that it stands in; the document itself is `""`. */
export type Layer = { readonly element: XmlElement; readonly file: string };

/** A text of the model with its `${…}` put in; undefined when one of them stands in another file, or nowhere. */
export type Resolve = (text: string | undefined) => string | undefined;

export type Values = {
  readonly resolve: Resolve;
  /** The file in which a text that stands in `file` is to be changed: where it is a property and nothing else, that property's. */
  readonly fileOf: (text: string | undefined, file: string) => string;
};

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
 * What `layers` give under `<properties>`, a later one before an earlier one, and the project's and its
 * parent's coordinates. Each name is worked out once, so that values that refer to one another cost no more than the files.
 */
export function newValues(project: XmlElement, layers: readonly Layer[]): Values {
  const stated = new Map<string, { readonly text: string; readonly file: string }>();
  for (const { element, file } of layers)
    for (const { name, text } of childOf(element, "properties")?.children ?? []) stated.set(name, { text: text.trim(), file });
  const model = modelValues(project);
  const known = new Map<string, string | undefined>();
  const open = new Set<string>();

  function valueOf(name: string): string | undefined {
    if (known.has(name)) return known.get(name);
    const text = model.get(name) ?? stated.get(name)?.text ?? model.get(`project.${name}`);
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

  function fileOf(text: string | undefined, file: string): string {
    let place = { text: text ?? "", file };
    for (let step = 0; step < MAX_STEPS; step++) {
      const [, name] = /^\$\{([^{}]*)\}$/.exec(place.text) ?? [];
      if (name === undefined) return place.file;
      // Coordinates are the project's own.
      if (model.has(name.trim())) return "";
      const next = stated.get(name.trim());
      if (next === undefined) return place.file;
      place = next;
    }
    return place.file;
  }

  return { resolve, fileOf };
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

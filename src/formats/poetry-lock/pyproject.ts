import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { placeIn, readBeside } from "../companions.ts";
import type { InputDocument } from "../inventory-format.ts";
import { below, describe } from "../json-reading.ts";
import type { LockedNeed } from "../locked-packages.ts";
import { projectKey } from "../python-project.ts";
import { readToml, type TomlLimits } from "../read-toml.ts";

export const PYPROJECT = "pyproject.toml";

const PYPROJECT_LIMITS: TomlLimits = { maxBytes: 4 * 1024 * 1024, maxDepth: 100, maxValues: 100_000 };

/** What the project asks for, as pyproject.toml beside its lockfile has it; undefined where there is none, or nothing of that in it. */
export function needsOfPyproject(document: InputDocument, problems: Problem[]): readonly LockedNeed[] | undefined {
  const stated = readBeside(document, PYPROJECT, problems, (bytes) => readToml(bytes, PYPROJECT_LIMITS));
  if (stated === undefined) return undefined;
  const project = tableIn(stated, "project");
  const poetry = tableIn(tableIn(stated, "tool"), "poetry");
  const groups = tableIn(poetry, "group");
  const sections: readonly Section[] = [
    { value: project?.["dependencies"], place: "project.dependencies", development: false },
    ...sectionsIn(project?.["optional-dependencies"], "project.optional-dependencies", false),
    { value: poetry?.["dependencies"], place: "tool.poetry.dependencies", development: false },
    { value: poetry?.["dev-dependencies"], place: "tool.poetry.dev-dependencies", development: true },
    ...Object.entries(groups ?? {}).map(([group, value]) => ({
      value: isJsonObject(value) ? value["dependencies"] : undefined,
      place: below(below("tool.poetry.group", group), "dependencies"),
      development: group !== "main",
    })),
    ...sectionsIn(stated["dependency-groups"], "dependency-groups", true),
  ];
  const present = sections.filter(({ value }) => value !== undefined);
  return present.length === 0 ? undefined : present.flatMap((section) => needsIn(section, problems));
}

type Section = { readonly value: Json | undefined; readonly place: string; readonly development: boolean };

function tableIn(parent: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = parent?.[key];
  return isJsonObject(value) ? value : undefined;
}

function sectionsIn(value: Json | undefined, place: string, development: boolean): readonly Section[] {
  return isJsonObject(value)
    ? Object.entries(value).map(([group, list]) => ({ value: list, place: below(place, group), development }))
    : [];
}

/** A list of requirements as PEP 508 writes them, or a table of names as Poetry does. */
function needsIn({ value, place, development }: Section, problems: Problem[]): readonly LockedNeed[] {
  if (Array.isArray(value)) {
    // A group that includes another asks for nothing that the other does not.
    return value.flatMap((requirement) => (typeof requirement === "string" ? (parsed(requirement, development) ?? []) : []));
  }
  if (!isJsonObject(value)) {
    problems.push({ place: placeIn(PYPROJECT, place), reason: `Expected a list or a table of requirements, found ${describe(value)}` });
    return [];
  }
  return Object.entries(value)
    .filter(([name]) => name !== "python")
    .flatMap(([name, stated]) =>
      (Array.isArray(stated) ? (stated as readonly Json[]) : [stated]).map((one) => needOf(name, rangeOf(one), development)),
    );
}

function rangeOf(stated: Json): string | undefined {
  const range = isJsonObject(stated) ? stated["version"] : stated;
  return typeof range === "string" && range !== "" ? range : undefined;
}

function parsed(requirement: string, development: boolean): LockedNeed | undefined {
  const [, name, rest = ""] = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?([^;]*)/.exec(requirement) ?? [];
  const range = rest.trim().replace(/^\((.*)\)$/s, "$1");
  return name === undefined ? undefined : needOf(name, range === "" || range.startsWith("@") ? undefined : range, development);
}

function needOf(name: string, range: string | undefined, development: boolean): LockedNeed {
  return { key: projectKey(name), version: undefined, source: undefined, range, development };
}

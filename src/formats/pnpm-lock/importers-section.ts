import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { asObject, below, keepingAside, optionalObject, optionalText, requiredText } from "../json-reading.ts";
import type { LockedNeed } from "../locked-packages.ts";
import { withoutAlias } from "../npm-alias.ts";
import type { LockfileMajor } from "./dependency-path.ts";
import { needOf, targetOf, type PackageTable } from "./packages-section.ts";

/** The last two stand in the first of two documents. */
const SECTIONS = ["dependencies", "optionalDependencies", "devDependencies", "configDependencies", "packageManagerDependencies"] as const;

/** What the project and its workspaces ask for. A project without workspaces may have it at the top, until version 6. */
export function readImporters(table: PackageTable, lock: JsonObject, major: LockfileMajor, problems: Problem[]): readonly LockedNeed[] {
  const importers = optionalObject(lock, "importers", "");
  const catalogs = optionalObject(lock, "catalogs", "") ?? {};
  const needs: LockedNeed[] = [];
  if (importers === undefined) readImporter(lock, "");
  for (const [path, value] of Object.entries(importers ?? {})) {
    const place = below("importers", path);
    keepingAside(problems, () => readImporter(asObject(value, place), place));
  }
  return needs;

  function readImporter(importer: JsonObject, place: string): void {
    const specifiers = optionalObject(importer, "specifiers", place) ?? {};
    for (const section of SECTIONS) {
      const stated = optionalObject(importer, section, place) ?? {};
      for (const [name, value] of Object.entries(stated)) {
        const ownPlace = below(below(place, section), name);
        keepingAside(problems, () => {
          const { resolved, range } = statedDependency(value, specifiers[name], ownPlace);
          const target = targetOf(table, name, resolved, major, ownPlace, problems);
          if (target !== undefined) needs.push(needOf(target, withoutCatalog(range, name, catalogs), section === "devDependencies"));
        });
      }
    }
  }
}

/** Either the version alone, its requirement being among `specifiers`, or both in one place. */
function statedDependency(
  value: Json,
  specifier: Json | undefined,
  place: string,
): { readonly resolved: string; readonly range: string | undefined } {
  const inline = isJsonObject(value) ? value : { version: value, specifier: specifier ?? null };
  const range = optionalText(inline, "specifier", place);
  return { resolved: requiredText(inline, "version", place), range: range === undefined ? undefined : withoutAlias(range) };
}

/** `catalog:` and `catalog:name` stand for what the catalogue of the workspace asks for. */
function withoutCatalog(range: string | undefined, name: string, catalogs: JsonObject): string | undefined {
  const [, catalog] = /^catalog:(.*)$/s.exec(range ?? "") ?? [];
  if (catalog === undefined) return range;
  const entries = catalogs[catalog === "" ? "default" : catalog];
  const entry = isJsonObject(entries) ? entries[name] : undefined;
  const specifier = isJsonObject(entry) ? entry["specifier"] : undefined;
  return typeof specifier === "string" ? withoutAlias(specifier) : range;
}

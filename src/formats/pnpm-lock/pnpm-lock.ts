import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Component, Inventory } from "../../vocabulary/component.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { baseName, firstText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { asObject, describe, refusal } from "../json-reading.ts";
import {
  dependenciesOf,
  needsOfProject,
  refsOutsideDevelopment,
  resolverOf,
  type LockedNeed,
  type NeedResolver,
} from "../locked-packages.ts";
import { readYamlDocuments, YAML_LIMITS } from "../read-yaml.ts";
import { type LockfileMajor } from "./dependency-path.ts";
import { readImporters } from "./importers-section.ts";
import { newPackageTable, packagesOf, readPackages, type LockedEntry } from "./packages-section.ts";

/** pnpm's lockfile. */
export const pnpmLock: InventoryFormat = {
  id: "pnpm-lock",
  title: "pnpm-lock.yaml, lockfile versions 5, 6 and 9",
  fileNames: ["pnpm-lock.yaml"],
  recognises: (document) => baseName(document.name) === "pnpm-lock.yaml" || looksSo(document),
  read: readPnpmLock,
};

function looksSo(document: InputDocument): boolean {
  return /^\ufeff?(?:---\r?\n)?lockfileVersion:\s*['"]?\d/.test(firstText(document.bytes));
}

/** pnpm 11 and later put what they are configured with, and pnpm itself, into a document before the lockfile. */
const MAX_DOCUMENTS = 2;

function readPnpmLock(document: InputDocument): Inventory {
  const locks = readYamlDocuments(document.bytes, YAML_LIMITS, MAX_DOCUMENTS).map((lock) => asObject(lock, ""));
  const problems: Problem[] = [];
  const table = newPackageTable();
  const versions = locks.map(lockfileVersion);
  for (const [index, lock] of locks.entries()) readPackages(table, lock, majorOf(versions[index]), problems);
  const needs = locks.flatMap((lock, index) => readImporters(table, lock, majorOf(versions[index]), problems));
  const version = versions.at(-1);
  if (version === undefined) throw refusal("", "a lockfile", undefined);

  const packages = packagesOf(table, problems);
  const resolve = resolverOf(packages);
  return {
    format: `pnpm-lock ${version}`,
    tool: "pnpm",
    root: undefined,
    components: componentsOf(packages, needs, resolve),
    dependencies: dependenciesOf(packages, resolve, [...needs, ...needsOfProject(packages)]),
    problems,
  };
}

function lockfileVersion(lock: JsonObject): string {
  const version = lock["lockfileVersion"];
  if (version === undefined) throw refusal("lockfileVersion", "5.x, 6.x or 9.x", version);
  const [, number] = typeof version === "string" ? (/^([569]\.\d{1,3})(?:-inlineSpecifiers)?$/.exec(version) ?? []) : [];
  if (number !== undefined) return number;
  throw new CodedError("document-unknown", `Expected lockfile version 5.x, 6.x or 9.x, found ${describe(version)}`, {
    place: "lockfileVersion",
  });
}

function majorOf(version: string | undefined): LockfileMajor {
  return version?.startsWith("5") === true ? 5 : version?.startsWith("6") === true ? 6 : 9;
}

/** Up to version 6 each entry says whether it is there for development only; later it follows from who asks for it. */
function componentsOf(packages: readonly LockedEntry[], needs: readonly LockedNeed[], resolve: NeedResolver): readonly Component[] {
  const outside = refsOutsideDevelopment(needs, resolve);
  const everywhere = refsOutsideDevelopment(
    needs.map((need) => ({ ...need, development: false })),
    resolve,
  );
  return packages.flatMap(({ component, development }) =>
    component === undefined
      ? []
      : [{ ...component, development: development ?? (everywhere.has(component.ref) && !outside.has(component.ref)) }],
  );
}

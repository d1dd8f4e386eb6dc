import type { Component, Dependency, Inventory } from "../../vocabulary/component.ts";
import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { baseName, outerText } from "../document-start.ts";
import type { InputDocument, InventoryFormat } from "../inventory-format.ts";
import { asObject, below, optionalList, optionalText, readEach, refusal, requiredList, requiredText } from "../json-reading.ts";
import { DOCUMENT_LIMITS, readJson } from "../read-json.ts";
import { asWord } from "../text-lines.ts";
import { claimRef } from "../unique-refs.ts";

/** Composer's lockfile. */
export const composerLock: InventoryFormat = {
  id: "composer-lock",
  title: "composer.lock",
  fileNames: ["composer.lock"],
  recognises: (document) => baseName(document.name) === "composer.lock" || looksSo(outerText(document.bytes)),
  read: readComposerLock,
};

function looksSo(text: string): boolean {
  return /^\s*\{/.test(text) && /"(?:content-hash|hash)"\s*:/.test(text) && /"(?:packages-dev|minimum-stability)"\s*:/.test(text);
}

type Entry = { readonly component: Component; readonly needs: JsonObject; readonly provides: readonly string[] };

function readComposerLock(document: InputDocument): Inventory {
  const lock = asObject(readJson(document.bytes, DOCUMENT_LIMITS), "");
  const problems: Problem[] = [];
  const entries: Entry[] = [];
  const taken = new Set<string>();
  const take = (development: boolean) => (value: Json, place: string) => entries.push(entryOf(value, place, development, taken, problems));
  readEach(requiredList(lock, "packages", ""), "packages", problems, take(false));
  // Null where Composer was told not to resolve them.
  readEach(optionalList(lock, "packages-dev", ""), "packages-dev", problems, take(true));
  return {
    format: "composer.lock",
    root: undefined,
    components: entries.map(({ component }) => component),
    dependencies: edgesOf(entries),
    problems,
  };
}

function entryOf(value: Json, place: string, development: boolean, taken: Set<string>, problems: Problem[]): Entry {
  const entry = asObject(value, place);
  const name = asWord(requiredText(entry, "name", place), below(place, "name"), "a package's name");
  if (!/^[^/]+\/[^/]+$/.test(name)) throw refusal(below(place, "name"), "a vendor and a name", name);
  const version = optionalText(entry, "version", place);
  if (version !== undefined) asWord(version, below(place, "version"), "a version");
  const component: Component = {
    ref: claimRef(taken, name.toLowerCase(), place, below(place, "name"), problems),
    ecosystem: ecosystemOf(entry, place),
    packageType: "composer",
    name,
    version,
    purl: undefined,
    place,
    development,
  };
  return { component, needs: sectionOf(entry, "require"), provides: [...namesIn(entry, "replace"), ...namesIn(entry, "provide")] };
}

/** Drupal's own repository has advisories under a name of its own; `notification-url` names the repository that a package came from. */
const DRUPAL_REPOSITORY = /^https:\/\/packages\.drupal\.org\/(\d+)\//;

function ecosystemOf(entry: JsonObject, place: string): string {
  const [, series] = DRUPAL_REPOSITORY.exec(optionalText(entry, "notification-url", place) ?? "") ?? [];
  return series === undefined ? "Packagist" : `Packagist:https://packages.drupal.org/${series}`;
}

/** What is asked for by a name that several packages replace leads to each of them, up to this many. */
const MAX_PROVIDERS = 16;

function edgesOf(entries: readonly Entry[]): ReadonlyMap<string, readonly Dependency[]> {
  const byName = new Map<string, string>();
  const providers = new Map<string, string[]>();
  for (const { component, provides } of entries) {
    const name = component.name.toLowerCase();
    if (!byName.has(name)) byName.set(name, component.ref);
    for (const provided of provides) {
      const known = providers.get(provided);
      if (known === undefined) providers.set(provided, [component.ref]);
      else if (known.length < MAX_PROVIDERS) known.push(component.ref);
    }
  }
  return new Map(
    entries.map(({ component, needs }): [string, readonly Dependency[]] => [
      component.ref,
      Object.entries(needs).flatMap(([spelt, range]): readonly Dependency[] => {
        const name = spelt.toLowerCase();
        const own = byName.get(name);
        // A range on a replaced name is about another package's versions.
        if (own !== undefined) return [{ ref: own, range: typeof range === "string" ? range : undefined }];
        return (providers.get(name) ?? []).map((ref) => ({ ref, range: undefined }));
      }),
    ]),
  );
}

function namesIn(entry: JsonObject, key: string): readonly string[] {
  return Object.keys(sectionOf(entry, key)).map((name) => name.toLowerCase());
}

/** PHP writes an empty object as an empty list. Composer copies a package's own words; a section of the wrong kind says nothing. */
function sectionOf(entry: JsonObject, key: string): JsonObject {
  const section = entry[key];
  return isJsonObject(section) ? section : {};
}

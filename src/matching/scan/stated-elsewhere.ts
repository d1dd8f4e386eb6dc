import type { Component } from "../../vocabulary/component.ts";
import { pathBeside } from "../../vocabulary/path-beside.ts";
import type { DocumentToAnswer } from "./answer-scan.ts";
import type { Exposure } from "./exposures.ts";

type Stated = Pick<Component, "ecosystem" | "name" | "version" | "statedIn">;

/** Whether a component stands in another of the documents too, because that one says its version: what is told of it there need not be told again. */
export type IsToldElsewhere = (document: DocumentToAnswer, component: Stated) => boolean;

export function newToldElsewhere(documents: readonly DocumentToAnswer[]): IsToldElsewhere {
  const byPath = new Map(documents.map((document) => [pathOf(document), document]));
  const packages = new Map<DocumentToAnswer, ReadonlySet<string>>();
  return (document, component) => {
    const other = component.statedIn === undefined ? undefined : byPath.get(pathBeside(document.name, component.statedIn));
    if (other === undefined || other === document) return false;
    // Where two documents name each other, neither tells for the other.
    const own = packages.get(other) ?? new Set(other.inventory.components.filter(({ statedIn }) => statedIn === undefined).map(keyOf));
    packages.set(other, own);
    return own.has(keyOf(component));
  };
}

/**
 * Exposures that end with another document's, by that one: the same file says the version of both. The document that is that file leads, else the
 * first that takes it from there. One without a fix leads nobody.
 */
export function followersOf(exposures: readonly Exposure[]): ReadonlyMap<Exposure, readonly Exposure[]> {
  const followers = new Map<Exposure, readonly Exposure[]>();
  for (const sameWords of Map.groupBy(exposures, wordsOf).values()) {
    const leader = sameWords.find(({ component }) => component.statedIn === undefined) ?? sameWords[0];
    if (leader === undefined || leader.fix.kind === "none") continue;
    // Copies in one document are one change's or several, as they stand there.
    const following = sameWords.filter(({ document }) => document !== leader.document);
    if (following.length > 0) followers.set(leader, following);
  }
  return followers;
}

/** Where the version of what is exposed is said, and what it is exposed to. */
function wordsOf({ document, component, hit }: Exposure): string {
  const path = component.statedIn === undefined ? pathOf(document) : pathBeside(document.name, component.statedIn);
  return JSON.stringify([path, keyOf(component), hit.advisory]);
}

function pathOf({ name }: DocumentToAnswer): string {
  return pathBeside("", name);
}

function keyOf({ ecosystem, name, version }: Stated): string {
  return JSON.stringify([ecosystem, name, version]);
}

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

/** Exposures that end with another document's, by that one: the version of both is said there. */
export function followersOf(exposures: readonly Exposure[]): ReadonlyMap<Exposure, readonly Exposure[]> {
  const leaders = new Map<string, Exposure>();
  for (const exposure of exposures) {
    const key = exposureKey(pathOf(exposure.document), exposure);
    if (exposure.component.statedIn === undefined && !leaders.has(key)) leaders.set(key, exposure);
  }
  const followers = new Map<Exposure, Exposure[]>();
  for (const exposure of exposures) {
    const { statedIn } = exposure.component;
    const leader = statedIn === undefined ? undefined : leaders.get(exposureKey(pathBeside(exposure.document.name, statedIn), exposure));
    if (leader === undefined || leader.fix.kind === "none") continue;
    const known = followers.get(leader);
    if (known === undefined) followers.set(leader, [exposure]);
    else known.push(exposure);
  }
  return followers;
}

function pathOf({ name }: DocumentToAnswer): string {
  return pathBeside("", name);
}

function keyOf({ ecosystem, name, version }: Stated): string {
  return JSON.stringify([ecosystem, name, version]);
}

function exposureKey(path: string, { component, hit }: Exposure): string {
  return JSON.stringify([path, keyOf(component), hit.advisory]);
}

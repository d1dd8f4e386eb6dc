import type { Component, Dependency } from "../../vocabulary/component.ts";
import type { InstalledPackage } from "./installed-package.ts";

/** `libssl3 (>= 3.0.0)`: a package by name, and the requirement on its version. */
export type Relation = { readonly name: string; readonly range: string | undefined };

export type Installed = { readonly component: Component; readonly entry: InstalledPackage };

/** A field of relations: groups parted by commas, in each alternatives parted by `|`. What is none is passed over: it changes no answer. */
export function readRelations(field: string | undefined): readonly (readonly Relation[])[] {
  if (field === undefined || field === "") return [];
  return field.split(",").flatMap((group) => {
    const alternatives = group.split("|").flatMap((text) => readRelation(text.trim()));
    return alternatives.length === 0 ? [] : [alternatives];
  });
}

function readRelation(text: string): readonly Relation[] {
  // Behind a colon the architecture stands: `python3:any`.
  const [, name, range] = /^([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?(?:\s*\(([^()]*)\))?$/.exec(text) ?? [];
  return name === undefined ? [] : [{ name, range: range?.trim() }];
}

/** What is asked for by a name that several packages have or provide leads to each of them, up to this many. */
const MAX_ANSWERS = 8;

/**
 * Who needs whom. Packages of one source are changed together: between them there are no edges. A requirement is kept as the range
 * only where it is on a version that is the source package's too, since it is of these that advisories speak.
 */
export function edgesBetween(installed: readonly Installed[]): ReadonlyMap<string, readonly Dependency[]> {
  const byName = answersByName(installed);
  const edges = new Map<string, readonly Dependency[]>();
  for (const { component, entry } of installed) {
    const found = new Map<string, Dependency>();
    for (const { name, range } of entry.needs.flat()) {
      for (const { component: target, entry: other, isOwnName } of byName.get(name) ?? []) {
        if (other.source.name === entry.source.name) continue;
        const isOfSource = isOwnName && other.version === target.version;
        const dependency = { ref: target.ref, range: isOfSource ? range : undefined };
        found.set(`${dependency.ref} ${dependency.range ?? ""}`, dependency);
      }
    }
    edges.set(component.ref, [...found.values()]);
  }
  return edges;
}

type Answer = Installed & { readonly isOwnName: boolean };

function answersByName(installed: readonly Installed[]): ReadonlyMap<string, readonly Answer[]> {
  const answers = new Map<string, Answer[]>();
  const note = (name: string, answer: Answer): void => {
    const known = answers.get(name);
    if (known === undefined) answers.set(name, [answer]);
    else if (known.length < MAX_ANSWERS) known.push(answer);
  };
  for (const each of installed) note(each.entry.name, { ...each, isOwnName: true });
  for (const each of installed) for (const name of each.entry.provides) note(name, { ...each, isOwnName: false });
  return answers;
}

import type { Component } from "../vocabulary/component.ts";
import { baseEcosystemName } from "./ecosystems/ecosystem-of.ts";

type Named = { readonly ecosystem: string | undefined; readonly source?: Component["source"] | undefined };

/**
 * Tells of each component of one document whether nobody says what its source package is.
 * Generators write the source only where it has another name: where one component of an ecosystem names its source, the others'
 * silence means "the same name". Where none does, the document may as well have left all of them out.
 */
export function sourcesUnsaidIn(components: readonly Named[]): (component: Named) => boolean {
  const naming = new Set<string>();
  for (const { ecosystem, source } of components)
    if (ecosystem !== undefined && source === "stated") naming.add(baseEcosystemName(ecosystem));
  return ({ ecosystem, source }) => ecosystem !== undefined && source === "unstated" && !naming.has(baseEcosystemName(ecosystem));
}

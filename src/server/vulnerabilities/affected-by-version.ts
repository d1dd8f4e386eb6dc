import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { createMatcher } from "../../matching/match.ts";
import { isSameRelease } from "../../matching/package-lookup.ts";
import type { Snapshot } from "../../matching/snapshot/snapshot.ts";

/** A package at a version, in any ecosystem when none is given. */
export type PackageVersion = { readonly ecosystem: string | undefined; readonly name: string; readonly version: string };

/**
 * Vulnerabilities that affect the version, and those that cannot be compared with it, since leaving these out would be a silent "no".
 * Undefined when the snapshot knows no such package, or none whose versions are written like this one.
 */
export function vulnerabilitiesOfVersion(snapshot: Snapshot, asked: PackageVersion): readonly string[] | undefined {
  const match = createMatcher(snapshot, ecosystemOf);
  const found = new Set<string>();
  let known = false;
  for (const { name: ecosystem } of snapshot.header.ecosystems) {
    const order = ecosystemOf(ecosystem);
    if (asked.ecosystem !== undefined && !isSameRelease(order, ecosystem, asked.ecosystem)) continue;
    const name = order?.normaliseName(asked.name) ?? asked.name;
    if (snapshot.findPackage(ecosystem, name) < 0) continue;
    const outcome = match({ ecosystem, name, version: asked.version });
    known ||= outcome.kind === "compared" || outcome.hits.length > 0;
    const asides = outcome.kind === "compared" ? outcome.setAside : [];
    for (const { advisory } of [...outcome.hits, ...asides]) found.add(snapshot.advisory(advisory).vulnerability);
  }
  return known ? [...found] : undefined;
}

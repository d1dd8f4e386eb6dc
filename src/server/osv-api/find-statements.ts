import { baseEcosystemName, ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import type { ComponentToMatch, Matcher } from "../../matching/match.ts";
import { createPackageLookup } from "../../matching/package-lookup.ts";
import { standingOf } from "../../matching/scan/answer-scan.ts";
import type { Snapshot } from "../../matching/snapshot/snapshot.ts";
import { GIT_ECOSYSTEM } from "../../matching/commit-lookup.ts";
import { isCommit } from "../../matching/commits.ts";
import { cannotSayReason, cannotSaySentence } from "../../vocabulary/data-standing.ts";
import type { OsvQuery, PackageQuery } from "./osv-query.ts";

/** A query for one version of a package: what a snapshot answers. */
export type VersionQuery = PackageQuery & { readonly version: string };

/** The numbers of the advisories that hit the version. */
export function advisoriesHitting(snapshot: Snapshot, match: Matcher, { ecosystem, name, version }: VersionQuery): readonly number[] {
  if (ecosystem !== undefined) return match({ ecosystem, name, version }).hits.map((hit) => hit.advisory);
  const found = new Set<number>();
  for (const { name: each } of snapshot.header.ecosystems) {
    for (const hit of match({ ecosystem: each, name, version }).hits) found.add(hit.advisory);
  }
  return [...found];
}

/**
 * Why an empty answer to the query would say "nothing" on no evidence, in a reader's words; undefined when there is evidence.
 * `snapshot` is undefined while there is none.
 */
export function whyNothingCannotBeSaid(
  snapshot: Snapshot | undefined,
  match: Matcher | undefined,
  query: OsvQuery,
  nowMs: number,
): string | undefined {
  switch (query.kind) {
    case "unknown-purl":
      return undefined;
    case "commit":
      return isCommit(query.commit)
        ? "No advisory here names this commit, and whether it lies between two others only its repository's history tells: ask by package and version"
        : "expected the whole hash of a commit: no other is found. Or ask by package and version";
    case "package":
      return query.ecosystem === undefined
        ? NO_ECOSYSTEM
        : whyNothingOfPackage(snapshot, match, { ...query, ecosystem: query.ecosystem }, nowMs);
  }
}

/** No installation has data of every ecosystem, so that a name alone never has enough evidence. */
const NO_ECOSYSTEM = "Nothing of this name was found, but not every ecosystem has data here: name the ecosystem";

function whyNothingOfPackage(
  snapshot: Snapshot | undefined,
  match: Matcher | undefined,
  query: PackageQuery & { readonly ecosystem: string },
  nowMs: number,
): string | undefined {
  const { ecosystem, name, version, source } = query;
  const base = baseEcosystemName(ecosystem);
  if (base === GIT_ECOSYSTEM)
    return "Of a repository only the tags and commits are found that an advisory names: ask by package and version";
  const order = ecosystemOf(ecosystem);
  if (order === undefined && version !== undefined) return cannotSaySentence("no-scheme", base);
  const reason = cannotSayReason(snapshot === undefined ? undefined : standingOf(snapshot, ecosystem), nowMs);
  if (reason !== undefined) return cannotSaySentence(reason, base);
  if (snapshot === undefined || match === undefined) return undefined;
  return whyNotCompared(snapshot, match, {
    ecosystem,
    name: order?.normaliseName(name) ?? name,
    version,
    sourceUnsaid: source === "unstated",
  });
}

/** A package with advisories, and a version or a range among them that has no place in the order; or a package of which nobody can tell whether it has any. */
function whyNotCompared(snapshot: Snapshot, match: Matcher, component: ComponentToMatch): string | undefined {
  const { ecosystem, name, version, sourceUnsaid } = component;
  const { packages, obstacle } = createPackageLookup(snapshot, ecosystemOf)(ecosystem, name, sourceUnsaid);
  if (packages.length === 0 && obstacle === undefined) return undefined;
  if (version === undefined)
    return sourceUnsaid === true && packages.length === 0 ? `${name.slice(0, 200)} cannot be looked up: ${obstacle}` : undefined;
  const outcome = match(component);
  const named = `${name} ${version}`.slice(0, 200);
  if (outcome.kind === "cannot-compare") return `${named} cannot be compared with its advisories: ${outcome.reason}`;
  const aside = outcome.setAside[0];
  return aside === undefined ? undefined : `${named} cannot be compared with ${snapshot.advisoryId(aside.advisory)}: ${aside.reason}`;
}

import type { Ecosystem } from "../../matching/ecosystems/ecosystem.ts";
import { explainOne, type MatchExplanation } from "../../matching/scan/explain-match.ts";
import { compareIds } from "../../matching/scan/ranking.ts";
import type { Snapshot } from "../../matching/snapshot/snapshot.ts";
import type { FoundPackages } from "../../matching/package-lookup.ts";
import type { PackageStatement } from "./package-store.ts";

export type Verdict = MatchExplanation["verdict"];
export type VersionVerdict = { readonly verdict: Verdict; readonly why: string };

export type PackageVersionAsked = { readonly ecosystem: string; readonly name: string; readonly version: string };

/** For each vulnerability whether it affects the version, by the snapshot, with what decides. */
export function verdictsOn(
  snapshot: Snapshot,
  order: Ecosystem | undefined,
  asked: PackageVersionAsked,
  { packages, obstacle }: FoundPackages,
  statements: readonly PackageStatement[],
): ReadonlyMap<string, VersionVerdict> {
  const known = new Map(
    packages.flatMap((index) =>
      snapshot.advisoriesOf(index).map((advisory) => {
        return [statementKey(snapshot.packageEcosystem(index), snapshot.advisoryId(advisory)), { index, advisory }] as const;
      }),
    ),
  );
  const verdicts = new Map<string, VersionVerdict>();
  for (const statement of statements.toSorted((a, b) => compareIds(a.advisory, b.advisory))) {
    const held = known.get(statementKey(statement.ecosystem, statement.advisory));
    const said =
      held === undefined
        ? outsideSnapshot(statement)
        : explained(explainOne(snapshot, order, { ...asked, place: "" }, held.index, held.advisory, obstacle), statement);
    const before = verdicts.get(statement.vulnerability);
    if (before === undefined || WORST[said.verdict] < WORST[before.verdict]) verdicts.set(statement.vulnerability, said);
  }
  return verdicts;
}

function statementKey(ecosystem: string, advisory: string): string {
  return `${ecosystem}\0${advisory}`;
}

/** One statement that affects it is enough; one that cannot be compared leaves it open whatever the others say. */
export const WORST: Readonly<Record<Verdict, number>> = { affected: 0, "cannot-compare": 1, "not-affected": 2 };

function explained({ verdict, decidedBy }: MatchExplanation, { intervals, setAside }: PackageStatement): VersionVerdict {
  const listsTextsOnly = intervals.length === 0 && setAside.length === 0;
  return { verdict, why: verdict === "not-affected" && listsTextsOnly ? "it is not among the versions that the record lists" : decidedBy };
}

/** A statement that names no version is in no snapshot; any other came after this one was made. */
function outsideSnapshot({ intervals, setAside, texts }: PackageStatement): VersionVerdict {
  if (intervals.length === 0 && setAside.length === 0 && texts.length === 0) {
    return { verdict: "not-affected", why: "the record has no range and no version for this package" };
  }
  return { verdict: "cannot-compare", why: "it arrived after this server's snapshot was built; ask again in a moment" };
}

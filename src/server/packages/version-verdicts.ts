import type { Ecosystem } from "../../matching/ecosystems/ecosystem.ts";
import { explainOne, type MatchExplanation } from "../../matching/scan/explain-match.ts";
import { compareIds } from "../../matching/scan/ranking.ts";
import type { Snapshot } from "../../matching/snapshot/snapshot.ts";
import { encodeVersion } from "../../matching/versions/encode-version.ts";
import type { PackageStatement } from "./package-store.ts";

export type Verdict = MatchExplanation["verdict"];
export type VersionVerdict = { readonly verdict: Verdict; readonly why: string };

export type PackageVersionAsked = { readonly ecosystem: string; readonly name: string; readonly version: string };

/** For each vulnerability whether it affects the version, by the snapshot, with what decides. */
export function verdictsOn(
  snapshot: Snapshot,
  order: Ecosystem | undefined,
  asked: PackageVersionAsked,
  statements: readonly PackageStatement[],
): ReadonlyMap<string, VersionVerdict> {
  const index = snapshot.findPackage(asked.ecosystem, asked.name);
  const known = new Map(advisoriesOf(snapshot, index, asked.version).map((advisory) => [snapshot.advisoryId(advisory), advisory]));
  const verdicts = new Map<string, VersionVerdict>();
  for (const statement of statements.toSorted((a, b) => compareIds(a.advisory, b.advisory))) {
    const advisory = known.get(statement.advisory);
    const said =
      advisory === undefined
        ? verdictWithoutSnapshot(statement, order, asked)
        : explained(explainOne(snapshot, order, { ...asked, place: "" }, index, advisory));
    const before = verdicts.get(statement.vulnerability);
    if (before === undefined || WORST[said.verdict] < WORST[before.verdict]) verdicts.set(statement.vulnerability, said);
  }
  return verdicts;
}

/** One statement that affects it is enough; one that cannot be compared leaves it open whatever the others say. */
export const WORST: Readonly<Record<Verdict, number>> = { affected: 0, "cannot-compare": 1, "not-affected": 2 };

function explained({ verdict, decidedBy }: MatchExplanation): VersionVerdict {
  return { verdict, why: decidedBy };
}

function advisoriesOf(snapshot: Snapshot, index: number, version: string): readonly number[] {
  if (index < 0) return [];
  const ofRows = snapshot.rowsOf(index).map((row) => snapshot.rowAdvisory(row));
  const aside = snapshot.setAside(index).map(({ advisory }) => advisory);
  return [...new Set([...ofRows, ...aside, ...snapshot.advisoriesListing(index, version)])];
}

/** The snapshot has no interval of it: it states none, it lists other versions only, or it came after the snapshot was made. */
function verdictWithoutSnapshot(
  statement: PackageStatement,
  order: Ecosystem | undefined,
  { version }: PackageVersionAsked,
): VersionVerdict {
  if (statement.intervals.length > 0 || statement.setAside.length > 0) {
    return { verdict: "cannot-compare", why: "it arrived after this server's snapshot was built; ask again in a moment" };
  }
  if (statement.texts.length === 0) return { verdict: "not-affected", why: "the record has no range and no version for this package" };
  const key = order === undefined ? undefined : encodeVersion(version, order.scheme);
  if (key instanceof Uint8Array) return { verdict: "not-affected", why: "it is not among the versions that the record lists" };
  return { verdict: "cannot-compare", why: key?.reason ?? "no version order is known for its ecosystem" };
}

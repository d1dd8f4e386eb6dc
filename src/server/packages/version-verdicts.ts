import type { Ecosystem } from "../../matching/ecosystems/ecosystem.ts";
import type { FoundPackages } from "../../matching/package-lookup.ts";
import { explainOne, type MatchExplanation } from "../../matching/scan/explain-match.ts";
import type { Snapshot } from "../../matching/snapshot/snapshot.ts";
import { KeyWriter } from "../../matching/versions/key-writer.ts";
import type { PackageStatement } from "./package-store.ts";

export type Verdict = MatchExplanation["verdict"];
export type VersionVerdict = { readonly verdict: Verdict; readonly why: string };

export type PackageVersionAsked = { readonly ecosystem: string; readonly name: string; readonly version: string };

/** What a snapshot says of one version of a package, advisory by advisory. */
export type VersionJudge = {
  /** Without a reason, for thousands at once; undefined = the snapshot does not know that the advisory names the package. */
  readonly verdictOf: (ecosystem: string, advisory: string) => Verdict | undefined;
  /** The same verdict with what decides it: for the few that are shown. */
  readonly explain: (statement: PackageStatement) => VersionVerdict;
};

/** One statement that affects it is enough; one that cannot be compared leaves it open whatever the others say. */
export const WORST: Readonly<Record<Verdict, number>> = { affected: 0, "cannot-compare": 1, "not-affected": 2 };

export function judgeVersion(
  snapshot: Snapshot,
  order: Ecosystem | undefined,
  asked: PackageVersionAsked,
  { packages, obstacle }: FoundPackages,
): VersionJudge {
  const known = new Map<string, { readonly index: number; readonly advisory: number; readonly verdict: Verdict }>();
  for (const index of packages) {
    const ecosystem = snapshot.packageEcosystem(index);
    const verdictOf = verdictsIn(snapshot, order, asked.version, index, obstacle);
    for (const advisory of snapshot.advisoriesOf(index)) {
      known.set(statementKey(ecosystem, snapshot.advisoryId(advisory)), { index, advisory, verdict: verdictOf(advisory) });
    }
  }
  return {
    verdictOf: (ecosystem, advisory) => known.get(statementKey(ecosystem, advisory))?.verdict,
    explain: (statement) => {
      const held = known.get(statementKey(statement.ecosystem, statement.advisory));
      if (held === undefined) return outsideSnapshot(statement);
      return explained(explainOne(snapshot, order, { ...asked, place: "" }, held.index, held.advisory, obstacle), statement);
    },
  };
}

/** A statement that names no version is in no snapshot; any other came after this one was made. */
export function outsideSnapshot({ intervals, setAside, texts }: PackageStatement): VersionVerdict {
  if (intervals.length === 0 && setAside.length === 0 && texts.length === 0) {
    return { verdict: "not-affected", why: "the record has no range and no version for this package" };
  }
  return { verdict: "cannot-compare", why: "it arrived after this server's snapshot was built; ask again in a moment" };
}

/** The verdicts that `explainOne` gives, read off all of a package's rows in one go. */
function verdictsIn(
  snapshot: Snapshot,
  order: Ecosystem | undefined,
  version: string,
  index: number,
  obstacle: string | undefined,
): (advisory: number) => Verdict {
  const writer = new KeyWriter();
  const hasPlace = order !== undefined && order.scheme.encode(version, writer) === undefined;
  const rows: number[] = [];
  if (hasPlace) snapshot.rowsHolding(index, writer.bytes, writer.length, rows);
  // Where ranges cannot be compared, a version that is listed still is one.
  const holding = obstacle === undefined ? rows : rows.filter((row) => snapshot.row(row).hiKind === "listed");
  const affected = new Set([...holding.map((row) => snapshot.rowAdvisory(row)), ...snapshot.advisoriesListing(index, version)]);
  const incomparable = new Set(snapshot.setAside(index).map(({ advisory }) => advisory));
  return (advisory) => {
    if (affected.has(advisory)) return "affected";
    return !hasPlace || obstacle !== undefined || incomparable.has(advisory) ? "cannot-compare" : "not-affected";
  };
}

function statementKey(ecosystem: string, advisory: string): string {
  return `${ecosystem}\0${advisory}`;
}

function explained({ verdict, decidedBy }: MatchExplanation, { intervals, setAside }: PackageStatement): VersionVerdict {
  const listsTextsOnly = intervals.length === 0 && setAside.length === 0;
  return { verdict, why: verdict === "not-affected" && listsTextsOnly ? "it is not among the versions that the record lists" : decidedBy };
}

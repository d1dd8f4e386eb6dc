import { createCommitLookup } from "../commit-lookup.ts";
import { COMMIT_REASON, isCommit } from "../commits.ts";
import type { Ecosystem } from "../ecosystems/ecosystem.ts";
import { whyWithoutOrder } from "../ecosystems/without-order.ts";
import { createPackageLookup } from "../package-lookup.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { compareKeys, KeyWriter } from "../versions/key-writer.ts";
import { affectedText } from "./affected-text.ts";
import { type DocumentToAnswer, standingOf } from "./answer-scan.ts";

/** Why one advisory does or does not hit one component: the key, each interval it was compared with, and what decided. */
export type MatchExplanation = {
  readonly advisory: string;
  /** The record's own `modified`, so that a reader can find the revision. */
  readonly modified: string;
  readonly source: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly place: string;
  readonly scheme: string | undefined;
  /** Hex; undefined when the version has none. */
  readonly key: string | undefined;
  readonly verdict: "affected" | "not-affected" | "cannot-compare";
  /** The event that decides, in a sentence. */
  readonly decidedBy: string;
  readonly intervals: readonly { readonly text: string; readonly lo: string; readonly hi: string; readonly holds: boolean }[];
};

/** Explains every pair of an advisory that goes by `id` and a component of a package it names. */
export function explainMatch(
  snapshot: Snapshot,
  ecosystemOf: (ecosystem: string) => Ecosystem | undefined,
  documents: readonly DocumentToAnswer[],
  id: string,
): readonly MatchExplanation[] {
  const explanations: MatchExplanation[] = [];
  const lookup = createPackageLookup(snapshot, ecosystemOf);
  for (const document of documents) {
    for (const component of document.inventory.components) {
      if (component.ecosystem === undefined) continue;
      const ecosystem = ecosystemOf(component.ecosystem);
      const { packages, obstacle } = lookup(component.ecosystem, component.name);
      const place = `${document.name}: ${component.place}`;
      const asked = { ecosystem: component.ecosystem, name: component.name, version: component.version, place };
      for (const index of packages) {
        for (const advisory of advisoriesCalled(snapshot, index, id))
          explanations.push(explainOne(snapshot, ecosystem, asked, index, advisory, obstacle));
      }
    }
  }
  return explanations;
}

/** Explains one advisory for one version of one package; -1 = the snapshot does not know the package. `obstacle`: why its ranges cannot be compared. */
export function explainOne(
  snapshot: Snapshot,
  ecosystem: Ecosystem | undefined,
  component: { readonly ecosystem: string; readonly name: string; readonly version: string | undefined; readonly place: string },
  packageIndex: number,
  advisory: number,
  obstacle?: string,
): MatchExplanation {
  const facts = snapshot.advisory(advisory);
  const writer = new KeyWriter();
  const refusal =
    ecosystem === undefined
      ? { reason: whyWithoutOrder(component.ecosystem) }
      : component.version === undefined
        ? { reason: "the document does not say which version" }
        : isCommit(component.version)
          ? { reason: COMMIT_REASON }
          : ecosystem.scheme.encode(component.version, writer);
  const key = refusal === undefined ? writer.key() : undefined;
  const rows = snapshot.rowsOf(packageIndex).filter((row) => snapshot.rowAdvisory(row) === advisory);
  const intervals = rows.map((row) => {
    const { lo, hi } = snapshot.rowKeys(row);
    return {
      row: snapshot.row(row),
      text: affectedText(snapshot.row(row)),
      lo,
      hi,
      holds: key !== undefined && compareKeys(lo, key) <= 0 && compareKeys(key, hi) < 0 && isAsked(snapshot.row(row), obstacle),
    };
  });
  const listed = component.version !== undefined && namesVersion(snapshot, packageIndex, advisory, component.version);
  const aside =
    obstacle === undefined ? snapshot.setAside(packageIndex).filter((entry) => entry.advisory === advisory) : [{ reason: obstacle }];
  const doubt = component.version === undefined ? undefined : ecosystem?.scheme.doubtOf?.(component.version);
  const isOpen = key !== undefined && intervals.some(({ row, lo }) => row.hiKind !== "listed" && compareKeys(lo, key) > 0);
  const open = doubt !== undefined && isOpen ? [...aside, { reason: doubt }] : aside;
  const judged = judge(component.version, key, refusal?.reason, intervals, listed, open);
  return {
    ...component,
    ...judged,
    advisory: facts.id,
    modified: facts.modified,
    source: standingOf(snapshot, component.ecosystem)?.source ?? "unknown",
    scheme: ecosystem?.scheme.id,
    key: key === undefined ? undefined : toHex(key),
    intervals: intervals.map(({ text, lo, hi, holds }) => ({ text, lo: toHex(lo), hi: toHex(hi), holds })),
  };
}

/** Whether the advisory lists the version by its text, or names the commit that it is. */
function namesVersion(snapshot: Snapshot, packageIndex: number, advisory: number, version: string): boolean {
  if (snapshot.advisoriesListing(packageIndex, version).includes(advisory)) return true;
  return isCommit(version) && createCommitLookup(snapshot)(version).includes(advisory);
}

/** Where ranges cannot be compared, a version that is listed still is one. */
function isAsked(row: ReturnType<Snapshot["row"]>, obstacle: string | undefined): boolean {
  return obstacle === undefined || row.hiKind === "listed";
}

type Judged = Pick<MatchExplanation, "verdict" | "decidedBy">;
type Compared = {
  readonly row: ReturnType<Snapshot["row"]>;
  readonly text: string;
  readonly lo: Uint8Array;
  readonly hi: Uint8Array;
  readonly holds: boolean;
};

function judge(
  version: string | undefined,
  key: Uint8Array | undefined,
  refusal: string | undefined,
  intervals: readonly Compared[],
  listed: boolean,
  aside: readonly { readonly reason: string }[],
): Judged {
  if (listed) return { verdict: "affected", decidedBy: `the record lists exactly "${version ?? ""}"` };
  if (key === undefined) return { verdict: "cannot-compare", decidedBy: refusal ?? "the version has no key" };
  const holding = intervals.find((interval) => interval.holds);
  if (holding !== undefined) return { verdict: "affected", decidedBy: opening(holding.row) };
  if (aside.length > 0) return { verdict: "cannot-compare", decidedBy: aside.map((entry) => entry.reason).join("; ") };
  const below = intervals.filter((interval) => compareKeys(interval.hi, key) <= 0);
  const nearest = below.toSorted((a, b) => compareKeys(b.hi, a.hi))[0];
  if (nearest !== undefined) return { verdict: "not-affected", decidedBy: closing(nearest.row) };
  const above = intervals.toSorted((a, b) => compareKeys(a.lo, b.lo))[0];
  return { verdict: "not-affected", decidedBy: above === undefined ? "it is not among the listed versions" : beforeAll(above.row) };
}

function opening(row: Compared["row"]): string {
  if (row.hiKind === "listed") return `the record lists ${row.loText}`;
  const end =
    row.hiKind === "none"
      ? "and nothing ends it"
      : row.hiKind === "last_affected"
        ? `and ${row.hiText ?? ""} is the last affected`
        : `and it lies before ${row.hiKind} ${row.hiText ?? ""}`;
  return `introduced ${row.loText} is at or below it, ${end}`;
}

function beforeAll(row: Compared["row"]): string {
  return row.hiKind === "listed"
    ? `it is not among the listed versions; the nearest above is ${row.loText}`
    : `it lies before introduced ${row.loText}`;
}

function closing(row: Compared["row"]): string {
  if (row.hiKind === "listed") return `it is not among the listed versions; the nearest below is ${row.loText}`;
  return row.hiKind === "last_affected"
    ? `it lies above last_affected ${row.hiText ?? ""}`
    : `${row.hiKind} ${row.hiText ?? ""} is at or below it`;
}

function advisoriesCalled(snapshot: Snapshot, packageIndex: number, id: string): readonly number[] {
  return snapshot.advisoriesOf(packageIndex).filter((advisory) => {
    const facts = snapshot.advisory(advisory);
    return facts.id === id || facts.vulnerability === id || facts.vulnerabilityIds.includes(id);
  });
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

import { npmVersionText, parseNpmVersion } from "../../matching/ecosystems/npm/npm-version.ts";
import type { Snapshot } from "../../matching/snapshot/snapshot.ts";
import { encodeVersion } from "../../matching/versions/encode-version.ts";
import { compareKeys, successorOf } from "../../matching/versions/key-writer.ts";
import { semver } from "../../matching/versions/semver/semver.ts";

/** Intervals of a package as a node-semver range, to be read with `includePrerelease` and `loose`. */
export type VulnerableVersions = {
  /** Disjoint, ascending. */
  readonly clauses: readonly string[];
  /** Rows with a bound that node-semver has no spelling for. */
  readonly unspelled: readonly number[];
};

type Span = {
  readonly lo: Uint8Array;
  readonly hi: Uint8Array;
  /** Undefined = from the start of everything. */
  readonly from: string | undefined;
  readonly to: { readonly version: string; readonly inclusive: boolean } | undefined;
};

/** The union of the rows' intervals. It holds exactly the versions that the rows hold. */
export function vulnerableVersions(snapshot: Snapshot, rows: readonly number[]): VulnerableVersions {
  const spans: Span[] = [];
  const unspelled: number[] = [];
  for (const row of rows) {
    const span = spell(snapshot, row);
    if (span === undefined) unspelled.push(row);
    else spans.push(span);
  }
  return { clauses: union(spans).map(clauseOf), unspelled };
}

/** One version as a clause; undefined when npm does not read it as a whole version, and so never has it installed. */
export function exactClause(version: string): string | undefined {
  const text = spelling(version);
  return text === undefined ? undefined : `=${text}`;
}

function spell(snapshot: Snapshot, row: number): Span | undefined {
  const { lo, hi } = snapshot.rowKeys(row);
  const { loText, hiText, hiKind } = snapshot.row(row);
  const inclusive = hiKind === "last_affected" || hiKind === "listed";
  const from = lo.length === 0 ? undefined : spelling(loText, lo);
  const to = hiText === undefined ? undefined : spelling(hiText, hi, inclusive);
  if ((lo.length > 0 && from === undefined) || (hiText !== undefined && to === undefined)) return undefined;
  return { lo, hi, from, to: to === undefined ? undefined : { version: to, inclusive } };
}

/**
 * `text` in full, as `1.2.3` or `1.2.3-rc.1`: node-semver would read a shorter one as a pattern, and in a range it drops what it cannot read, which
 * would widen it. With `key`, only when the spelling stands exactly there in our order.
 */
function spelling(text: string, key?: Uint8Array, inclusive = false): string | undefined {
  const parsed = parseNpmVersion(text);
  if (parsed === undefined || parsed.precision === 0 || !/^[v=]*\d+(?:\.\d+)*(?:[^.\d]|$)/.test(text)) return undefined;
  const full = npmVersionText(parsed);
  // Beyond 15 digits node-semver rounds.
  if (/\d{16}/.test(full)) return undefined;
  if (key === undefined) return parsed.precision === 3 ? full : undefined;
  const own = encodeVersion(full, semver);
  return own instanceof Uint8Array && compareKeys(inclusive ? successorOf(own) : own, key) === 0 ? full : undefined;
}

function union(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const span of spans.toSorted((a, b) => compareKeys(a.lo, b.lo) || compareKeys(a.hi, b.hi))) {
    const last = joined.at(-1);
    if (last === undefined || compareKeys(last.hi, span.lo) < 0) joined.push(span);
    else if (compareKeys(last.hi, span.hi) < 0) joined[joined.length - 1] = { ...last, hi: span.hi, to: span.to };
  }
  return joined;
}

function clauseOf({ from, to }: Span): string {
  if (from !== undefined && to?.inclusive === true && from === to.version) return `=${from}`;
  const bounds = [from === undefined ? [] : `>=${from}`, to === undefined ? [] : `${to.inclusive ? "<=" : "<"}${to.version}`].flat();
  return bounds.length === 0 ? "*" : bounds.join(" ");
}

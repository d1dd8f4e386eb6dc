import type { AffectedPackage, AffectedRange, RangeEvent, RangeEventKind } from "../vocabulary/advisory.ts";
import { isCommit, whyNoVersions } from "./commits.ts";
import { encodeVersion } from "./versions/encode-version.ts";
import { compareKeys, NO_END, NO_START, successorOf } from "./versions/key-writer.ts";
import type { VersionScheme } from "./versions/version-scheme.ts";

/** What set the upper bound: a `fixed` event names a version that ends it, `last_affected` only one that does not. */
export type UpperBoundKind = "fixed" | "last_affected" | "limit" | "none" | "listed";

/** A half-open interval `[lo, hi)` of version keys, with the bounds as the advisory spells them. */
export type Interval = {
  readonly lo: Uint8Array;
  readonly hi: Uint8Array;
  /** `0` for the start of everything. */
  readonly loText: string;
  /** Undefined when there is no end. For `last_affected` and `listed` the bound itself, which is inside. */
  readonly hiText: string | undefined;
  readonly hiKind: UpperBoundKind;
};

/** A range that cannot be compared: the package's components get "cannot compare" for this advisory. */
export type SetAside = { readonly reason: string };

export type CompiledPackage = {
  readonly intervals: readonly Interval[];
  /** Listed versions that cannot be encoded: matched by their text alone. */
  readonly texts: readonly string[];
  readonly setAside: readonly SetAside[];
  /** Intervals with `lo >= hi`, dropped. */
  readonly empty: number;
};

/** Tie order of events at one version. */
export const EVENT_ORDER: Readonly<Record<RangeEventKind, number>> = { introduced: 0, last_affected: 1, fixed: 2, limit: 3 };

type KeyedEvent = RangeEvent & { readonly key: Uint8Array };

/**
 * Compiles one `affected` entry (OSV schema 1.7.5, evaluation section) with its ecosystem's order; undefined scheme = text only.
 * Ranges over commits say nothing of versions; an entry that has no others is set aside.
 */
export function compileAffected(affected: AffectedPackage, scheme: VersionScheme | undefined): CompiledPackage {
  const found: Interval[] = [];
  const setAside: SetAside[] = [];
  const noVersions = whyNoVersions(affected);
  if (noVersions !== undefined) setAside.push({ reason: noVersions });
  for (const range of affected.ranges) {
    if (!isVersionRange(range)) continue;
    const compiled = scheme === undefined ? { reason: NO_SCHEME } : compileRange(range.events, scheme);
    if ("reason" in compiled) setAside.push(compiled);
    else found.push(...compiled);
  }
  const texts = new Set<string>();
  for (const version of affected.versions) {
    const key = scheme === undefined || isCommit(version) ? undefined : encodeVersion(version, scheme);
    if (key instanceof Uint8Array) found.push({ lo: key, hi: successorOf(key), loText: version, hiText: version, hiKind: "listed" });
    else texts.add(version);
  }
  const intervals = found.filter(({ lo, hi }) => compareKeys(lo, hi) < 0);
  return { intervals: withoutDuplicates(intervals), texts: [...texts], setAside, empty: found.length - intervals.length };
}

const NO_SCHEME = "no version order is known for its ecosystem";

/** Ranges over numbered versions. A GIT range needs the commit graph, and unknown types have rules of their own: neither says anything about a version. */
export function isVersionRange(range: AffectedRange): boolean {
  return range.type === "SEMVER" || range.type === "ECOSYSTEM";
}

/** The events in version order, ties by kind; or why the range cannot be compared. */
export function keyedEvents(events: readonly RangeEvent[], scheme: VersionScheme): readonly KeyedEvent[] | SetAside {
  if (!events.some(({ kind }) => kind === "introduced")) return { reason: "the range introduces nothing: it has no introduced event" };
  const keyed: KeyedEvent[] = [];
  for (const event of events) {
    const key = boundOf(event, scheme);
    if (!(key instanceof Uint8Array))
      return { reason: `${event.kind} ${JSON.stringify(event.version)} has no place in the order: ${key.reason}` };
    keyed.push({ ...event, key });
  }
  return keyed.sort((a, b) => compareKeys(a.key, b.key) || EVENT_ORDER[a.kind] - EVENT_ORDER[b.kind]);
}

function boundOf({ kind, version }: RangeEvent, scheme: VersionScheme): Uint8Array | SetAside {
  if (kind === "introduced" && version === "0") return NO_START;
  if (kind === "limit" && version === "*") return NO_END;
  return encodeVersion(version, scheme);
}

/** Sweeps over the events: what `introduced` opens, the next `fixed` or `last_affected` closes; the largest limit clips. */
function compileRange(events: readonly RangeEvent[], scheme: VersionScheme): readonly Interval[] | SetAside {
  const keyed = keyedEvents(events, scheme);
  if ("reason" in keyed) return keyed;
  const intervals: Interval[] = [];
  let opened: KeyedEvent | undefined;
  let limit: KeyedEvent | undefined;
  for (const event of keyed) {
    switch (event.kind) {
      case "introduced":
        opened ??= event;
        break;
      case "last_affected":
      case "fixed":
        if (opened !== undefined) intervals.push(closed(opened, event));
        else if (event.kind === "fixed") shortenTo(event, intervals);
        opened = undefined;
        break;
      case "limit":
        limit = event;
        break;
    }
  }
  if (opened !== undefined) intervals.push({ lo: opened.key, hi: NO_END, loText: opened.version, hiText: undefined, hiKind: "none" });
  return intervals.map((interval) => clipped(interval, limit));
}

function closed(opened: KeyedEvent, by: KeyedEvent): Interval {
  const hi = by.kind === "last_affected" ? successorOf(by.key) : by.key;
  return {
    lo: opened.key,
    hi,
    loText: opened.version,
    hiText: by.version,
    hiKind: by.kind === "last_affected" ? "last_affected" : "fixed",
  };
}

/** `last_affected` and `fixed` at one version contradict each other; the fold takes `fixed`, which is the later of the two. */
function shortenTo(fixed: KeyedEvent, intervals: Interval[]): void {
  const last = intervals.at(-1);
  if (last === undefined || last.hiKind !== "last_affected" || compareKeys(last.hi, fixed.key) <= 0) return;
  intervals[intervals.length - 1] = { ...last, hi: fixed.key, hiText: fixed.version, hiKind: "fixed" };
}

function clipped(interval: Interval, limit: KeyedEvent | undefined): Interval {
  if (limit === undefined || compareKeys(interval.hi, limit.key) <= 0) return interval;
  return { ...interval, hi: limit.key, hiText: limit.version, hiKind: "limit" };
}

/** Equal intervals once, as the one that was stated first; a `fixed` bound, which names the version to go to, before others. */
function withoutDuplicates(intervals: readonly Interval[]): readonly Interval[] {
  const byBounds = new Map<string, Interval>();
  for (const interval of intervals) {
    const bounds = `${interval.lo.join()}-${interval.hi.join()}`;
    const known = byBounds.get(bounds);
    if (known === undefined || (interval.hiKind === "fixed" && known.hiKind !== "fixed")) byBounds.set(bounds, interval);
  }
  return [...byBounds.values()];
}

import type { CompiledPackage, Interval } from "../../matching/interval.ts";
import { compareKeys } from "../../matching/versions/key-writer.ts";

type Span = Pick<Interval, "lo" | "hi">;

/**
 * True unless two statements about one package hold different versions. Which versions exist is not known here: one that only lists versions agrees with
 * ranges that hold them all, and one with a range that cannot be compared disagrees with nobody.
 */
export function holdAlike(a: CompiledPackage, b: CompiledPackage): boolean {
  if (a.setAside.length > 0 || b.setAside.length > 0) return true;
  if (hasRange(a) && hasRange(b)) return sameSpans(mergeSpans(a.intervals), mergeSpans(b.intervals));
  if (hasRange(a)) return holdsAll(a, b);
  if (hasRange(b)) return holdsAll(b, a);
  return sameSpans(mergeSpans(a.intervals), mergeSpans(b.intervals)) && new Set(a.texts).symmetricDifference(new Set(b.texts)).size === 0;
}

/** The same versions in the fewest intervals, in order. */
export function mergeSpans(intervals: readonly Span[]): readonly Span[] {
  const merged: { lo: Uint8Array; hi: Uint8Array }[] = [];
  for (const { lo, hi } of intervals.toSorted((a, b) => compareKeys(a.lo, b.lo))) {
    const last = merged.at(-1);
    if (last === undefined || compareKeys(last.hi, lo) < 0) merged.push({ lo, hi });
    else if (compareKeys(last.hi, hi) < 0) last.hi = hi;
  }
  return merged;
}

function hasRange({ intervals }: CompiledPackage): boolean {
  return intervals.some(({ hiKind }) => hiKind !== "listed");
}

function holdsAll(ranges: CompiledPackage, listed: CompiledPackage): boolean {
  const spans = mergeSpans(ranges.intervals);
  return listed.intervals.every(({ lo }) => spans.some((span) => compareKeys(span.lo, lo) <= 0 && compareKeys(lo, span.hi) < 0));
}

function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  return a.length === b.length && a.every((span, at) => isSame(span, b[at]));
}

function isSame(a: Span, b: Span | undefined): boolean {
  return b !== undefined && compareKeys(a.lo, b.lo) === 0 && compareKeys(a.hi, b.hi) === 0;
}

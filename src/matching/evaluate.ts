import type { AffectedPackage, AffectedRange, RangeEvent } from "../vocabulary/advisory.ts";
import { COMMIT_REASON, isCommit, whyNoVersions } from "./commits.ts";
import { EVENT_ORDER, isVersionRange } from "./interval.ts";
import { encodeVersion, orderOf, type Order } from "./versions/encode-version.ts";
import type { VersionScheme } from "./versions/version-scheme.ts";

export type FoldVerdict = "affected" | "not-affected" | "cannot-compare";

/** What one range says of a version, and the event that decided it; no event = the version lies before every one of them. */
export type RangeOutcome = {
  /** The range's position in the entry. */
  readonly range: number;
  readonly verdict: FoldVerdict;
  readonly decidedBy: RangeEvent | undefined;
  /** Why it cannot be compared. */
  readonly reason: string | undefined;
};

export type FoldOutcome = {
  readonly verdict: FoldVerdict;
  /** The listed version that equals this one, by text or by order. */
  readonly listed: string | undefined;
  /** One entry a range over versions. GIT ranges and unknown types say nothing of a version: where the entry has no others, it cannot be compared. */
  readonly ranges: readonly RangeOutcome[];
  /** Why the version itself cannot be compared. */
  readonly reason: string | undefined;
};

/**
 * Whether `version` is affected, event by event as the OSV schema's evaluation section has it, without intervals:
 * what `compileAffected` must agree with, and what explains a match.
 */
export function isAffectedByFold(affected: AffectedPackage, version: string, scheme: VersionScheme | undefined): FoldOutcome {
  const reason = whyNotComparable(version, scheme);
  const listed = affected.versions.find(
    (other) =>
      other === version || (!isCommit(other) && reason === undefined && scheme !== undefined && orderOf(other, version, scheme) === "="),
  );
  const noVersions = whyNoVersions(affected);
  const ranges = affected.ranges.flatMap((range, index): RangeOutcome[] => {
    if (noVersions !== undefined) return [{ range: index, verdict: "cannot-compare", decidedBy: undefined, reason: noVersions }];
    if (!isVersionRange(range)) return [];
    if (scheme === undefined || reason !== undefined) return [{ range: index, verdict: "cannot-compare", decidedBy: undefined, reason }];
    return [{ range: index, ...foldDoubtful(range, version, scheme) }];
  });
  return { verdict: verdictOf(listed, ranges, reason), listed, ranges, reason };
}

function whyNotComparable(version: string, scheme: VersionScheme | undefined): string | undefined {
  if (scheme === undefined) return "no version order is known for its ecosystem";
  return isCommit(version) ? COMMIT_REASON : refusalOf(version, scheme);
}

function verdictOf(listed: string | undefined, ranges: readonly RangeOutcome[], reason: string | undefined): FoldVerdict {
  if (listed !== undefined || ranges.some(({ verdict }) => verdict === "affected")) return "affected";
  return reason !== undefined || ranges.some(({ verdict }) => verdict === "cannot-compare") ? "cannot-compare" : "not-affected";
}

/** A doubtful version may lie above its place: where the range affects something from a later event on, that is not said to be none. */
function foldDoubtful(range: AffectedRange, version: string, scheme: VersionScheme): Omit<RangeOutcome, "range"> {
  const outcome = foldRange(range, version, scheme);
  const doubt = outcome.verdict === "not-affected" ? scheme.doubtOf?.(version) : undefined;
  if (doubt === undefined) return outcome;
  const beginsAbove = range.events.some(
    (event) =>
      event.kind === "introduced" &&
      orderToEvent(version, event, scheme) === "<" &&
      foldRange(range, event.version, scheme).verdict === "affected",
  );
  return beginsAbove ? { verdict: "cannot-compare", decidedBy: undefined, reason: doubt } : outcome;
}

function foldRange(range: AffectedRange, version: string, scheme: VersionScheme): Omit<RangeOutcome, "range"> {
  const reason = refusalOfRange(range, scheme);
  if (reason !== undefined) return { verdict: "cannot-compare", decidedBy: undefined, reason };
  const limits = range.events.filter(({ kind }) => kind === "limit");
  const within = limits.length === 0 || limits.some((limit) => limit.version === "*" || orderOf(version, limit.version, scheme) === "<");
  if (!within) return { verdict: "not-affected", decidedBy: limits[0], reason: undefined };

  let state = false;
  let decidedBy: RangeEvent | undefined;
  for (const event of range.events.filter(({ kind }) => kind !== "limit").toSorted((a, b) => orderOfEvents(a, b, scheme))) {
    const order = orderToEvent(version, event, scheme);
    const passed = event.kind === "last_affected" ? order === ">" : order !== "<";
    if (!passed) continue;
    const next = event.kind === "introduced";
    if (next !== state) decidedBy = event;
    state = next;
  }
  return { verdict: state ? "affected" : "not-affected", decidedBy, reason: undefined };
}

/** `introduced: "0"` lies before everything, the smallest prerelease included. */
function orderToEvent(version: string, event: RangeEvent, scheme: VersionScheme): Order {
  return isStart(event) ? ">" : orderIn(version, event.version, scheme);
}

function orderOfEvents(a: RangeEvent, b: RangeEvent, scheme: VersionScheme): number {
  if (isStart(a) || isStart(b)) return Number(isStart(b)) - Number(isStart(a));
  const order = orderIn(a.version, b.version, scheme);
  return order === "=" ? EVENT_ORDER[a.kind] - EVENT_ORDER[b.kind] : order === "<" ? -1 : 1;
}

function isStart({ kind, version }: RangeEvent): boolean {
  return kind === "introduced" && version === "0";
}

function orderIn(a: string, b: string, scheme: VersionScheme): Order {
  const order = orderOf(a, b, scheme);
  if (typeof order === "string") return order;
  throw new Error(`invariant broken: ${a} and ${b} were found to have a place in the order: ${order.reason}`);
}

function refusalOfRange({ events }: AffectedRange, scheme: VersionScheme): string | undefined {
  if (!events.some(({ kind }) => kind === "introduced")) return "the range introduces nothing: it has no introduced event";
  for (const event of events) {
    if (isStart(event) || (event.kind === "limit" && event.version === "*")) continue;
    const reason = refusalOf(event.version, scheme);
    if (reason !== undefined) return `${event.kind} ${JSON.stringify(event.version)} has no place in the order: ${reason}`;
  }
  return undefined;
}

function refusalOf(version: string, scheme: VersionScheme): string | undefined {
  const key = encodeVersion(version, scheme);
  return key instanceof Uint8Array ? undefined : key.reason;
}

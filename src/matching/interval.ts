import type { AffectedPackage, RangeEventKind } from "../vocabulary/advisory.ts";
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

/** Compiles one `affected` entry (OSV schema 1.7.5, evaluation section) with its ecosystem's order; undefined scheme = text only. */
export type CompileAffected = (affected: AffectedPackage, scheme: VersionScheme | undefined) => CompiledPackage;

/** Tie order of events at one version. */
export const EVENT_ORDER: Readonly<Record<RangeEventKind, number>> = { introduced: 0, last_affected: 1, fixed: 2, limit: 3 };

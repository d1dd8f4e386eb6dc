import type { AdvisoryKind } from "./advisory.ts";
import type { CannotSayReason, DataStanding } from "./data-standing.ts";
import type { Problem } from "./problem.ts";
import type { StagedAnswer } from "./staged-answer.ts";

/** The answer to "what of mine is affected, and what do I change": the same from the command line, the API and an offline snapshot. */
export type ScanAnswer = {
  readonly documents: readonly ReadDocument[];
  /** Documents that could not be read at all; the others are still answered. */
  readonly unreadable: readonly Problem[];
  /** The remediation plan: worst first, fewest changes. `findings[].endedBy` points here by `number`. */
  readonly changes: readonly Change[];
  /** One entry a vulnerability, never one an alias; worst first. */
  readonly findings: readonly Finding[];
  /** Components whose version has no place in its ecosystem's order, or that name none. */
  readonly cannotCompare: readonly CannotCompare[];
  /** One entry an ecosystem that occurs in the documents. */
  readonly ecosystems: readonly EcosystemAnswer[];
  /** Only in the answer to a member: what is confidential and about the components. Absent = nobody was asked for. */
  readonly staged?: StagedAnswer;
  /** Milliseconds since 1970 at which data ages were taken. */
  readonly answeredAtMs: number;
};

export type ReadDocument = {
  readonly name: string;
  readonly format: string;
  readonly components: number;
  /** Entries left out, with place and reason. */
  readonly problems: readonly Problem[];
};

export type EcosystemAnswer = {
  /** The OSV ecosystem, or the document's own package type when OSV has none. */
  readonly ecosystem: string;
  readonly components: number;
  readonly standing: DataStanding | undefined;
  /** Why "nothing found" cannot be said for it; undefined = it can. */
  readonly cannotSay: CannotSayReason | undefined;
};

export type Finding = {
  /** The vulnerability's surrogate id. */
  readonly vulnerability: string;
  /** Every id it goes by, the best known first (CVE, then GHSA, then the rest by name). */
  readonly ids: readonly string[];
  readonly title: string;
  readonly kind: AdvisoryKind;
  readonly exploited: boolean;
  /** CVSS base score computed from the vector; undefined = no usable vector. */
  readonly score: number | undefined;
  readonly components: readonly FoundComponent[];
  /** Numbers of the changes that end it; a component whose `fix` is `none` stays affected after all of them. */
  readonly endedBy: readonly number[];
};

export type FoundComponent = {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  /** The advisory whose statement matched. */
  readonly advisory: string;
  /** The interval that holds the version, as `[lo, hi)` in the advisory's own spelling; `=1.2.3` for a listed version. */
  readonly affected: string;
  /** `document: place`, at most 20. */
  readonly places: readonly string[];
  readonly fix: Fix;
};

/** What ends an exposure. `version` is the advisory's own bound and is not checked against the registry. */
export type Fix =
  | { readonly kind: "version"; readonly version: string; readonly majorChange: boolean }
  /** `version` is the last affected one; the first that is not is not named. */
  | { readonly kind: "above"; readonly version: string; readonly majorChange: boolean }
  | { readonly kind: "none" }
  | { readonly kind: "remove" };

export type Change = {
  /** From 1. */
  readonly number: number;
  readonly ecosystem: string;
  readonly name: string;
  /** The versions in use that it replaces. */
  readonly from: readonly string[];
  readonly fix: Fix;
  /** The document it is to be made in. */
  readonly document: string;
  /** Undefined = the document does not say how components depend on one another. */
  readonly direct: boolean | undefined;
  readonly development: boolean;
  /** The root's own dependencies through which it comes, when it is not one itself; what needs it directly when `direct` is undefined. At most 5. */
  readonly through: readonly string[];
  /** Requirements that the fixed version would break: `form-builder 1.0.0 asks for ~4.16.0`. */
  readonly blockedBy: readonly string[];
  /** Commands to run, in order, in the project's directory; empty when none is known. */
  readonly commands: readonly string[];
  /** What to mind, in a reader's words: `major version change`, `0.x: any release may break`. */
  readonly notes: readonly string[];
  /** Best known ids of the vulnerabilities it ends, worst first. */
  readonly ends: readonly string[];
  readonly exploited: boolean;
  /** Highest score among what it ends; undefined = something without a score ranks above that. */
  readonly score: number | undefined;
};

export type CannotCompare = {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly place: string;
  readonly reason: string;
  /** Advisories whose ranges could not be compared for it; empty when its own version is the obstacle. */
  readonly advisories: readonly string[];
};

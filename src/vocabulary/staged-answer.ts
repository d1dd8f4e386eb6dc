import type { PatchBody } from "./draft-advisory.ts";
import type { ZonedInstant } from "./release-plan.ts";
import type { Fix } from "./scan-answer.ts";

/**
 * What draft advisories say of the components, to a member whose organisation was let know before everyone. Empty for whoever was not:
 * below one's level there is nothing, not even a count.
 */
export type StagedAnswer = {
  /** At level fix: the ranges that hold a component, and what ends them. */
  readonly findings: readonly StagedFinding[];
  /** At level notice: something is coming for the package. Which versions it is about is not told yet. */
  readonly notices: readonly StagedNotice[];
  /** At level fix: drafts about the package whose ranges could not be compared with the component's version. */
  readonly cannotCompare: readonly StagedCannotCompare[];
};

/** A draft advisory that a member may know of. */
export type StagedDraft = {
  readonly draft: string;
  /** The id that it will be published under. */
  readonly advisory: string;
  /** When everyone will know; undefined = no hour is agreed. */
  readonly publicAt: ZonedInstant | undefined;
};

export type StagedFinding = StagedDraft & {
  readonly title: string;
  readonly components: readonly StagedComponent[];
  readonly patches: readonly Pick<PatchBody, "kind" | "text">[];
};

export type StagedComponent = {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  /** As in a finding: `[lo, hi)`. */
  readonly affected: string;
  /** `document: place`, at most 20; empty where only the package was asked about. */
  readonly places: readonly string[];
  readonly fix: Fix;
};

export type StagedNotice = StagedDraft & { readonly ecosystem: string; readonly name: string; readonly places: readonly string[] };

export type StagedCannotCompare = StagedDraft & {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly places: readonly string[];
  readonly reason: string;
};

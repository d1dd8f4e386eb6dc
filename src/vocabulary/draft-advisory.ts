import type { AffectedPackage, AdvisoryReference } from "./advisory.ts";
import type { DraftLevel } from "./level.ts";

/** A draft advisory by its owner and its id: what every row about it begins with. */
export type DraftKey = { readonly organisation: string; readonly draft: string };

/** What one part of a draft advisory says. Its body's shape is the kind's. */
export const PART_KINDS = [
  "notice",
  "summary",
  "details",
  "affected",
  "patch",
  "severity",
  "weakness",
  "reference",
  "credit",
  "alias",
  "build",
  "research",
] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** The level a part of each kind begins at. A part may be made more confidential, never less than `LEAST_LEVEL`. */
export const LEVEL_OF_PART: Readonly<Record<PartKind, DraftLevel>> = {
  notice: "notice",
  summary: "fix",
  details: "fix",
  affected: "fix",
  patch: "fix",
  severity: "fix",
  weakness: "fix",
  reference: "fix",
  credit: "fix",
  alias: "fix",
  build: "build",
  research: "case",
};

/** `notice`: which packages, nothing else; the date is the release plan's. */
export type NoticeBody = { readonly packages: readonly { readonly ecosystem: string; readonly name: string }[] };
export type TextBody = { readonly text: string };
export type AffectedBody = AffectedPackage;
/** What ends the affected range: a version, a commit, a diff, or what to do until there is one. */
export type PatchBody = {
  readonly kind: "fixed-version" | "commit" | "diff" | "mitigation";
  readonly ecosystem: string | undefined;
  readonly name: string | undefined;
  readonly text: string;
};
export type SeverityBody = { readonly type: string; readonly vector: string };
export type CreditBody = { readonly name: string; readonly role: string; readonly contact: readonly string[] };

export type PartBody =
  | { readonly kind: "notice"; readonly body: NoticeBody }
  | { readonly kind: "summary" | "details" | "weakness" | "alias" | "build" | "research"; readonly body: TextBody }
  | { readonly kind: "affected"; readonly body: AffectedBody }
  | { readonly kind: "patch"; readonly body: PatchBody }
  | { readonly kind: "severity"; readonly body: SeverityBody }
  | { readonly kind: "reference"; readonly body: AdvisoryReference }
  | { readonly kind: "credit"; readonly body: CreditBody };

/** `open`: being written or released. `published`: in the record. `abandoned`: will not be. */
export const DRAFT_STATES = ["open", "published", "abandoned"] as const;
export type DraftState = (typeof DRAFT_STATES)[number];

/** What the public stage publishes: everything at these levels. What is more confidential stays so. */
export const PUBLISHED_FROM: DraftLevel = "fix";

import type { OrganisationKind } from "../../src/vocabulary/organisation.ts";
import type { StoryHour } from "./story-hour.ts";

/** Nine actors of seven kinds. */
export const ACTORS = ["harbour", "board", "signals", "lantern", "quill", "mast", "prism", "wren", "keel"] as const;
/** Five operators, each with one system. */
export const OPERATORS = ["ward", "spark", "vault", "brook", "rail"] as const;
export const ORGANISATIONS = [...ACTORS, ...OPERATORS] as const;
export type Organisation = (typeof ORGANISATIONS)[number];
export type Operator = (typeof OPERATORS)[number];

export type Part = {
  readonly name: string;
  readonly kind: OrganisationKind;
  /** An intelligence or law-enforcement function. */
  readonly excluded?: true;
};

export const CAST: Readonly<Record<Organisation, Part>> = {
  harbour: { name: "Harbour Clearing House", kind: "coordinator" },
  board: { name: "Board of Health", kind: "agency" },
  signals: { name: "Signals Bureau", kind: "agency", excluded: true },
  lantern: { name: "Lantern, who keep packages of npm", kind: "maintainer" },
  quill: { name: "Quill, who keep packages of PyPI", kind: "maintainer" },
  mast: { name: "Mast Systems", kind: "vendor" },
  prism: { name: "Prism Laboratory", kind: "lab" },
  wren: { name: "Wren Research", kind: "finder" },
  keel: { name: "Keel Linux", kind: "distributor" },
  ward: { name: "Ward Hospital", kind: "operator" },
  spark: { name: "Spark Grid", kind: "operator" },
  vault: { name: "Vault Bank", kind: "operator" },
  brook: { name: "Brook Waterworks", kind: "operator" },
  rail: { name: "Rail Company", kind: "operator" },
};

export const CIRCLES = ["fixers", "operators", "table"] as const;
export type Circle = (typeof CIRCLES)[number];

export type CircleTerms = {
  readonly name: string;
  readonly purpose: string;
  readonly owner: Organisation;
  /** What its members sign before they see anything by it. */
  readonly agreement?: string;
  readonly needsSecondFactor: boolean;
  readonly needsSponsor: boolean;
  readonly longestDays?: number;
  readonly membersListed: boolean;
  readonly members: readonly { readonly of: Organisation; readonly until?: StoryHour; readonly joinsLater?: true }[];
};

export const CIRCLE_TERMS: Readonly<Record<Circle, CircleTerms>> = {
  // Whoever prepares fixes. They know one another. All accept before the story begins, but for Keel, which takes until Monday at 13.
  fixers: {
    name: "Fixers",
    purpose: "Prepare fixes before everyone knows",
    owner: "harbour",
    agreement: "What is read here is used to prepare fixes, and for nothing else.",
    needsSecondFactor: true,
    needsSponsor: false,
    membersListed: true,
    members: [{ of: "lantern" }, { of: "quill" }, { of: "mast" }, { of: "prism" }, { of: "keel", joinsLater: true }, { of: "signals" }],
  },
  // Whoever runs things, and whoever writes for them. Nobody in it is told who else is. Every membership ends; Spark's on Tuesday at 16.
  operators: {
    name: "Operators",
    purpose: "Know what to patch, and when",
    owner: "harbour",
    needsSecondFactor: false,
    needsSponsor: false,
    longestDays: 60,
    membersListed: false,
    members: [
      { of: "lantern" },
      { of: "quill" },
      { of: "mast" },
      { of: "prism" },
      { of: "wren" },
      { of: "board" },
      { of: "ward" },
      { of: "spark", until: "Tue 16" },
      { of: "vault" },
      { of: "brook" },
      { of: "rail" },
    ],
  },
  // A few who talk about cases. Mast keeps it and vouches for each.
  table: {
    name: "Round Table",
    purpose: "Talk about cases",
    owner: "mast",
    needsSecondFactor: true,
    needsSponsor: true,
    membersListed: true,
    members: [{ of: "lantern" }, { of: "prism" }, { of: "wren" }],
  },
};

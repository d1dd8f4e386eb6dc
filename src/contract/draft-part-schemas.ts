import { z } from "zod";
import { DRAFT_LEVELS } from "../vocabulary/level.ts";

/** In force in one draft at a time. */
export const MAX_PARTS = 500;
/** Of one draft, replaced ones too. */
export const MAX_REVISIONS = 5000;
const MAX_TEXT = 100_000;

/** PostgreSQL stores no U+0000, and no text has a use for it. */
export const withoutNul = /^[^\0]*$/;
const words = (longest: number) => z.string().min(1).max(longest).regex(withoutNul, "expected a text without the character U+0000");
/** Names and versions become database keys and lines of output. */
const name = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}+$/u, "expected a text without control characters");

export const packageName = z.object({
  ecosystem: name(100).describe("As OSV spells it, suffix included: `npm`, `Debian:12`"),
  name: name(300),
});
const version = name(256);

const range = z.object({
  type: z.enum(["SEMVER", "ECOSYSTEM", "GIT"]),
  repository: name(500).optional().describe("For GIT: where the commits are"),
  events: z
    .array(z.object({ kind: z.enum(["introduced", "fixed", "last_affected", "limit"]), version }))
    .min(1)
    .max(1000)
    .refine(
      (events) => events.some(({ kind }) => kind === "introduced"),
      "expected an introduced event: without one nothing would be affected",
    ),
});

const affected = z
  .object({
    package: packageName.optional(),
    purl: name(500).optional(),
    ranges: z.array(range).max(100).default([]),
    versions: z.array(version).max(20_000).default([]),
  })
  .refine(
    ({ package: named, ranges }) => named !== undefined || ranges.some(({ repository }) => repository !== undefined),
    "expected a package, or a range over commits with its repository",
  );

const text = z.object({ text: words(MAX_TEXT) });

const bodyOfKind = {
  notice: z.object({ packages: z.array(packageName).min(1).max(200) }),
  summary: z.object({ text: words(300) }),
  details: text,
  affected,
  patch: z.object({
    kind: z.enum(["fixed-version", "commit", "diff", "mitigation"]),
    ecosystem: name(100).optional(),
    name: name(300).optional(),
    text: words(MAX_TEXT),
  }),
  severity: z.object({ type: name(40).describe("`CVSS_V3`, `CVSS_V4`, or another scale's name"), vector: name(300) }),
  weakness: z.object({ text: z.string().regex(/^CWE-\d{1,6}$/, "expected an id of CWE, such as CWE-79") }),
  reference: z.object({
    type: z.enum(["ADVISORY", "ARTICLE", "DETECTION", "DISCUSSION", "REPORT", "FIX", "INTRODUCED", "GIT", "PACKAGE", "EVIDENCE", "WEB"]),
    url: z.url({ protocol: /^https?$/ }).max(2000),
  }),
  credit: z.object({
    name: name(200),
    role: name(40).describe("As OSV has them: `FINDER`, `REPORTER`, `ANALYST` …"),
    contact: z.array(name(500)).max(10).default([]),
  }),
  alias: z.object({ text: z.string().regex(/^[^./\\\p{C}\s][^/\\\p{C}\s]{0,199}$/u, "expected an id, such as CVE-2026-1234") }),
  build: text,
  research: text,
};

/** What a part says, by its kind. */
export const statedPart = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("notice"), body: bodyOfKind.notice }),
  z.object({ kind: z.literal("summary"), body: bodyOfKind.summary }),
  z.object({ kind: z.literal("details"), body: bodyOfKind.details }),
  z.object({ kind: z.literal("affected"), body: bodyOfKind.affected }),
  z.object({ kind: z.literal("patch"), body: bodyOfKind.patch }),
  z.object({ kind: z.literal("severity"), body: bodyOfKind.severity }),
  z.object({ kind: z.literal("weakness"), body: bodyOfKind.weakness }),
  z.object({ kind: z.literal("reference"), body: bodyOfKind.reference }),
  z.object({ kind: z.literal("credit"), body: bodyOfKind.credit }),
  z.object({ kind: z.literal("alias"), body: bodyOfKind.alias }),
  z.object({ kind: z.literal("build"), body: bodyOfKind.build }),
  z.object({ kind: z.literal("research"), body: bodyOfKind.research }),
]);
export type StatedPart = z.output<typeof statedPart>;
export type StatedPartInput = z.input<typeof statedPart>;

export const levelSchema = z.enum(DRAFT_LEVELS);
export const levelledPart = z
  .intersection(
    statedPart,
    z.object({ level: levelSchema.optional().describe("Absent = the kind's own. It may be more confidential, never less") }),
  )
  .describe("A part: its kind, what it says, and the level from which it is seen");

import { z } from "zod";
import { DRAFT_STATES, PART_KINDS } from "../../vocabulary/draft-advisory.ts";
import { ofDraft, readingDraft, writingDraft } from "../draft-call-shapes.ts";
import { levelledPart, levelSchema as level, MAX_PARTS, packageName, withoutNul } from "../draft-part-schemas.ts";
import { endpoint } from "../endpoint.ts";
import { cursor, nothing, pageLimit } from "../schemas.ts";
import { publishedAnswer } from "./corrections.ts";
import { attachmentAnswer } from "./draft-attachments.ts";

const author = z.object({ organisation: z.string(), name: z.string().optional().describe("Absent = you do not know that organisation") });

const part = z.object({
  id: z.string(),
  kind: z.enum(PART_KINDS),
  level,
  body: z.unknown().optional().describe("Of the kind's shape. Absent for research, which is read by itself and written down"),
  writtenAtMs: z.number(),
  revision: z.number().int().optional().describe("For those who see the case: name it when you change the part"),
  author: author.optional().describe("For those who see the case"),
});
export type WirePart = z.output<typeof part>;

const event = z.object({
  id: z.string(),
  level,
  kind: z.string(),
  details: z.record(z.string(), z.unknown()),
  actor: author.optional().describe("Absent = Sluice itself"),
  atMs: z.number(),
});
export type WireDraftEvent = z.output<typeof event>;

const date = z.object({ instantMs: z.number(), zone: z.string() });

const draft = z.object({
  id: z.string(),
  level: level.describe("The most confidential that you see"),
  state: z.enum(DRAFT_STATES),
  packages: z.array(packageName).describe("Which packages a notice names; empty = no notice has been written"),
  publicOn: date.optional().describe("When everyone will know, as planned"),
  advisory: z.string().optional().describe("The id it is published under; from level fix, and for everyone once it is public"),
  case: z
    .object({
      owner: author,
      isOwner: z.boolean(),
      mayWrite: z.boolean(),
      mayReadResearch: z.boolean(),
      createdAtMs: z.number(),
    })
    .optional()
    .describe("For those who see the case"),
  owner: author.optional().describe("From level fix"),
  parts: z.array(part).optional().describe("From level fix: those at a level that you see"),
  attachments: z.array(attachmentAnswer).optional().describe("From level fix"),
  published: publishedAnswer.optional().describe("What was published, corrected and withdrawn, once it is public"),
});
export type WireDraft = z.output<typeof draft>;

const row = z.object({
  id: z.string(),
  level,
  state: z.enum(DRAFT_STATES),
  packages: z.array(packageName).describe("At most 5: of the notice and, from level fix, of what is affected"),
  packageCount: z.number().int(),
  summary: z.string().optional().describe("From level fix"),
  advisory: z.string().optional(),
  owner: author.optional(),
  publicOn: date.optional(),
  openedAtMs: z.number().describe("When it was last opened to you"),
});
export type WireDraftRow = z.output<typeof row>;

const ofPart = { ...ofDraft, params: z.object({ draft: z.uuid(), part: z.uuid() }) } as const;
const written = z.object({ id: z.string().describe("Of the part"), revision: z.number().int(), level });

/** Drafts that were opened to the actor's organisation, newest opening first. */
export const listDrafts = endpoint({
  ...readingDraft,
  id: "listDrafts",
  path: "/api/drafts",
  title: "Draft advisories that you may know of",
  description:
    "Your organisation's own, and those opened to one of its circles. Each row says no more than its level shows. There are no totals.",
  errors: "problem",
  answerType: "application/json",
  params: nothing,
  query: z.object({
    state: z.enum(DRAFT_STATES).optional(),
    own: z
      .enum(["true", "false"])
      .transform((flag) => flag === "true")
      .optional()
      .describe("True = your organisation's own, false = others'"),
    after: cursor,
    limit: pageLimit,
  }),
  answer: z.object({ rows: z.array(row), next: z.string().optional() }),
});

export const createDraft = endpoint({
  ...writingDraft,
  id: "createDraft",
  path: "/api/drafts",
  title: "Begin a draft advisory",
  description: "Seen by your organisation alone until its release plan opens a stage.",
  errors: "problem",
  answerType: "application/json",
  params: nothing,
  query: nothing,
  body: z.object({ parts: z.array(levelledPart).max(MAX_PARTS).default([]) }),
  answer: z.object({ id: z.string(), advisory: z.string(), parts: z.array(written) }),
});

export const readDraft = endpoint({
  ...ofDraft,
  ...readingDraft,
  id: "readDraft",
  path: "/api/drafts/{draft}",
  title: "A draft advisory, as far as you may know it",
  description:
    "At `notice` the names of its packages and the date, nothing else; from `fix` the parts at levels that you see. That you read it is written down. What is not open to you is not found.",
  answer: draft,
});

export const writePart = endpoint({
  ...ofDraft,
  ...writingDraft,
  id: "writePart",
  path: "/api/drafts/{draft}/parts",
  title: "Add a part",
  description:
    "By an organisation that sees the case. Affected ranges and notices take part in scans at once, for those who see their level.",
  body: levelledPart,
  answer: written,
});

export const changePart = endpoint({
  ...ofPart,
  ...writingDraft,
  id: "changePart",
  path: "/api/drafts/{draft}/parts/{part}",
  title: "Change a part",
  description: "Makes a new revision; the old one is kept. A conflict says what is there now when somebody was faster.",
  body: z.intersection(levelledPart, z.object({ revision: z.number().int().min(1).describe("That you have read") })),
  answer: written,
});

export const removePart = endpoint({
  ...ofPart,
  ...writingDraft,
  id: "removePart",
  path: "/api/drafts/{draft}/parts/{part}/remove",
  title: "Remove a part",
  description: "Its revisions are kept for those who see the case.",
  body: z.object({ revision: z.number().int().min(1).describe("That you have read") }),
  answer: z.object({ id: z.string() }),
});

export const readPartHistory = endpoint({
  ...ofPart,
  ...readingDraft,
  id: "readPartHistory",
  path: "/api/drafts/{draft}/parts/{part}/revisions",
  title: "Revisions of a part",
  description: "Newest first, for those who see the case. Research shows who wrote when, not what.",
  answer: z.object({
    revisions: z.array(part.extend({ replacedAtMs: z.number().optional().describe("Absent = in force") })),
  }),
});

export const readResearch = endpoint({
  ...ofPart,
  ...writingDraft,
  id: "readResearch",
  path: "/api/drafts/{draft}/parts/{part}/research",
  title: "Read the research",
  description:
    "For those who see the case. Who read, when and in which session is written down before it is shown, and the owner can see it.",
  access: "research.read",
  bodyLimitBytes: 1024,
  body: nothing,
  answer: z.object({ text: z.string(), revision: z.number().int() }),
});

export const listDraftEvents = endpoint({
  ...ofDraft,
  ...readingDraft,
  id: "listDraftEvents",
  path: "/api/drafts/{draft}/events",
  title: "What happened to a draft advisory",
  description: "From level fix, newest first: what is at a level that you see.",
  query: z.object({ after: cursor, limit: pageLimit }),
  answer: z.object({ rows: z.array(event), next: z.string().optional() }),
});

export const abandonDraft = endpoint({
  ...ofDraft,
  ...writingDraft,
  id: "abandonDraft",
  path: "/api/drafts/{draft}/abandon",
  title: "Abandon a draft advisory",
  description:
    "By its owner. Nothing more of it opens, scans stop matching it, and whoever was let see it is told that it will not be published. It cannot be undone.",
  access: "release.decide",
  bodyLimitBytes: 16 * 1024,
  body: z.object({ reason: z.string().trim().min(1).max(2000).regex(withoutNul).describe("For those who see the case") }),
  answer: z.object({ id: z.string(), state: z.enum(DRAFT_STATES) }),
});

export const downloadDraftOsv = endpoint({
  ...ofDraft,
  ...readingDraft,
  id: "downloadDraftOsv",
  path: "/api/drafts/{draft}/osv",
  title: "A draft advisory as an OSV record",
  description: "From level fix: the record as it is published, or would be now; confidential until then.",
  answer: z.record(z.string(), z.unknown()),
});

export const draftEndpoints = [
  listDrafts,
  createDraft,
  readDraft,
  writePart,
  changePart,
  removePart,
  readPartHistory,
  readResearch,
  listDraftEvents,
  abandonDraft,
  downloadDraftOsv,
] as const;

import { z } from "zod";
import { DRAFT_STATES, PART_KINDS } from "../../vocabulary/draft-advisory.ts";
import { levelledPart, levelSchema as level, packageName, statedPart, withoutNul } from "../draft-part-schemas.ts";
import { endpoint } from "../endpoint.ts";
import { byteSource, cursor, noBody, nothing, pageLimit } from "../schemas.ts";

export const MAX_PART_BYTES = 512 * 1024;
export const MAX_IMPORT_BYTES = 16 * 1024 * 1024;
export const MAX_ATTACHMENT_BYTES = 32 * 1024 * 1024;
export const MAX_ATTACHMENTS = 40;
/** In force in one draft at a time. */
export const MAX_PARTS = 500;
/** Of one draft, replaced ones too. */
export const MAX_REVISIONS = 5000;

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

const attachment = z.object({
  id: z.string(),
  level,
  name: z.string(),
  mediaType: z.string(),
  sizeBytes: z.number().int(),
  sha256: z.string().describe("Of the file's bytes, hex"),
  writtenAtMs: z.number(),
});

export type WireAttachment = z.output<typeof attachment>;

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

const published = z.object({
  isWithdrawn: z.boolean(),
  mayCorrect: z.boolean(),
  revisions: z
    .array(
      z.object({
        version: z.number().int().optional().describe("As the ledger counts; absent = it comes into the record in this moment"),
        withdraws: z.boolean(),
        reason: z.string().optional().describe("Absent for the first"),
        atMs: z.number(),
      }),
    )
    .describe("The oldest first. Two corrections stated in one moment are one revision"),
});
export type WirePublished = z.output<typeof published>;

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
  attachments: z.array(attachment).optional().describe("From level fix"),
  published: published.optional().describe("What was published, corrected and withdrawn, once it is public"),
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

const ofDraft = { params: z.object({ draft: z.uuid() }), query: nothing, errors: "problem", answerType: "application/json" } as const;
const ofPart = { ...ofDraft, params: z.object({ draft: z.uuid(), part: z.uuid() }) } as const;
const get = { method: "GET", bodyKind: "none", body: noBody, bodyLimitBytes: 0, access: "draft.read" } as const;
const write = { method: "POST", bodyKind: "json", bodyLimitBytes: MAX_PART_BYTES, access: "draft.write" } as const;
const importQuery = z.object({
  vulnerability: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("For a document with several: the CVE or another id of the one that is meant"),
  level: level
    .optional()
    .describe("No part stands at a less confidential level; the kinds' own and the document's TLP marking count besides"),
});
const imported = z.object({
  id: z.string().describe("Of the draft"),
  advisory: z.string(),
  format: z.enum(["osv", "csaf"]),
  parts: z.number().int(),
  leftOut: z.array(z.object({ place: z.string(), reason: z.string() })).describe("What the document says and a draft has no part for"),
});
const written = z.object({ id: z.string().describe("Of the part"), revision: z.number().int(), level });

/** Drafts that were opened to the actor's organisation, newest opening first. */
export const listDrafts = endpoint({
  ...get,
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
  ...write,
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

export const importDraft = endpoint({
  id: "importDraft",
  method: "POST",
  path: "/api/drafts/import",
  title: "Begin a draft advisory from a document",
  description:
    "An OSV record or a CSAF 2.0 document in JSON. The same document twice is a conflict that names the draft made of it. A document marked TLP:AMBER or above makes parts at least as confidential.",
  access: "draft.write",
  errors: "problem",
  params: nothing,
  query: importQuery,
  bodyKind: "bytes",
  body: z.instanceof(Uint8Array),
  bodyLimitBytes: MAX_IMPORT_BYTES,
  answerType: "application/json",
  answer: imported,
});

export const readDraft = endpoint({
  ...ofDraft,
  ...get,
  id: "readDraft",
  path: "/api/drafts/{draft}",
  title: "A draft advisory, as far as you may know it",
  description:
    "At `notice` the names of its packages and the date, nothing else; from `fix` the parts at levels that you see. That you read it is written down. What is not open to you is not found.",
  answer: draft,
});

export const writePart = endpoint({
  ...ofDraft,
  ...write,
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
  ...write,
  id: "changePart",
  path: "/api/drafts/{draft}/parts/{part}",
  title: "Change a part",
  description: "Makes a new revision; the old one is kept. A conflict says what is there now when somebody was faster.",
  body: z.intersection(levelledPart, z.object({ revision: z.number().int().min(1).describe("That you have read") })),
  answer: written,
});

export const removePart = endpoint({
  ...ofPart,
  ...write,
  id: "removePart",
  path: "/api/drafts/{draft}/parts/{part}/remove",
  title: "Remove a part",
  description: "Its revisions are kept for those who see the case.",
  body: z.object({ revision: z.number().int().min(1).describe("That you have read") }),
  answer: z.object({ id: z.string() }),
});

export const readPartHistory = endpoint({
  ...ofPart,
  ...get,
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
  ...write,
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
  ...get,
  id: "listDraftEvents",
  path: "/api/drafts/{draft}/events",
  title: "What happened to a draft advisory",
  description: "From level fix, newest first: what is at a level that you see.",
  query: z.object({ after: cursor, limit: pageLimit }),
  answer: z.object({ rows: z.array(event), next: z.string().optional() }),
});

export const importIntoDraft = endpoint({
  ...ofDraft,
  id: "importIntoDraft",
  method: "POST",
  path: "/api/drafts/{draft}/import",
  title: "Add the parts of a document",
  description: "Of an OSV record or a CSAF 2.0 document in JSON. Nothing that is there is changed.",
  query: importQuery,
  access: "draft.write",
  bodyKind: "bytes",
  body: z.instanceof(Uint8Array),
  bodyLimitBytes: MAX_IMPORT_BYTES,
  answer: imported,
});

const attachmentLevel = z.enum(["case", "build", "fix"]);
const ofAttachment = { ...ofDraft, params: z.object({ draft: z.uuid(), attachment: z.uuid() }) } as const;

export const addAttachment = endpoint({
  ...ofDraft,
  id: "addAttachment",
  method: "POST",
  path: "/api/drafts/{draft}/attachments",
  title: "Add a file",
  description: `By an organisation that sees the case. Sealed on the server's disk. At most ${MAX_ATTACHMENTS} files of ${MAX_ATTACHMENT_BYTES / 1024 / 1024} MiB in one draft; a public stage does not publish them.`,
  access: "draft.write",
  query: z.object({
    name: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[^\p{C}/\\]+$/u, "expected a file name without a path and without control characters")
      .default("file"),
    level: attachmentLevel.default("case"),
    mediaType: z
      .string()
      .max(100)
      .regex(/^[\w.+-]+\/[\w.+-]+$/)
      .default("application/octet-stream"),
  }),
  bodyKind: "stream",
  body: byteSource,
  bodyLimitBytes: MAX_ATTACHMENT_BYTES,
  answer: attachment,
});

export const downloadAttachment = endpoint({
  ...ofAttachment,
  ...get,
  id: "downloadAttachment",
  path: "/api/drafts/{draft}/attachments/{attachment}",
  title: "Read a file",
  description:
    "Its bytes, as a download whatever their kind. Who read it is written down. The last bytes come only when the whole is as it was added.",
  answerType: "application/octet-stream",
  answer: z.instanceof(Uint8Array),
});

export const removeAttachment = endpoint({
  ...ofAttachment,
  ...write,
  id: "removeAttachment",
  path: "/api/drafts/{draft}/attachments/{attachment}/remove",
  title: "Remove a file",
  description: "By who added it, or the draft's owner. Its bytes are destroyed; that it was there is known to those who see the case.",
  bodyLimitBytes: 1024,
  body: nothing,
  answer: z.object({ id: z.string() }),
});

export const abandonDraft = endpoint({
  ...ofDraft,
  ...write,
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

const publicReason = z.string().trim().min(1).max(2000).regex(withoutNul).describe("Public: the record says it");
const corrected = z.object({
  advisory: z.string(),
  version: z
    .number()
    .int()
    .optional()
    .describe("The revision that it became; absent = it comes into the record with the next look, in seconds"),
});

export const correctAdvisory = endpoint({
  ...ofDraft,
  ...write,
  id: "correctAdvisory",
  path: "/api/drafts/{draft}/corrections",
  title: "Correct a published advisory",
  description:
    "By its owner: parts that were published become otherwise, all at once, in one new revision of the record with its reason. Scans, the OSV API and npm audit follow, a leaf of the ledger and a signature are made, " +
    "and whoever was let see the draft is told. Earlier revisions stay to be read. What was not published stays so: only kinds that are published are taken.",
  access: "release.decide",
  body: z.object({
    reason: publicReason,
    write: z.array(statedPart).max(MAX_PARTS).default([]).describe("New parts"),
    change: z
      .array(z.intersection(statedPart, z.object({ part: z.uuid(), revision: z.number().int().min(1).describe("That you have read") })))
      .max(MAX_PARTS)
      .default([]),
    remove: z
      .array(z.object({ part: z.uuid(), revision: z.number().int().min(1).describe("That you have read") }))
      .max(MAX_PARTS)
      .default([]),
  }),
  answer: corrected,
});

export const withdrawAdvisory = endpoint({
  ...ofDraft,
  ...write,
  id: "withdrawAdvisory",
  path: "/api/drafts/{draft}/withdraw",
  title: "Withdraw a published advisory",
  description:
    "By its owner, for good: the record says since when and why, nothing is matched against it any more, and whoever was let see the draft is told. It stays to be read with its history.",
  access: "release.decide",
  bodyLimitBytes: 16 * 1024,
  body: z.object({ reason: publicReason }),
  answer: corrected,
});

export const downloadDraftOsv = endpoint({
  ...ofDraft,
  ...get,
  id: "downloadDraftOsv",
  path: "/api/drafts/{draft}/osv",
  title: "A draft advisory as an OSV record",
  description: "From level fix: the record as it is published, or would be now; confidential until then.",
  answer: z.record(z.string(), z.unknown()),
});

export const draftEndpoints = [
  listDrafts,
  createDraft,
  importDraft,
  readDraft,
  writePart,
  changePart,
  removePart,
  readPartHistory,
  readResearch,
  listDraftEvents,
  importIntoDraft,
  addAttachment,
  downloadAttachment,
  removeAttachment,
  abandonDraft,
  correctAdvisory,
  withdrawAdvisory,
  downloadDraftOsv,
] as const;

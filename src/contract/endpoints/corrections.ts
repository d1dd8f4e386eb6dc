import { z } from "zod";
import { ofDraft, writingDraft } from "../draft-call-shapes.ts";
import { MAX_PARTS, statedPart, withoutNul } from "../draft-part-schemas.ts";
import { endpoint } from "../endpoint.ts";

export const publishedAnswer = z.object({
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
export type WirePublished = z.output<typeof publishedAnswer>;

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
  ...writingDraft,
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
  ...writingDraft,
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

export const correctionEndpoints = [correctAdvisory, withdrawAdvisory] as const;

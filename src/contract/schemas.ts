import { z } from "zod";
import type { ScanAnswer } from "../vocabulary/scan-answer.ts";
import type { StagedAnswer } from "../vocabulary/staged-answer.ts";

/** Query text as numbers and truth values. */
export const pageLimit = z.coerce.number().int().min(1).max(200).default(40);
/** Long enough for a key with the longest name in it, written in base64url. */
export const cursor = z.string().max(2000).optional().describe("`next` of the page before; opaque");
export const nothing = z.object({});
export const noBody = z.undefined();

/** Bytes at once, or as they come: the body of an endpoint that streams. */
export type ByteSource = Uint8Array | AsyncIterable<Uint8Array>;
export const byteSource = z.custom<ByteSource>(
  (value) => value instanceof Uint8Array || (typeof value === "object" && value !== null && Symbol.asyncIterator in value),
);

export const instantText = z.iso.datetime({ offset: true });

export const standingSchema = z.object({
  ecosystem: z.string(),
  source: z.string(),
  advisories: z.number().int(),
  statedAtMs: z.union([z.number(), z.undefined()]).optional(),
  sample: z.boolean(),
});

const problem = z.object({ place: z.string(), reason: z.string() });

const cannotSay = z.enum(["no-data", "no-release", "no-scheme", "sample", "undated", "future", "stale"]);

const fix = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("version"), version: z.string(), majorChange: z.boolean() }),
  z.object({ kind: z.literal("above"), version: z.string(), majorChange: z.boolean() }),
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("remove") }),
]);

export const ecosystemAnswerSchema = z.object({
  ecosystem: z.string(),
  components: z.number().int(),
  standing: standingSchema.optional(),
  cannotSay: cannotSay.optional(),
});

const stagedDraft = {
  draft: z.string(),
  advisory: z.string().describe("The id that it will be published under"),
  publicAt: z
    .object({ instantMs: z.number(), zone: z.string() })
    .optional()
    .describe("When everyone will know; absent = no hour is agreed"),
};

/** What draft advisories say of components, as far as the asker's organisation was let know. */
export const stagedAnswerSchema = z.object({
  findings: z.array(
    z.object({
      ...stagedDraft,
      title: z.string(),
      components: z.array(
        z.object({
          ecosystem: z.string(),
          name: z.string(),
          version: z.string(),
          affected: z.string(),
          places: z.array(z.string()),
          fix,
        }),
      ),
      patches: z.array(z.object({ kind: z.enum(["fixed-version", "commit", "diff", "mitigation"]), text: z.string() })),
    }),
  ),
  notices: z.array(z.object({ ...stagedDraft, ecosystem: z.string(), name: z.string(), places: z.array(z.string()) })),
  cannotCompare: z.array(
    z.object({
      ...stagedDraft,
      ecosystem: z.string(),
      name: z.string(),
      version: z.string().optional(),
      places: z.array(z.string()),
      reason: z.string(),
    }),
  ),
});

/** The JSON of a scan. Values that are not known are absent. */
export const scanAnswerSchema = z.object({
  documents: z.array(z.object({ name: z.string(), format: z.string(), components: z.number().int(), problems: z.array(problem) })),
  unreadable: z.array(problem),
  changes: z.array(
    z.object({
      number: z.number().int(),
      ecosystem: z.string(),
      name: z.string(),
      from: z.array(z.string()),
      fix,
      document: z.string(),
      direct: z.boolean().optional(),
      development: z.boolean(),
      through: z.array(z.string()),
      blockedBy: z.array(z.string()),
      commands: z.array(z.string()),
      notes: z.array(z.string()),
      ends: z.array(z.string()),
      exploited: z.boolean(),
      score: z.number().optional(),
    }),
  ),
  findings: z.array(
    z.object({
      vulnerability: z.string(),
      ids: z.array(z.string()),
      title: z.string(),
      kind: z.enum(["vulnerability", "malware"]),
      exploited: z.boolean(),
      score: z.number().optional(),
      components: z.array(
        z.object({
          ecosystem: z.string(),
          name: z.string(),
          version: z.string(),
          advisory: z.string(),
          affected: z.string(),
          places: z.array(z.string()),
          fix,
        }),
      ),
      endedBy: z.array(z.number().int()),
    }),
  ),
  cannotCompare: z.array(
    z.object({
      ecosystem: z.string(),
      name: z.string(),
      version: z.string().optional(),
      place: z.string(),
      reason: z.string(),
      advisories: z.array(z.string()),
    }),
  ),
  ecosystems: z.array(ecosystemAnswerSchema),
  staged: stagedAnswerSchema.optional().describe("For members: what is not public yet"),
  answeredAtMs: z.number(),
});
export type WireScanAnswer = z.infer<typeof scanAnswerSchema>;

/** Compile-time proof that the wire form and the vocabulary say the same. */
export function toWire(answer: ScanAnswer): WireScanAnswer {
  return JSON.parse(JSON.stringify(answer)) as WireScanAnswer;
}

export type WireStagedAnswer = z.infer<typeof stagedAnswerSchema>;
export function stagedToWire(answer: StagedAnswer): WireStagedAnswer {
  return JSON.parse(JSON.stringify(answer)) as WireStagedAnswer;
}

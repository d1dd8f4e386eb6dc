import { z } from "zod";
import { noBody, nothing } from "./schemas.ts";

const MAX_PART_BYTES = 512 * 1024;

/** What is asked of one draft advisory, and answered with JSON. */
export const ofDraft = {
  params: z.object({ draft: z.uuid() }),
  query: nothing,
  errors: "problem",
  answerType: "application/json",
} as const;
export const readingDraft = { method: "GET", bodyKind: "none", body: noBody, bodyLimitBytes: 0, access: "draft.read" } as const;
export const writingDraft = { method: "POST", bodyKind: "json", bodyLimitBytes: MAX_PART_BYTES, access: "draft.write" } as const;

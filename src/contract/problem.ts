import { z } from "zod";
import type { RefusalCode } from "../vocabulary/coded-error.ts";

/** The HTTP status of each refusal. */
export const STATUS_OF: Readonly<Record<RefusalCode, number>> = {
  "access-denied": 404,
  "archive-invalid": 400,
  "archive-too-large": 413,
  "backup-invalid": 400,
  "cannot-say": 503,
  "challenge-refused": 400,
  conflict: 409,
  "credential-refused": 401,
  "cross-site": 403,
  "database-unavailable": 503,
  "directory-in-use": 409,
  "disk-full": 507,
  "document-invalid": 400,
  "document-too-large": 413,
  "document-unknown": 415,
  "feed-changed": 502,
  "feed-invalid": 502,
  "feed-unreachable": 502,
  "host-unknown": 421,
  "input-invalid": 400,
  internal: 500,
  "not-allowed": 403,
  "not-found": 404,
  "rate-limited": 429,
  "shutting-down": 503,
  "sign-in-needed": 401,
  "snapshot-invalid": 500,
  "snapshot-missing": 503,
  "statement-timeout": 503,
  unsupported: 501,
};

/** RFC 9457 problem details, as Sluice writes them. */
export const problemSchema = z.object({
  type: z.string().describe("`/docs#` and the code"),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().describe("What was expected, what was there, and who can change it"),
  place: z.string().optional(),
  current: z.unknown().optional().describe("For a conflict: what is there now"),
});
export type ProblemDetails = z.infer<typeof problemSchema>;

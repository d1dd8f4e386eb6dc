import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { nothing } from "../schemas.ts";

/** The registry endpoint that npm 7 and later, pnpm 12, yarn 4 and bun ask. gzip bodies are taken. */
export const npmBulkAdvisories = endpoint({
  id: "npmBulkAdvisories",
  method: "POST",
  path: "/-/npm/v1/security/advisories/bulk",
  title: "npm: advisories for package versions",
  description:
    "What `npm audit --registry` asks. Only affected packages appear, one entry a vulnerability, however many sources describe it. Findings are always sent. " +
    "Where nothing is found in any of the packages and there is no evidence for nothing (no, sample, stale or undated data, or a version that cannot be compared), the answer is 503 with the reason, which npm prints.",
  access: "anyone",
  errors: "npm",
  params: nothing,
  query: nothing,
  bodyKind: "json",
  body: z.record(z.string().max(300), z.array(z.string().max(300)).max(10_000)),
  // About 100,000 packages, ten times the largest projects: it is checked and matched at one go.
  bodyLimitBytes: 2 * 1024 * 1024,
  answerType: "application/json",
  answer: z.record(
    z.string(),
    z.array(
      z.object({
        id: z.number().int(),
        url: z.string(),
        title: z.string(),
        severity: z.enum(["info", "low", "moderate", "high", "critical"]),
        vulnerable_versions: z.string(),
        cwe: z.array(z.string()).optional(),
        cvss: z.object({ score: z.number(), vectorString: z.string() }).optional(),
      }),
    ),
  ),
});

export const npmEndpoints = [npmBulkAdvisories] as const;

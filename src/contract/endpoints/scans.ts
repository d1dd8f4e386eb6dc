import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { noBody, nothing, scanAnswerSchema, stagedAnswerSchema } from "../schemas.ts";

export const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** One document in, the plan out. */
export const scanDocument = endpoint({
  id: "scanDocument",
  method: "POST",
  path: "/api/scans",
  title: "Scan a lockfile, an SBOM or a system's list of packages",
  description:
    "The document is read, answered and forgotten: nothing of it is stored or logged. The answer is the one `sluice scan` gives. To a member with the right to scan it also says what draft advisories say, as far as the member's organisation was let know.",
  access: "anyone",
  errors: "problem",
  params: nothing,
  query: z.object({
    name: z.string().min(1).max(255).default("document").describe("File name, by which the format is recognised"),
    release: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe("For dpkg's or apk's list of what is installed: the distribution and release, which it does not state: `Debian:12`"),
  }),
  bodyKind: "bytes",
  body: z.instanceof(Uint8Array),
  bodyLimitBytes: MAX_DOCUMENT_BYTES,
  answerType: "application/json",
  answer: scanAnswerSchema,
});

export const MAX_STAGED_COMPONENTS = 200_000;

/** For a scan that matches what is public by itself. */
export const matchStaged = endpoint({
  id: "matchStaged",
  method: "POST",
  path: "/api/scans/staged",
  title: "What is coming for these components",
  description:
    "Draft advisories that have a component in their ranges, as far as the asker's organisation was let know: with ranges and patch at level fix, as a notice below that, and nothing otherwise. The components are forgotten; which drafts were shown is written into their registers.",
  access: "scan",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "json",
  body: z.object({
    components: z
      .array(z.object({ ecosystem: z.string().max(200), name: z.string().max(1000), version: z.string().max(1000).optional() }))
      .max(MAX_STAGED_COMPONENTS),
  }),
  bodyLimitBytes: 32 * 1024 * 1024,
  answerType: "application/json",
  answer: stagedAnswerSchema,
});

export const listFormats = endpoint({
  id: "listFormats",
  method: "GET",
  path: "/api/formats",
  title: "Which documents can be scanned",
  description: "Every format that is read, with its versions and the file names by which a scan of a folder finds it.",
  access: "anyone",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/json",
  answer: z.object({
    formats: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        fileNames: z
          .array(z.string())
          .describe("Lower case; `*` matches any characters of one name, one with `/` is the end of a path, one behind `!` is not taken"),
      }),
    ),
  }),
});

export const downloadSnapshot = endpoint({
  id: "downloadSnapshot",
  method: "GET",
  path: "/api/snapshot",
  title: "Everything public, as one file",
  description: "The snapshot that `sluice scan --offline` reads without parsing. ETag and If-None-Match are honoured. TLP:CLEAR only.",
  access: "anyone",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/octet-stream",
  answer: z.instanceof(Uint8Array),
});

export const scanEndpoints = [scanDocument, matchStaged, listFormats, downloadSnapshot] as const;

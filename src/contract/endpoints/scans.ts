import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { noBody, nothing, scanAnswerSchema } from "../schemas.ts";

export const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** One document in, the plan out. */
export const scanDocument = endpoint({
  id: "scanDocument",
  method: "POST",
  path: "/api/scans",
  title: "Scan a lockfile, an SBOM or a system's list of packages",
  description:
    "The document is read, answered and forgotten: nothing of it is stored or logged. The answer is the one `sluice scan` gives.",
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

export const scanEndpoints = [scanDocument, listFormats, downloadSnapshot] as const;

import { z } from "zod";
import { ofDraft } from "../draft-call-shapes.ts";
import { levelSchema } from "../draft-part-schemas.ts";
import { endpoint } from "../endpoint.ts";
import { nothing } from "../schemas.ts";

const MAX_IMPORT_BYTES = 16 * 1024 * 1024;

const importQuery = z.object({
  vulnerability: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("For a document with several: the CVE or another id of the one that is meant"),
  level: levelSchema
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

export const draftImportEndpoints = [importDraft, importIntoDraft] as const;

import { z } from "zod";
import { ofDraft, readingDraft, writingDraft } from "../draft-call-shapes.ts";
import { levelSchema } from "../draft-part-schemas.ts";
import { endpoint } from "../endpoint.ts";
import { byteSource, nothing } from "../schemas.ts";

export const MAX_ATTACHMENT_BYTES = 32 * 1024 * 1024;
export const MAX_ATTACHMENTS = 40;

export const attachmentAnswer = z.object({
  id: z.string(),
  level: levelSchema,
  name: z.string(),
  mediaType: z.string(),
  sizeBytes: z.number().int(),
  sha256: z.string().describe("Of the file's bytes, hex"),
  writtenAtMs: z.number(),
});
export type WireAttachment = z.output<typeof attachmentAnswer>;

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
  answer: attachmentAnswer,
});

export const downloadAttachment = endpoint({
  ...ofAttachment,
  ...readingDraft,
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
  ...writingDraft,
  id: "removeAttachment",
  path: "/api/drafts/{draft}/attachments/{attachment}/remove",
  title: "Remove a file",
  description: "By who added it, or the draft's owner. Its bytes are destroyed; that it was there is known to those who see the case.",
  bodyLimitBytes: 1024,
  body: nothing,
  answer: z.object({ id: z.string() }),
});

export const draftAttachmentEndpoints = [addAttachment, downloadAttachment, removeAttachment] as const;

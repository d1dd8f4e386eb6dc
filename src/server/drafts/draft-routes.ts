import { Readable } from "node:stream";
import { correctAdvisory, type WirePublished, withdrawAdvisory } from "../../contract/endpoints/corrections.ts";
import { addAttachment, downloadAttachment, removeAttachment, type WireAttachment } from "../../contract/endpoints/draft-attachments.ts";
import { importDraft, importIntoDraft } from "../../contract/endpoints/draft-imports.ts";
import {
  abandonDraft,
  changePart,
  createDraft,
  downloadDraftOsv,
  listDraftEvents,
  listDrafts,
  readDraft,
  readPartHistory,
  readResearch,
  removePart,
  type WireDraft,
  type WireDraftEvent,
  type WireDraftRow,
  type WirePart,
  writePart,
} from "../../contract/endpoints/drafts.ts";
import type { AnswerOf } from "../../contract/endpoint.ts";
import type { Verb } from "../../vocabulary/organisation.ts";
import { shows } from "../../vocabulary/level.ts";
import { RawReply, type Route, route } from "../http/route.ts";
import type { DraftEvent, DraftService, ListedDraft, ReadDraft } from "./draft-service.ts";
import type { AttachmentService, DraftAttachment } from "./attachment-service.ts";
import type { ImportedDraft, ImportService } from "./import-service.ts";
import type { CorrectionService } from "./correction-service.ts";
import type { DraftPart, PartService } from "./part-service.ts";

export type DraftServices = {
  readonly drafts: DraftService;
  readonly parts: PartService;
  readonly corrections: CorrectionService;
  readonly imports: ImportService;
  readonly attachments: AttachmentService;
};

export function draftRoutes({ drafts, parts, corrections, imports, attachments }: DraftServices): readonly Route[] {
  return [
    route(listDrafts, async ({ caller, query }) => {
      const { rows, next } = await drafts.list(caller.actor, query);
      return { rows: rows.map(toWireRow), next };
    }),
    route(createDraft, ({ caller, body }) =>
      drafts.create(caller.actor, body.parts).then(({ parts: made, ...draft }) => ({ ...draft, parts: [...made] })),
    ),
    route(importDraft, async ({ caller, query, body }) => toWireImport(await imports.begin(caller.actor, { ...query, bytes: body }))),
    route(importIntoDraft, async ({ caller, params, query, body }) =>
      toWireImport(await imports.add(caller.actor, params.draft, { ...query, bytes: body })),
    ),
    route(readDraft, async ({ caller, params }) => toWireDraft(await drafts.read(caller.actor, params.draft), caller.verbs)),
    route(writePart, ({ caller, params, body }) => parts.write(caller.actor, params.draft, body)),
    route(changePart, ({ caller, params, body }) => parts.change(caller.actor, params.draft, params.part, body)),
    route(removePart, async ({ caller, params, body }) => {
      await parts.remove(caller.actor, params.draft, params.part, body.revision);
      return { id: params.part };
    }),
    route(readPartHistory, async ({ caller, params }) => ({
      revisions: (await parts.history(caller.actor, params.draft, params.part)).map((one) => ({
        ...toWirePart(one, true),
        replacedAtMs: one.replacedAtMs,
      })),
    })),
    route(readResearch, ({ caller, params }) => parts.research(caller.actor, params.draft, params.part)),
    route(downloadDraftOsv, async ({ caller, params }) => {
      const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
      return new RawReply(200, headers, await drafts.osv(caller.actor, params.draft));
    }),
    route(listDraftEvents, async ({ caller, params, query }) => {
      const { rows, next } = await drafts.events(caller.actor, params.draft, query);
      return { rows: rows.map(toWireEvent), next };
    }),
    route(addAttachment, async ({ caller, params, query, body }) =>
      toWireAttachment(
        await attachments.add(caller.actor, params.draft, { ...query, content: body instanceof Uint8Array ? Readable.from([body]) : body }),
      ),
    ),
    route(downloadAttachment, async ({ caller, params }) => {
      const { attachment, content } = await attachments.read(caller.actor, params.draft, params.attachment);
      return new RawReply(200, downloadHeaders(attachment), content);
    }),
    route(removeAttachment, async ({ caller, params }) => {
      await attachments.remove(caller.actor, params.draft, params.attachment);
      return { id: params.attachment };
    }),
    route(correctAdvisory, ({ caller, params, body }) => corrections.correct(caller.actor, params.draft, body)),
    route(withdrawAdvisory, ({ caller, params, body }) => corrections.withdraw(caller.actor, params.draft, body.reason)),
    route(abandonDraft, async ({ caller, params, body }) => {
      await drafts.abandon(caller.actor, params.draft, body.reason);
      return { id: params.draft, state: "abandoned" as const };
    }),
  ];
}

/** Never shown in the page: a stranger's file must not become a page of this origin. */
function downloadHeaders({ name, sizeBytes, sha256 }: DraftAttachment): Readonly<Record<string, string>> {
  return {
    "content-type": "application/octet-stream",
    "content-length": String(sizeBytes),
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)}`,
    "content-digest": `sha-256=:${Buffer.from(sha256).toString("base64")}:`,
    "cache-control": "no-store",
  };
}

function toWireAttachment({ id, level, name, mediaType, sizeBytes, sha256, writtenAtMs }: DraftAttachment): WireAttachment {
  return { id, level, name, mediaType, sizeBytes, sha256: Buffer.from(sha256).toString("hex"), writtenAtMs };
}

function toWireImport({ leftOut, ...imported }: ImportedDraft): AnswerOf<typeof importDraft> {
  return { ...imported, leftOut: [...leftOut] };
}

/** Exactly what the level shows, field by field. */
function toWireDraft(read: ReadDraft, verbs: readonly Verb[]): WireDraft {
  const { draft, level, state, packages, publicOn, isPublic } = read;
  const known = {
    id: draft,
    level,
    state,
    packages: [...packages],
    publicOn,
    ...(isPublic && state === "published" ? { advisory: read.advisory, published: toWirePublished(read, verbs) } : {}),
  };
  if (!shows(level, "fix")) return known;
  const seesCase = level === "case";
  const owner = { organisation: read.organisation, name: read.ownerName };
  return {
    ...known,
    advisory: read.advisory,
    owner,
    parts: read.parts.map((part) => toWirePart(part, seesCase)),
    attachments: read.attachments.map(toWireAttachment),
    ...(seesCase
      ? {
          case: {
            owner,
            isOwner: read.isOwner,
            mayWrite: read.mayWrite && state === "open" && verbs.includes("draft.write"),
            mayReadResearch: verbs.includes("research.read"),
            createdAtMs: read.createdAtMs,
          },
        }
      : {}),
  };
}

/** What everybody may know of it: the record says the same. */
function toWirePublished({ publishedAtMs, corrections, level, isOwner, mayWrite }: ReadDraft, verbs: readonly Verb[]): WirePublished {
  const isWithdrawn = corrections.some(({ withdraws }) => withdraws);
  return {
    isWithdrawn,
    mayCorrect: level === "case" && isOwner && mayWrite && !isWithdrawn && verbs.includes("release.decide"),
    revisions: [
      { version: 1, withdraws: false, atMs: publishedAtMs ?? 0 },
      ...corrections.map(({ version, withdraws, reason, statedAtMs }) => ({ version, withdraws, reason, atMs: statedAtMs })),
    ],
  };
}

/** How often a part was changed, and by whom, is for those who see the case: they saw the revisions too. */
function toWirePart({ part, kind, level, body, writtenAtMs, revision, author }: DraftPart, seesCase: boolean): WirePart {
  return { id: part, kind, level, body, writtenAtMs, ...(seesCase ? { revision, author } : {}) };
}

function toWireRow({
  key,
  level,
  state,
  packages,
  packageCount,
  summary,
  advisory,
  ownerName,
  publicOn,
  openedAtMs,
}: ListedDraft): WireDraftRow {
  const known = { id: key.draft, level, state, packages: [...packages], packageCount, publicOn, openedAtMs };
  return shows(level, "fix") ? { ...known, summary, advisory, owner: { organisation: key.organisation, name: ownerName } } : known;
}

function toWireEvent({ id, level, kind, details, actor, atMs }: DraftEvent): WireDraftEvent {
  return { id, level, kind, details, actor, atMs };
}

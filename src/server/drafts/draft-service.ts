import { randomUUID } from "node:crypto";
import { draftToOsv } from "../../formats/osv/draft-to-osv.ts";
import { isPublished } from "../../coordination/release/correction.ts";
import type { PackageName } from "../../vocabulary/advisory.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { NoticeBody, PartBody } from "../../vocabulary/draft-advisory.ts";
import { levelNumber, shows } from "../../vocabulary/level.ts";
import { readBodyInForce } from "../advisories/advisory-service.ts";
import type { Database, SignedActor } from "../database/database.ts";
import { isStatementError } from "../database/statement-error.ts";
import { type PageAsked, type PageOf, pageOf, uuidOf } from "../list-page.ts";
import { recordOwnStatement } from "../ledger/record-statement.ts";
import { announce } from "../notifications/announcement-service.ts";
import { notACursor, readCursor } from "../page-cursor.ts";
import { type DraftAttachment, readAttachments } from "./attachment-store.ts";
import { type Correction, readCorrections } from "./correction-store.ts";
import { makeAdvisoryId } from "./advisory-id.ts";
import {
  abandon,
  type DraftFilter,
  findDraft,
  foundingStatements,
  type ListedDraft,
  listDrafts,
  readOpenedCircles,
  type SeenDraft,
} from "./draft-store.ts";
import { type DraftEvent, eventStatement, listEvents } from "./event-store.ts";
import { forgetFounding } from "./import-store.ts";
import { auditDraft } from "./audit-draft.ts";
import { mostConfidential, type WrittenPart, writeParts } from "./part-service.ts";
import { type DraftPart, readParts, writeReadEvent, writeReadEvents } from "./part-store.ts";
import { askedOf, notFound, notOpen } from "./refusals.ts";
import { removeAllStaged } from "./staged-store.ts";
import type { PartRequest } from "./stated-part.ts";

export type { DraftEvent, ListedDraft };

export type FoundedDraft = { readonly id: string; readonly advisory: string; readonly parts: readonly WrittenPart[] };

/** A draft as one actor sees it. Below level fix there are no parts but notices, and of those only the names count. */
export type ReadDraft = SeenDraft & {
  readonly parts: readonly DraftPart[];
  readonly attachments: readonly DraftAttachment[];
  readonly packages: readonly PackageName[];
  /** What became otherwise since it was published. */
  readonly corrections: readonly Correction[];
};

/** Draft advisories as one actor may know them. Every refusal of what is hidden is the one of what is missing. */
export type DraftService = {
  /** Seen by the actor's organisation alone. @throws CodedError `not-allowed`, `input-invalid` (level) */
  readonly create: (actor: SignedActor, parts: readonly PartRequest[]) => Promise<FoundedDraft>;
  /** What is open to the actor's organisation; that it was shown is written down. */
  readonly list: (actor: SignedActor, filter: Partial<DraftFilter> & PageAsked) => Promise<PageOf<ListedDraft>>;
  /** That it was read is written down. @throws CodedError `not-found` */
  readonly read: (actor: SignedActor, draft: string) => Promise<ReadDraft>;
  /** From level fix: the record as it is published, or would be now, as bytes of JSON. That it was read is written down. @throws CodedError `not-found` */
  readonly osv: (actor: SignedActor, draft: string) => Promise<Uint8Array>;
  /** From level fix. @throws CodedError `not-found` */
  readonly events: (actor: SignedActor, draft: string, page: PageAsked) => Promise<PageOf<DraftEvent>>;
  /** By the owner, for good. @throws CodedError `not-found`, `conflict` (not open) */
  readonly abandon: (actor: SignedActor, draft: string, reason: string) => Promise<void>;
};

export function createDraftService({ database, clock }: { readonly database: Database; readonly clock: () => number }): DraftService {
  return {
    create: async (actor, parts) => {
      const draft = randomUUID();
      const advisory = makeAdvisoryId(clock());
      try {
        return await database.transaction(actor, async (transaction) => {
          await transaction.queryAll(foundingStatements(draft, advisory));
          const seen = await findDraft(transaction, draft);
          if (seen === undefined) throw notFound();
          await transaction.run(eventStatement(seen, [{ level: "case", kind: "draft-begun", details: {} }], 0));
          await auditDraft(transaction, seen, "draft.created");
          return { id: draft, advisory, parts: parts.length === 0 ? [] : await writeParts(transaction, seen, parts) };
        });
      } catch (error) {
        if (!isStatementError(error, "42501")) throw error;
        throw new CodedError("not-allowed", "Expected a member who may write, in a session that shows cases", { cause: error });
      }
    },

    list: (actor, { state, own, after, limit }) =>
      database.transaction(actor, async (transaction) => {
        const rows = await listDrafts(transaction, { state, own }, openingKeyOf(after), limit + 1);
        const page = pageOf(rows, limit, asLevelShows, (row) => [row.page.openedAtMicros, row.page.draft]);
        await writeReadEvents(
          transaction,
          page.rows.flatMap(({ key, shownLevel }) => (shownLevel === undefined ? [] : [{ key, level: shownLevel }])),
        );
        return page;
      }),

    read: (actor, draft) =>
      askedOf(() =>
        database.transaction(actor, async (transaction) => {
          const seen = await findDraft(transaction, draft);
          if (seen === undefined || (seen.level === "public" && seen.state !== "published")) throw notFound();
          const corrections = seen.state === "published" ? await readCorrections(transaction, seen) : [];
          if (seen.level === "public") return { ...seen, parts: [], attachments: [], packages: [], corrections };
          const parts = await readParts(transaction, seen);
          const attachments = shows(seen.level, "fix") ? await readAttachments(transaction, seen) : [];
          await writeReadEvent(transaction, seen, parts.length === 0 ? seen.level : mostConfidential([...parts, ...attachments]));
          return { ...seen, parts, attachments, packages: packagesOfNotices(parts), corrections };
        }),
      ),

    osv: async (actor, draft) => {
      const { seen, bytes } = await askedOf(() =>
        database.transaction(actor, async (transaction) => {
          const found = await findDraft(transaction, draft);
          if (found === undefined || !shows(found.level, "fix") || found.level === "public") throw notFound();
          const parts = (await readParts(transaction, found)).filter(isPublished);
          if (parts.length > 0) await writeReadEvent(transaction, found, mostConfidential(parts));
          const modifiedMs = Math.max(found.createdAtMs, ...parts.map(({ writtenAtMs }) => writtenAtMs));
          const compiled = draftToOsv(
            parts.map(({ kind, body }) => ({ kind, body }) as PartBody),
            { id: found.advisory, modified: new Date(modifiedMs).toISOString(), published: undefined },
          );
          return { seen: found, bytes: compiled };
        }),
      );
      const published = seen.state === "published" ? await readBodyInForce(database, seen.advisory) : undefined;
      return published === undefined ? bytes : new TextEncoder().encode(published);
    },

    events: (actor, draft, { after, limit }) =>
      askedOf(() =>
        database.transaction(actor, async (transaction) => {
          const seen = await findDraft(transaction, draft);
          if (seen === undefined || !shows(seen.level, "fix")) throw notFound();
          const rows = await listEvents(transaction, seen, eventKeyOf(after), limit + 1);
          const page = pageOf(
            rows,
            limit,
            (row) => row,
            (row) => [row.page.atMicros, row.page.id],
          );
          const shown = seen.level === "case" ? page.rows : withoutHiddenParts(page.rows, await readParts(transaction, seen));
          if (shown.length > 0) await writeReadEvent(transaction, seen, mostConfidential(shown));
          return { ...page, rows: shown };
        }),
      ),

    abandon: (actor, draft, reason) =>
      askedOf(() =>
        database.transaction(actor, async (transaction) => {
          const seen = await findDraft(transaction, draft);
          if (seen === undefined || !seen.isOwner || !seen.mayWrite) throw notFound();
          if (!(await abandon(transaction, seen))) throw notOpen();
          await removeAllStaged(transaction, seen);
          await forgetFounding(transaction, seen);
          await transaction.run(eventStatement(seen, [{ level: "case", kind: "draft-abandoned", details: { reason } }]));
          await recordOwnStatement(transaction, {
            kind: "draft.abandoned",
            record: { organisationId: seen.organisation, id: seen.draft, level: levelNumber("case") },
            facts: { draft: seen.draft, reason },
          });
          await auditDraft(transaction, seen, "draft.abandoned");
          for (const circleId of await readOpenedCircles(transaction, seen)) {
            await announce(transaction, {
              kind: "draft-abandoned",
              circleId,
              organisationId: seen.organisation,
              recordId: seen.draft,
              atMs: clock(),
            });
          }
        }),
      ),
  };
}

/** Below level fix an organisation knows names and a date. */
function asLevelShows(row: ListedDraft): ListedDraft {
  return shows(row.level, "fix") ? row : { ...row, summary: undefined };
}

function packagesOfNotices(parts: readonly DraftPart[]): readonly PackageName[] {
  const named = parts.flatMap(({ kind, body }) => (kind === "notice" ? (body as NoticeBody).packages : []));
  return [...new Map(named.map((one) => [`${one.ecosystem}\0${one.name}`, one])).values()];
}

/** What happened to parts that are not there any more, or have been closed, is for those who see the case. */
function withoutHiddenParts<E extends DraftEvent>(events: readonly E[], parts: readonly DraftPart[]): E[] {
  const shown = new Set(parts.map(({ part }) => part));
  return events.filter(({ details }) => details["part"] === undefined || shown.has(String(details["part"])));
}

function openingKeyOf(after: string | undefined): { readonly openedAtMicros: string; readonly draft: string } | undefined {
  if (after === undefined) return undefined;
  const [openedAtMicros, draft] = readCursor(after, ["", ""]);
  return { openedAtMicros: checkedMicros(openedAtMicros), draft: uuidOf(draft) };
}

function eventKeyOf(after: string | undefined): { readonly atMicros: string; readonly id: string } | undefined {
  if (after === undefined) return undefined;
  const [atMicros, id] = readCursor(after, ["", ""]);
  return { atMicros: checkedMicros(atMicros), id: uuidOf(id) };
}

function checkedMicros(text: string): string {
  if (/^-?\d{1,17}$/.test(text)) return text;
  throw notACursor();
}

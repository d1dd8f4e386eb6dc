import type { AuditEventAnswer, listOwnReads, ReadEventAnswer } from "../../contract/endpoints/access-review.ts";
import type { AnswerOf } from "../../contract/endpoint.ts";
import type { AuditVerb } from "../../vocabulary/audit.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { isJsonObject, type JsonObject } from "../../vocabulary/json.ts";
import { levelOf } from "../../vocabulary/level.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageOf, readTimePosition } from "../list-page.ts";
import { writeCursor } from "../page-cursor.ts";
import type { AccessReviewParts } from "./access-review-service.ts";
import { type AuditRow, type ExportedRow, type ExportRange, readAuditEvents, readExportPage } from "./audit-store.ts";
import { recordAudit } from "./audit-trail.ts";
import { type ReadFilter, readOwnReads, readRegister, type ReadRow } from "./register-store.ts";

type OwnRead = AnswerOf<typeof listOwnReads>["rows"][number];

export type AuditService = {
  readonly events: (
    caller: Caller,
    asked: PageAsked & { readonly verb?: AuditVerb | undefined; readonly subject?: string | undefined },
  ) => Promise<PageOf<AuditEventAnswer>>;
  /** Who read one's own drafts. */
  readonly reads: (caller: Caller, asked: PageAsked & Partial<ReadFilter>) => Promise<PageOf<ReadEventAnswer>>;
  readonly ownReads: (caller: Caller, asked: PageAsked) => Promise<PageOf<OwnRead>>;
  /**
   * The whole trail as JSON lines, a page of them at a time, each page in a transaction of its own. That it was exported is written down before
   * the first line. It ends by itself after half a minute, with a line that says where to go on: an actor's signature holds for two.
   */
  readonly export: (
    caller: Caller,
    asked: Partial<ExportRange> & { readonly after?: string | undefined },
  ) => Promise<AsyncIterable<string>>;
};

export type AuditParts = AccessReviewParts & {
  /** How long an export goes on, in milliseconds by `stopwatch`. */
  readonly exportMs?: number;
  readonly stopwatch?: () => number;
  readonly exportPage?: number;
};

export function createAuditService({
  database,
  clock,
  exportMs = 30_000,
  stopwatch = () => performance.now(),
  exportPage = 1000,
}: AuditParts): AuditService {
  return {
    events: (caller, { verb, subject, after, limit }) =>
      database.transaction(caller.actor, async (transaction) => {
        const rows = await readAuditEvents(transaction, caller.organisation, { verb, subject }, readTimePosition(after), limit + 1);
        return pageOf(rows, limit, eventAnswer, keyOf);
      }),
    reads: (caller, { draft, organisation, person, after, limit }) =>
      database.transaction(caller.actor, async (transaction) => {
        const filter = { draft, organisation, person };
        const rows = await readRegister(transaction, caller.organisation, filter, readTimePosition(after), limit + 1);
        return pageOf(rows, limit, readAnswer, keyOf);
      }),
    ownReads: (caller, { after, limit }) =>
      database.transaction(caller.actor, async (transaction) => {
        const rows = await readOwnReads(transaction, caller.person, readTimePosition(after), limit + 1);
        return pageOf(rows, limit, ownReadAnswer, keyOf);
      }),
    export: async (caller, { sinceMs, untilMs, after }) => {
      const begin = readTimePosition(after);
      const range = { sinceMs, untilMs };
      await database.transaction(caller.actor, (transaction) =>
        recordAudit(transaction, {
          organisation: caller.organisation,
          person: caller.person,
          verb: "audit.exported",
          subject: `organisation:${caller.organisation}`,
          details: { since: isoOrNull(sinceMs), until: isoOrNull(untilMs), continued: after !== undefined },
          atMs: clock(),
        }),
      );
      return exportLines(caller, range, begin);
    },
  };

  async function* exportLines(
    caller: Caller,
    range: ExportRange,
    begin: ReturnType<typeof readTimePosition>,
  ): AsyncGenerator<string, void> {
    const startedAt = stopwatch();
    let position = begin;
    let lines = 0;
    for (;;) {
      const at = position;
      const rows = await database.transaction(caller.actor, (transaction) =>
        readExportPage(transaction, caller.organisation, range, at, exportPage),
      );
      lines += rows.length;
      if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(exportLine(row))}\n`).join("");
      const last = rows.at(-1);
      if (last === undefined || rows.length < exportPage) break;
      position = { atMs: last.at.getTime(), id: last.id };
      if (stopwatch() - startedAt >= exportMs) {
        yield `${JSON.stringify({ kind: "more", lines, after: writeCursor(keyOf(last)) })}\n`;
        return;
      }
    }
    yield `${JSON.stringify({ kind: "end", lines })}\n`;
  }
}

function exportLine(row: ExportedRow): JsonObject {
  const head = { kind: row.kind, id: row.id, at: row.at.toISOString(), person: row.person_id };
  if (row.kind === "audit") return { ...head, verb: row.verb, subject: row.subject, details: detailsOf(row.details ?? "{}") };
  return {
    ...head,
    draft: row.draft_id,
    level: levelOf(row.level ?? 0),
    part: row.part_id,
    organisation: row.reader_organisation_id,
    session: row.session_id,
  };
}

function eventAnswer(row: AuditRow): AuditEventAnswer {
  return {
    id: row.id,
    atMs: row.at.getTime(),
    verb: row.verb,
    subject: row.subject,
    ...(row.person_id === null ? {} : { person: named(row.person_id, row.person_name) }),
    details: detailsOf(row.details),
  };
}

function readAnswer(row: ReadRow): ReadEventAnswer {
  return {
    id: row.id,
    atMs: row.at.getTime(),
    draft: { id: row.draft_id, advisory: row.advisory_id ?? "" },
    level: levelOf(row.level),
    research: row.part_id !== null,
    organisation: named(row.reader_organisation_id, row.reader_organisation_name),
    person: named(row.reader_person_id, row.reader_name),
  };
}

function ownReadAnswer(row: ReadRow): OwnRead {
  return {
    id: row.id,
    atMs: row.at.getTime(),
    draft: row.draft_id,
    ...(row.advisory_id === null ? {} : { advisory: row.advisory_id }),
    owner: named(row.organisation_id, row.owner_name),
    level: levelOf(row.level),
    research: row.part_id !== null,
  };
}

function keyOf({ at, id }: { readonly at: Date; readonly id: string }): readonly [number, string] {
  return [at.getTime(), id];
}

function detailsOf(text: string): JsonObject {
  const details: unknown = JSON.parse(text);
  invariant(isJsonObject(details), "an audit event's details are a JSON object");
  return details;
}

function named(id: string, name: string | null): { readonly id: string; readonly name?: string } {
  return name === null ? { id } : { id, name };
}

function isoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

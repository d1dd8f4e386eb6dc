import type { DraftKey, PartBody, PartKind } from "../../vocabulary/draft-advisory.ts";
import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** What of a draft goes into the record, and the moment at which its public stage opened. */
export type Publication = DraftKey & { readonly advisory: string; readonly publicAtMs: number; readonly parts: readonly PartBody[] };

/** Locked against parts that are being written: those are waited for, and later ones find the draft public. Parts in force that the public stage publishes, in the order in which they were written; the releaser is shown no others. */
export async function readPublication(database: Database, { organisation, draft }: DraftKey): Promise<Publication | undefined> {
  return database.transaction("releaser", async (transaction) => {
    const [drafted] = await transaction.query<{ advisory_id: string; opened_at: Date }>(
      sql`select d.advisory_id, o.opened_at from draft_advisory d
          join opening o on o.organisation_id = d.organisation_id and o.record_id = d.id and o.level = 5
          where d.organisation_id = ${organisation} and d.id = ${draft} and d.state = 'open'
          for update of d`,
    );
    if (drafted === undefined) return undefined;
    const rows = await transaction.query<{ kind: PartKind; body: string }>(
      sql`select p.kind, p.body from draft_part p
          where p.organisation_id = ${organisation} and p.draft_id = ${draft} and p.replaced_at is null and p.kind <> 'notice'
          order by (select min(q.written_at) from draft_part q where q.organisation_id = p.organisation_id and q.draft_id = p.draft_id and q.part_id = p.part_id), p.part_id`,
    );
    return {
      organisation,
      draft,
      advisory: drafted.advisory_id,
      publicAtMs: drafted.opened_at.getTime(),
      // Written by this server from bodies that passed their schema.
      parts: rows.map(({ kind, body }) => ({ kind, body: JSON.parse(body) as unknown }) as PartBody),
    };
  });
}

/** Which of the ids are in the record by another source. */
export async function readForeignIds(database: Database, ids: readonly string[], feed: string): Promise<ReadonlySet<string>> {
  const rows = await database.query<{ id: string }>(
    "importer",
    sql`select id from advisory where id = any (${[...ids]}::text[]) and feed <> ${feed}`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** The draft is published: it is matched for everyone now, so that nothing is staged for anybody any more. */
export async function markPublished(transaction: Transaction, { organisation, draft }: DraftKey, nowMs: number): Promise<boolean> {
  const changed = await transaction.run(
    sql`update draft_advisory set state = 'published', published_at = ${new Date(nowMs)} where organisation_id = ${organisation} and id = ${draft} and state = 'open'`,
  );
  if (changed === 0) return false;
  await transaction.run(sql`delete from staged_interval where organisation_id = ${organisation} and draft_id = ${draft}`);
  await transaction.run(sql`delete from staged_package where organisation_id = ${organisation} and draft_id = ${draft}`);
  return true;
}

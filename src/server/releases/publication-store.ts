import type { DraftKey, DraftState, PartBody, PartKind } from "../../vocabulary/draft-advisory.ts";
import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** What became otherwise after the publication, with its reason. */
export type PublishedChange = { readonly id: string; readonly withdraws: boolean; readonly reason: string; readonly statedAtMs: number };

/** What of a draft goes into the record, the moment at which its public stage opened, and what was changed since, the oldest first. */
export type Publication = DraftKey & {
  readonly advisory: string;
  readonly publicAtMs: number;
  readonly parts: readonly PartBody[];
  readonly changes: readonly PublishedChange[];
  /** Of the changes, those that are not in the record yet; undefined = the first publication. */
  readonly waiting: readonly PublishedChange[] | undefined;
};

/**
 * Locked against parts that are being written: those are waited for, and later ones find the draft public. Parts in force that the public stage
 * publishes, in the order in which they were written; the releaser is shown no others. Parts and what was corrected of them are read in one
 * statement: a correction is in both or in neither.
 */
export async function readPublication(database: Database, { organisation, draft }: DraftKey): Promise<Publication | undefined> {
  return database.transaction("releaser", async (transaction) => {
    const [drafted] = await transaction.query<{ advisory_id: string; state: DraftState; opened_at: Date }>(
      sql`select d.advisory_id, d.state, o.opened_at from draft_advisory d
          join opening o on o.organisation_id = d.organisation_id and o.record_id = d.id and o.level = 5
          where d.organisation_id = ${organisation} and d.id = ${draft} and d.state in ('open', 'published')
          for update of d`,
    );
    if (drafted === undefined) return undefined;
    const rows = await transaction.query<PublicationRow>(
      sql`select p.kind, p.body, null::uuid as id, null::boolean as withdraws, null::text as reason, null::integer as version,
            (select min(q.written_at) from draft_part q where q.organisation_id = p.organisation_id and q.draft_id = p.draft_id and q.part_id = p.part_id) as at,
            p.part_id as place
          from draft_part p
          where p.organisation_id = ${organisation} and p.draft_id = ${draft} and p.replaced_at is null and p.kind <> 'notice'
          union all
          select null, null, c.id, c.withdraws, c.reason, c.version, c.stated_at, c.id from draft_correction c
          where c.organisation_id = ${organisation} and c.draft_id = ${draft}
          order by at, place`,
    );
    const corrections = rows.flatMap(({ id, withdraws, reason, version, at }) =>
      id === null ? [] : [{ id, withdraws: withdraws === true, reason: reason ?? "", statedAtMs: at.getTime(), version }],
    );
    return {
      organisation,
      draft,
      advisory: drafted.advisory_id,
      publicAtMs: drafted.opened_at.getTime(),
      // Written by this server from bodies that passed their schema.
      parts: rows.flatMap(({ kind, body }) =>
        kind === null || body === null ? [] : [{ kind, body: JSON.parse(body) as unknown } as PartBody],
      ),
      changes: corrections,
      waiting: drafted.state === "open" ? undefined : corrections.filter(({ version }) => version === null),
    };
  });
}

type PublicationRow = {
  readonly kind: PartKind | null;
  readonly body: string | null;
  readonly id: string | null;
  readonly withdraws: boolean | null;
  readonly reason: string | null;
  readonly version: number | null;
  readonly at: Date;
};

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

/** The changes are in the record as this revision. False = another server was as fast, and nothing was written. */
export async function markCorrected(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  changes: readonly PublishedChange[],
  version: number,
): Promise<boolean> {
  const marked = await transaction.run(
    sql`update draft_correction set version = ${version}
        where organisation_id = ${organisation} and draft_id = ${draft} and version is null and id = any (${changes.map(({ id }) => id)}::uuid[])`,
  );
  return marked === changes.length;
}

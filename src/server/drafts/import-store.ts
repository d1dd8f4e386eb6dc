import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** The draft of the actor's own organisation that was begun from a document; undefined = there is none. */
export async function findFounded(
  transaction: Transaction,
  sha256: Uint8Array,
): Promise<{ readonly id: string; readonly advisory: string } | undefined> {
  const rows = await transaction.query<{ id: string; advisory_id: string }>(
    sql`select d.id, d.advisory_id from draft_import i join draft_advisory d on d.organisation_id = i.organisation_id and d.id = i.draft_id
        where i.organisation_id = (select actor_organisation()) and i.sha256 = ${sha256} and i.founded`,
  );
  return rows[0] === undefined ? undefined : { id: rows[0].id, advisory: rows[0].advisory_id };
}

export async function wasImported(transaction: Transaction, { organisation, draft }: DraftKey, sha256: Uint8Array): Promise<boolean> {
  const rows = await transaction.query(
    sql`select from draft_import where organisation_id = ${organisation} and draft_id = ${draft} and sha256 = ${sha256}`,
  );
  return rows.length > 0;
}

export async function writeImport(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  sha256: Uint8Array,
  founded: boolean,
): Promise<void> {
  await transaction.run(
    sql`insert into draft_import (organisation_id, draft_id, sha256, founded, imported_at) values (${organisation}, ${draft}, ${sha256}, ${founded}, actor_clock())`,
  );
}

/** What an abandoned draft was begun from may begin another. */
export async function forgetFounding(transaction: Transaction, { organisation, draft }: DraftKey): Promise<void> {
  await transaction.run(
    sql`update draft_import set founded = false where organisation_id = ${organisation} and draft_id = ${draft} and founded`,
  );
}

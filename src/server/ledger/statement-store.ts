import { invariant } from "../../vocabulary/invariant.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type StatementRow = {
  readonly organisationId: string;
  readonly id: string;
  readonly kind: string;
  readonly record: { readonly organisationId: string; readonly id: string } | undefined;
  readonly level: number;
  readonly statement: string;
  readonly nonce: Uint8Array;
  readonly leaf: Uint8Array;
  readonly recordedAt: Date;
};

/** Whom the transaction acts for, as the database knows it. */
export async function readActor(
  transaction: Transaction,
): Promise<{ readonly organisation: string; readonly person: string; readonly at: Date }> {
  const [row] = await transaction.query<{ organisation: string | null; person: string | null; at: Date | null }>(
    sql`select actor_organisation() as organisation, actor_person() as person, actor_clock() as at`,
  );
  const { organisation = null, person = null, at = null } = row ?? {};
  invariant(organisation !== null && person !== null && at !== null, "only a signed actor states something in its own name");
  return { organisation, person, at };
}

export async function insertStatement(transaction: Pick<Transaction, "run">, row: StatementRow): Promise<void> {
  await transaction.run(sql`
    insert into ledger_statement (organisation_id, id, kind, record_organisation_id, record_id, level, statement, nonce, leaf, recorded_at)
    values (${row.organisationId}::uuid, ${row.id}::uuid, ${row.kind}, ${row.record?.organisationId ?? null}::uuid, ${row.record?.id ?? null}::uuid,
      ${row.level}, ${row.statement}, ${row.nonce}, ${row.leaf}, ${row.recordedAt})`);
}

/** The newest revision of an advisory that is recorded, published by this installation. */
export async function newestRevision(
  transaction: Transaction,
  advisoryId: string,
): Promise<{ readonly version: number; readonly sha256: string } | undefined> {
  const [row] = await transaction.query<{ version: number; sha256: string }>(
    sql`select version, sha256 from ledger_revision where advisory_id = ${advisoryId} order by version desc limit 1`,
  );
  return row;
}

export type RevisionRow = {
  readonly advisoryId: string;
  readonly version: number;
  readonly sha256: string;
  readonly leaf: string;
  readonly recordedAt: Date;
};

/** Two transactions that publish the same version collide in the key: one of them fails. */
export async function insertRevision(transaction: Transaction, row: RevisionRow): Promise<void> {
  await transaction.run(sql`insert into ledger_revision (advisory_id, version, sha256, leaf, recorded_at)
    values (${row.advisoryId}, ${row.version}, ${row.sha256}, ${row.leaf}, ${row.recordedAt})`);
}

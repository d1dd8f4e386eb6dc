import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** Organisations that the owner let see in spite of their function. */
export async function readExceptions(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
): Promise<readonly { readonly organisation: string; readonly reason: string; readonly atMs: number }[]> {
  const rows = await transaction.query<{ excepted_organisation_id: string; reason: string; made_at: Date }>(
    sql`select excepted_organisation_id, reason, made_at from exclusion_exception where organisation_id = ${organisation} and record_id = ${draft} order by made_at`,
  );
  return rows.map(({ excepted_organisation_id, reason, made_at }) => ({
    organisation: excepted_organisation_id,
    reason,
    atMs: made_at.getTime(),
  }));
}

/** Whether the actor knows the organisation, and whether it is one that is kept from drafts. */
export async function readExclusion(transaction: Transaction, organisation: string): Promise<boolean | undefined> {
  const rows = await transaction.query<{ has_intelligence_function: boolean }>(
    sql`select has_intelligence_function from organisation where id = ${organisation}`,
  );
  return rows[0]?.has_intelligence_function;
}

import type { Actor, Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** Replaces the codes that the person had with the same reach. */
export async function replaceRecoveryCodes(
  transaction: Transaction,
  codes: {
    readonly person: string;
    readonly digests: readonly Uint8Array[];
    readonly onlyOrganisation: string | undefined;
    readonly atMs: number;
  },
): Promise<void> {
  await transaction.run(
    sql`delete from recovery_code
        where person_id = ${codes.person} and only_organisation_id is not distinct from ${codes.onlyOrganisation ?? null}::uuid`,
  );
  await transaction.run(
    sql`insert into recovery_code (person_id, digest, only_organisation_id, made_at)
        select ${codes.person}::uuid, digest, ${codes.onlyOrganisation ?? null}::uuid, ${new Date(codes.atMs)}::timestamptz
        from unnest(${codes.digests}::bytea[]) as digest`,
  );
}

/** Uses a code up; whose it was, or undefined when it is none or was used. */
export async function takeRecoveryCode(
  transaction: Transaction,
  digests: readonly Uint8Array[],
  atMs: number,
): Promise<{ readonly person: string; readonly onlyOrganisation: string | undefined } | undefined> {
  const [row] = await transaction.query<{ person_id: string; only_organisation_id: string | null }>(
    sql`update recovery_code set used_at = ${new Date(atMs)} where digest = any (${digests}::bytea[]) and used_at is null
        returning person_id, only_organisation_id`,
  );
  return row === undefined ? undefined : { person: row.person_id, onlyOrganisation: row.only_organisation_id ?? undefined };
}

export async function countOwnRecoveryCodes(database: Database, actor: Actor): Promise<number> {
  const [row] = await database.query<{ left: number }>(
    actor,
    sql`select count(*) as left from recovery_code where person_id = (select actor_person()) and used_at is null`,
  );
  return row?.left ?? 0;
}

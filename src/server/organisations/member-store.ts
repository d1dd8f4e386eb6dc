import type { MemberRole } from "../../vocabulary/organisation.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { NamePosition } from "../list-page.ts";

export type MemberRow = {
  readonly person_id: string;
  readonly kind: "human" | "service";
  readonly name: string;
  readonly email: string | null;
  readonly role: MemberRole;
  readonly since: Date;
  readonly revoked_at: Date | null;
  readonly revoked_by: string | null;
};

export type MemberChange = { readonly name: string; readonly email: string | null; readonly role: MemberRole };

const members = sql`select m.person_id, p.kind, m.name, m.email, m.role, m.since, m.revoked_at, m.revoked_by
  from member m join person p on p.id = m.person_id`;

export async function readMembers(
  transaction: Transaction,
  organisation: string,
  after: NamePosition | undefined,
  limit: number,
): Promise<readonly MemberRow[]> {
  const behind = after === undefined ? sql`true` : sql`(m.name, m.person_id) > (${after.name}, ${after.id}::uuid)`;
  return transaction.query<MemberRow>(
    sql`${members} where m.organisation_id = ${organisation} and ${behind} order by m.name, m.person_id limit ${limit}`,
  );
}

export async function findMember(transaction: Transaction, organisation: string, person: string): Promise<MemberRow | undefined> {
  const [row] = await transaction.query<MemberRow>(sql`${members} where m.organisation_id = ${organisation} and m.person_id = ${person}`);
  return row;
}

/**
 * Keeps who administers the organisation as it is until the transaction ends: of two administrators who would each take the last
 * other one's place, the second waits here and then sees what the first did.
 */
export async function lockAdministrators(transaction: Transaction, organisation: string): Promise<void> {
  await transaction.query(
    sql`select person_id from member where organisation_id = ${organisation} and role = 'administrator' and revoked_at is null
        order by person_id for update`,
  );
}

export async function countAdministrators(transaction: Transaction, organisation: string): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(
    sql`select count(*) as count from member where organisation_id = ${organisation} and role = 'administrator' and revoked_at is null`,
  );
  return row?.count ?? 0;
}

/** False when the membership is not in force any more. */
export async function updateMember(
  transaction: Transaction,
  organisation: string,
  person: string,
  { name, email, role }: MemberChange,
): Promise<boolean> {
  const changed = await transaction.run(
    sql`update member set name = ${name}, email = ${email}, role = ${role}
        where organisation_id = ${organisation} and person_id = ${person} and revoked_at is null`,
  );
  return changed === 1;
}

export async function endMembership(
  transaction: Transaction,
  organisation: string,
  person: string,
  by: { readonly person: string; readonly atMs: number },
): Promise<boolean> {
  const ended = await transaction.run(
    sql`update member set revoked_at = ${new Date(by.atMs)}, revoked_by = ${by.person}
        where organisation_id = ${organisation} and person_id = ${person} and revoked_at is null`,
  );
  return ended === 1;
}

/** For the gatekeeper, who makes people: true while this member may do so for its organisation, and it stays so until the transaction ends. */
export async function isAdministrator(transaction: Transaction, organisation: string, person: string): Promise<boolean> {
  const rows = await transaction.query(
    sql`select person_id from member
        where organisation_id = ${organisation} and person_id = ${person} and role = 'administrator' and revoked_at is null for share`,
  );
  return rows.length === 1;
}

export async function insertServiceAccount(
  transaction: Transaction,
  account: { readonly organisation: string; readonly name: string; readonly role: MemberRole; readonly atMs: number },
): Promise<string | undefined> {
  const at = new Date(account.atMs);
  const [row] = await transaction.query<{ person_id: string }>(
    sql`with made as (insert into person (kind, created_at) values ('service', ${at}) returning id)
        insert into member (organisation_id, person_id, name, role, since)
        select ${account.organisation}, made.id, ${account.name}, ${account.role}, ${at} from made returning person_id`,
  );
  return row?.person_id;
}

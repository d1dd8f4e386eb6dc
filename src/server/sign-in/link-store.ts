import type { MemberRole } from "../../vocabulary/organisation.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type LinkPurpose = "first-administrator" | "invitation" | "recovery" | "mailed";

export type StoredLink = {
  readonly id: string;
  readonly purpose: LinkPurpose;
  readonly organisation_id: string | null;
  readonly person_id: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly role: MemberRole | null;
  readonly issued_by: string | null;
  readonly expires_at: Date;
};

export type NewLink = {
  readonly digest: Uint8Array;
  readonly purpose: LinkPurpose;
  readonly organisation?: string;
  readonly person?: string;
  readonly name?: string;
  readonly email?: string | undefined;
  readonly role?: MemberRole;
  readonly issuedBy?: string;
  readonly atMs: number;
  readonly expiresAtMs: number;
};

const columns = sql`id, purpose, organisation_id, person_id, name, email, role, issued_by, expires_at`;
const inForce = sql`used_at is null and withdrawn_at is null`;

export async function insertLink(transaction: Transaction, link: NewLink): Promise<void> {
  await transaction.run(
    sql`insert into one_time_link (digest, purpose, organisation_id, person_id, name, email, role, issued_by, issued_at, expires_at)
        values (${link.digest}, ${link.purpose}, ${link.organisation ?? null}, ${link.person ?? null}, ${link.name ?? null}, ${link.email ?? null},
          ${link.role ?? null}, ${link.issuedBy ?? null}, ${new Date(link.atMs)}, ${new Date(link.expiresAtMs)})`,
  );
}

export async function findLink(transaction: Transaction, digests: readonly Uint8Array[], atMs: number): Promise<StoredLink | undefined> {
  const [row] = await transaction.query<StoredLink>(
    sql`select ${columns} from one_time_link where digest = any (${digests}::bytea[]) and ${inForce} and expires_at > ${new Date(atMs)}`,
  );
  return row;
}

/** Uses the link up; of two uses at once one finds it. */
export async function takeLink(transaction: Transaction, digests: readonly Uint8Array[], atMs: number): Promise<StoredLink | undefined> {
  const at = new Date(atMs);
  const [row] = await transaction.query<StoredLink>(
    sql`update one_time_link set used_at = ${at} where digest = any (${digests}::bytea[]) and ${inForce} and expires_at > ${at} returning ${columns}`,
  );
  return row;
}

/** Takes back whatever links of one purpose are in force: for the first administrator all, otherwise the member's. */
export async function withdrawLinks(
  transaction: Transaction,
  which: { readonly purpose: LinkPurpose; readonly organisation?: string; readonly person?: string; readonly atMs: number },
): Promise<void> {
  await transaction.run(
    sql`update one_time_link set withdrawn_at = ${new Date(which.atMs)}
        where purpose = ${which.purpose} and ${inForce}
          and organisation_id is not distinct from ${which.organisation ?? null}::uuid
          and person_id is not distinct from ${which.person ?? null}::uuid`,
  );
}

/** How many links were mailed to a person since; those that nobody needs any more are forgotten first. */
export async function countMailedLinks(transaction: Transaction, person: string, sinceMs: number): Promise<number> {
  await transaction.run(
    sql`delete from one_time_link where purpose = 'mailed' and expires_at < ${new Date(sinceMs)}::timestamptz - interval '1 day'`,
  );
  const [row] = await transaction.query<{ sent: number }>(
    sql`select count(*) as sent from one_time_link where purpose = 'mailed' and person_id = ${person} and issued_at > ${new Date(sinceMs)}`,
  );
  return row?.sent ?? 0;
}

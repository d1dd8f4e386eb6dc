import type { MemberRole } from "../../vocabulary/organisation.ts";
import type { Actor, Database, Transaction } from "../database/database.ts";
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
/** Threat: whoever is let go comes back by a link of their own. What they issued holds as long as they may issue. */
const stillMeant = sql`(issued_by is null or exists (
  select from member m join organisation o on o.id = m.organisation_id
  where m.person_id = one_time_link.issued_by and m.revoked_at is null and m.role = 'administrator'
    and (m.organisation_id = one_time_link.organisation_id or o.kind = 'coordinator')))`;

export async function insertLink(transaction: Transaction, link: NewLink): Promise<string> {
  const [row] = await transaction.query<{ id: string }>(
    sql`insert into one_time_link (digest, purpose, organisation_id, person_id, name, email, role, issued_by, issued_at, expires_at)
        values (${link.digest}, ${link.purpose}, ${link.organisation ?? null}, ${link.person ?? null}, ${link.name ?? null}, ${link.email ?? null},
          ${link.role ?? null}, ${link.issuedBy ?? null}, ${new Date(link.atMs)}, ${new Date(link.expiresAtMs)})
        returning id`,
  );
  return row?.id ?? "";
}

export async function findLink(transaction: Transaction, digests: readonly Uint8Array[], atMs: number): Promise<StoredLink | undefined> {
  const [row] = await transaction.query<StoredLink>(
    sql`select ${columns} from one_time_link where digest = any (${digests}::bytea[]) and ${inForce} and ${stillMeant}
          and expires_at > ${new Date(atMs)}`,
  );
  return row;
}

/** Uses the link up; of two uses at once one finds it. */
export async function takeLink(transaction: Transaction, id: string, atMs: number): Promise<StoredLink | undefined> {
  const at = new Date(atMs);
  const [row] = await transaction.query<StoredLink>(
    sql`update one_time_link set used_at = ${at} where id = ${id} and ${inForce} and ${stillMeant} and expires_at > ${at} returning ${columns}`,
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

export type OpenInvitation = {
  readonly id: string;
  readonly organisation_id: string;
  readonly organisation_name: string;
  readonly name: string;
  readonly email: string;
  readonly role: MemberRole;
  readonly issued_at: Date;
  readonly expires_at: Date;
};

/** Invitations of members that the actor may see and that are still open. */
export async function readInvitations(database: Database, actor: Actor, atMs: number): Promise<readonly OpenInvitation[]> {
  return database.query<OpenInvitation>(
    actor,
    sql`select l.id, l.organisation_id, o.name as organisation_name, l.name, l.email, l.role, l.issued_at, l.expires_at
        from one_time_link l join organisation o on o.id = l.organisation_id
        where l.purpose = 'invitation' and l.used_at is null and l.withdrawn_at is null and l.expires_at > ${new Date(atMs)}
        order by l.issued_at desc, l.id limit 500`,
  );
}

/** False when the actor sees no such invitation that is still open. */
export async function withdrawInvitation(transaction: Transaction, id: string, atMs: number): Promise<boolean> {
  return (
    (await transaction.run(
      sql`update one_time_link set withdrawn_at = ${new Date(atMs)} where id = ${id} and purpose = 'invitation' and ${inForce}`,
    )) === 1
  );
}

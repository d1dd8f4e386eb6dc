import type { MemberRole, OrganisationKind } from "../../vocabulary/organisation.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type Membership = {
  readonly person_id: string;
  readonly organisation_id: string;
  readonly organisation_name: string;
  readonly kind: OrganisationKind;
  readonly name: string;
  readonly email: string | null;
  readonly role: MemberRole;
};

const membership = sql`select m.person_id, m.organisation_id, o.name as organisation_name, o.kind, m.name, m.email, m.role
  from member m join organisation o on o.id = m.organisation_id`;

/** Where a person is a member now, the oldest membership first. */
export async function membershipsOf(transaction: Transaction, person: string): Promise<readonly Membership[]> {
  return transaction.query<Membership>(sql`${membership} where m.person_id = ${person} and m.revoked_at is null order by m.since, o.id`);
}

export async function findMembership(transaction: Transaction, organisation: string, person: string): Promise<Membership | undefined> {
  const [row] = await transaction.query<Membership>(
    sql`${membership} where m.organisation_id = ${organisation} and m.person_id = ${person} and m.revoked_at is null`,
  );
  return row;
}

/** Human members with this address, whatever its letter case; of two organisations at most two. */
export async function membersByEmail(transaction: Transaction, email: string): Promise<readonly Membership[]> {
  return transaction.query<Membership>(
    sql`${membership} join person p on p.id = m.person_id
        where lower(m.email) = lower(${email}) and m.revoked_at is null and p.kind = 'human' order by m.since limit 20`,
  );
}

export async function hasAdministrator(transaction: Transaction): Promise<boolean> {
  const [row] = await transaction.query<{ any: boolean }>(
    sql`select exists (select from member where role = 'administrator' and revoked_at is null) as any`,
  );
  return row?.any === true;
}

export async function hasAdministratorOf(transaction: Transaction, organisation: string): Promise<boolean> {
  const [row] = await transaction.query<{ any: boolean }>(
    sql`select exists (select from member where organisation_id = ${organisation} and role = 'administrator' and revoked_at is null) as any`,
  );
  return row?.any === true;
}

/** `id` is random and made by the server: a passkey names its owner before there is one. */
export async function insertPerson(transaction: Transaction, kind: "human" | "service", atMs: number, id: string): Promise<void> {
  await transaction.run(sql`insert into person (id, kind, created_at) values (${id}, ${kind}, ${new Date(atMs)})`);
}

export async function insertOrganisation(
  transaction: Transaction,
  organisation: { readonly name: string; readonly kind: OrganisationKind; readonly atMs: number },
): Promise<string> {
  const [row] = await transaction.query<{ id: string }>(
    sql`insert into organisation (kind, name, created_at) values (${organisation.kind}, ${organisation.name}, ${new Date(organisation.atMs)})
        returning id`,
  );
  return row?.id ?? "";
}

/** Makes a member, also of whoever was one before. */
export async function admitMember(
  transaction: Transaction,
  member: {
    readonly organisation: string;
    readonly person: string;
    readonly name: string;
    readonly email: string | undefined;
    readonly role: MemberRole;
    readonly atMs: number;
  },
): Promise<void> {
  await transaction.run(
    sql`insert into member (organisation_id, person_id, name, email, role, since)
        values (${member.organisation}, ${member.person}, ${member.name}, ${member.email ?? null}, ${member.role}, ${new Date(member.atMs)})
        on conflict (organisation_id, person_id) do update
          set name = excluded.name, email = excluded.email, role = excluded.role, since = excluded.since, revoked_at = null, revoked_by = null
          where member.revoked_at is not null`,
  );
}

/** The kind of a person; undefined = there is none. */
export async function personKind(transaction: Transaction, person: string): Promise<"human" | "service" | undefined> {
  const [row] = await transaction.query<{ kind: "human" | "service" }>(sql`select kind from person where id = ${person}`);
  return row?.kind;
}

export async function readOrganisationName(transaction: Transaction, organisation: string): Promise<string | undefined> {
  const [row] = await transaction.query<{ name: string }>(sql`select name from organisation where id = ${organisation}`);
  return row?.name;
}

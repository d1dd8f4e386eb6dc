import type { OrganisationKind } from "../../vocabulary/organisation.ts";
import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";

export type MembershipRow = {
  readonly id: string;
  readonly member_organisation_id: string;
  readonly member_name: string | null;
  readonly member_kind: OrganisationKind | null;
  readonly has_intelligence_function: boolean | null;
  readonly admitted_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly revoked_reason: string | null;
  readonly sponsor_organisation_id: string | null;
  readonly sponsor_name: string | null;
  /** As far as the actor sees memberships: the owner sees all. */
  readonly sponsor_is_in: boolean;
  readonly signed_at: Date | null;
  readonly vetting_note: string | null;
};

/** What is said of `m`, rows of circle_member. */
const said: SqlQuery = sql`select m.id, m.member_organisation_id, o.name as member_name, o.kind as member_kind, o.has_intelligence_function,
    m.admitted_at, nullif(m.expires_at, 'infinity') as expires_at, m.revoked_at, m.revoked_reason,
    m.sponsor_organisation_id, p.name as sponsor_name, s.signed_at,
    m.sponsor_organisation_id = m.organisation_id or exists (
      select from circle_member b where b.organisation_id = m.organisation_id and b.circle_id = m.circle_id
        and b.member_organisation_id = m.sponsor_organisation_id and b.revoked_at is null and (select actor_clock()) < b.expires_at) as sponsor_is_in,
    (select v.note from circle_vetting v where v.organisation_id = m.organisation_id and v.circle_id = m.circle_id
      and v.vetted_organisation_id = m.member_organisation_id order by v.written_at desc, v.id limit 1) as vetting_note`;
const around: SqlQuery = sql`join circle c on c.organisation_id = m.organisation_id and c.id = m.circle_id
  left join organisation o on o.id = m.member_organisation_id
  left join organisation p on p.id = m.sponsor_organisation_id
  left join circle_signature s on s.organisation_id = m.organisation_id and s.circle_id = m.circle_id
    and s.member_organisation_id = m.member_organisation_id and s.agreement_sha256 = c.agreement_sha256`;

/** Newest first, as far as the actor sees them. */
export async function readMemberships(
  transaction: Transaction,
  circle: { readonly owner: string; readonly id: string },
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly MembershipRow[]> {
  const behind = after === undefined ? sql`true` : sql`(m.admitted_at, m.id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`;
  return transaction.query<MembershipRow>(
    // The page first, then what is said of its rows: names alone ask several policies each.
    sql`${said} from (
          select * from circle_member m where m.organisation_id = ${circle.owner} and m.circle_id = ${circle.id} and ${behind}
          order by m.admitted_at desc, m.id desc limit ${limit}) m
        ${around} order by m.admitted_at desc, m.id desc`,
  );
}

export async function findMembership(transaction: Transaction, owner: string, id: string): Promise<MembershipRow | undefined> {
  const [row] = await transaction.query<MembershipRow>(
    sql`${said} from circle_member m ${around} where m.organisation_id = ${owner} and m.id = ${id}`,
  );
  return row;
}

/** Organisations whose membership nobody has ended, to be told of something. */
export async function readMemberOrganisations(transaction: Transaction, owner: string, circle: string): Promise<readonly string[]> {
  const rows = await transaction.query<{ id: string }>(
    sql`select member_organisation_id as id from circle_member
        where organisation_id = ${owner} and circle_id = ${circle} and revoked_at is null and (select actor_clock()) < expires_at
        order by member_organisation_id`,
  );
  return rows.map(({ id }) => id);
}

/** At the actor's clock. */
export async function isCurrentMember(transaction: Transaction, owner: string, circle: string, organisation: string): Promise<boolean> {
  const rows = await transaction.query(
    sql`select id from circle_member
        where organisation_id = ${owner} and circle_id = ${circle} and member_organisation_id = ${organisation}
          and revoked_at is null and (select actor_clock()) < expires_at`,
  );
  return rows.length === 1;
}

/** Ends what is in force of one organisation's membership; the membership, or undefined when there is none. At the actor's clock. */
export async function endCircleMembership(
  transaction: Transaction,
  membership: { readonly circle: string; readonly member: string; readonly by: string; readonly reason: string },
): Promise<{ readonly id: string; readonly owner: string } | undefined> {
  const [row] = await transaction.query<{ id: string; owner: string }>(
    sql`update circle_member set revoked_at = (select actor_clock()), revoked_by = ${membership.by}, revoked_reason = ${membership.reason}
        where circle_id = ${membership.circle} and member_organisation_id = ${membership.member} and revoked_at is null
        returning id, organisation_id as owner`,
  );
  return row;
}

/** The membership that an accepted invitation makes, on its conditions. */
export async function insertMembership(transaction: Transaction, invitation: string): Promise<void> {
  await transaction.run(
    sql`insert into circle_member (organisation_id, circle_id, member_organisation_id, admitted_at, admitted_by, expires_at,
          sponsor_organisation_id, invitation_id)
        select organisation_id, circle_id, invited_organisation_id, answered_at, invited_by, member_until, sponsor_organisation_id, id
        from invitation where id = ${invitation}`,
  );
}

/** False when the text in force has another digest, or none. Signing again what is signed changes nothing. */
export async function insertSignature(
  transaction: Transaction,
  signature: { readonly circle: string; readonly member: string; readonly person: string; readonly sha256: Uint8Array },
): Promise<boolean> {
  const inForce = sql`from circle c where c.id = ${signature.circle} and c.agreement_sha256 = ${signature.sha256}`;
  await transaction.run(
    sql`insert into circle_signature (organisation_id, circle_id, member_organisation_id, agreement_sha256, signed_by, signed_at)
        select c.organisation_id, c.id, ${signature.member}::uuid, c.agreement_sha256, ${signature.person}::uuid, (select actor_clock())
        ${inForce} and not exists (
          select from circle_signature s where s.organisation_id = c.organisation_id and s.circle_id = c.id
            and s.member_organisation_id = ${signature.member} and s.agreement_sha256 = c.agreement_sha256)`,
  );
  return (await transaction.query(sql`select c.id ${inForce}`)).length === 1;
}

import type { DraftState } from "../../vocabulary/draft-advisory.ts";
import type { MemberRole, OrganisationKind } from "../../vocabulary/organisation.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";
import { EVERYONE_SIGNED_IN } from "../../vocabulary/circle.ts";

export type ReviewedDraftRow = {
  readonly id: string;
  readonly advisory_id: string;
  readonly state: DraftState;
  readonly created_at: Date;
};

export type OpeningRow = {
  readonly record_id: string;
  readonly circle_id: string;
  readonly level: number;
  readonly stage: number | null;
  readonly opened_by: "owner" | "hour" | "patch-ready" | "leak" | "exploitation" | "early-end";
  readonly opened_at: Date;
  readonly closes_at: Date | null;
};

export type OpenedCircleRow = {
  readonly id: string;
  readonly name: string;
  readonly closed_at: Date | null;
  readonly needs_signature: boolean;
  readonly needs_second_factor: boolean;
};

export type ReviewedMembershipRow = {
  readonly member_organisation_id: string;
  readonly circle_id: string;
  readonly admitted_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly revoked_reason: string | null;
  readonly signed_at: Date | null;
};

export type KnownOrganisationRow = {
  readonly id: string;
  readonly name: string;
  readonly kind: OrganisationKind;
  readonly has_intelligence_function: boolean;
};

export type ExceptionRow = {
  readonly record_id: string;
  readonly excepted_organisation_id: string;
  readonly reason: string;
  readonly made_at: Date;
};

/** Everything here is read as the reviewing actor, of drafts of its own organisation. */
export async function readOwnDrafts(
  transaction: Transaction,
  own: string,
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly (ReviewedDraftRow & { readonly opened_to: number })[]> {
  const behind = after === undefined ? sql`true` : sql`(d.created_at, d.id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`;
  return transaction.query<ReviewedDraftRow & { readonly opened_to: number }>(
    sql`select d.id, d.advisory_id, d.state, d.created_at, (
          select count(distinct o.circle_id) from opening o
          where o.organisation_id = d.organisation_id and o.record_id = d.id and o.circle_id <> d.organisation_id) as opened_to
        from draft_advisory d where d.organisation_id = ${own} and ${behind} order by d.created_at desc, d.id desc limit ${limit}`,
  );
}

export async function findOwnDraft(transaction: Transaction, own: string, draft: string): Promise<ReviewedDraftRow | undefined> {
  const [row] = await transaction.query<ReviewedDraftRow>(
    sql`select id, advisory_id, state, created_at from draft_advisory where organisation_id = ${own} and id = ${draft}`,
  );
  return row;
}

/** To others than the owner itself. The stage is its place in the newest revision of the plan that has it. */
export async function readOpenings(transaction: Transaction, own: string, drafts: readonly string[]): Promise<readonly OpeningRow[]> {
  return transaction.query<OpeningRow>(
    sql`select o.record_id, o.circle_id, o.level, o.opened_by, o.opened_at, nullif(o.closes_at, 'infinity') as closes_at, (
          select s.position from release_stage s where s.organisation_id = o.organisation_id and s.draft_id = o.record_id and s.id = o.stage_id
          order by s.revision desc limit 1) as stage
        from opening o
        where o.organisation_id = ${own} and o.record_id = any (${drafts}::uuid[]) and o.circle_id <> ${own}
        order by o.level, o.opened_at, o.circle_id`,
  );
}

export async function readOpenedCircles(transaction: Transaction, circles: readonly string[]): Promise<readonly OpenedCircleRow[]> {
  return transaction.query<OpenedCircleRow>(
    sql`select id, name, closed_at, agreement_sha256 is not null as needs_signature, needs_second_factor
        from circle where id = any (${circles}::uuid[])`,
  );
}

/** Organisations that something of the draft was opened to, in whatever way but to everyone, or that an exception was made for; by id. */
export async function readReached(
  transaction: Transaction,
  { own, draft }: { readonly own: string; readonly draft: string },
  after: string | undefined,
  limit: number,
): Promise<readonly string[]> {
  const rows = await transaction.query<{ id: string }>(
    sql`with opened as (select distinct circle_id as id from opening where organisation_id = ${own} and record_id = ${draft})
        select id from (
          select m.member_organisation_id as id from opened o
            join circle c on c.id = o.id join circle_member m on m.organisation_id = c.organisation_id and m.circle_id = c.id
          union select o.id from opened o where o.id <> ${EVERYONE_SIGNED_IN} and not exists (select from circle c where c.id = o.id)
          union select excepted_organisation_id from exclusion_exception where organisation_id = ${own} and record_id = ${draft}) reached
        where id <> ${own} and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid) order by id limit ${limit}`,
  );
  return rows.map(({ id }) => id);
}

/** Own drafts that something was opened of to the organisation, in whatever way but to everyone, newest first. */
export async function readDraftsReaching(
  transaction: Transaction,
  { own, organisation }: { readonly own: string; readonly organisation: string },
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly ReviewedDraftRow[]> {
  const behind = after === undefined ? sql`true` : sql`(d.created_at, d.id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`;
  return transaction.query<ReviewedDraftRow>(
    sql`select d.id, d.advisory_id, d.state, d.created_at from draft_advisory d
        where d.organisation_id = ${own} and ${behind} and (exists (
          select from opening o where o.organisation_id = d.organisation_id and o.record_id = d.id and (o.circle_id = ${organisation} or exists (
            select from circle_member m where m.circle_id = o.circle_id and m.member_organisation_id = ${organisation})))
          or exists (select from exclusion_exception e where e.organisation_id = d.organisation_id and e.record_id = d.id
            and e.excepted_organisation_id = ${organisation}))
        order by d.created_at desc, d.id desc limit ${limit}`,
  );
}

export async function readMembershipsOf(
  transaction: Transaction,
  organisations: readonly string[],
  circles: readonly string[],
): Promise<readonly ReviewedMembershipRow[]> {
  return transaction.query<ReviewedMembershipRow>(
    sql`select m.member_organisation_id, m.circle_id, m.admitted_at, nullif(m.expires_at, 'infinity') as expires_at, m.revoked_at, m.revoked_reason,
          s.signed_at
        from circle c
        join circle_member m on m.organisation_id = c.organisation_id and m.circle_id = c.id
        left join circle_signature s on s.organisation_id = c.organisation_id and s.circle_id = c.id
          and s.member_organisation_id = m.member_organisation_id and s.agreement_sha256 = c.agreement_sha256
        where c.id = any (${circles}::uuid[]) and m.member_organisation_id = any (${organisations}::uuid[])
        order by m.admitted_at desc, m.id`,
  );
}

export async function readKnownOrganisations(transaction: Transaction, ids: readonly string[]): Promise<readonly KnownOrganisationRow[]> {
  return transaction.query<KnownOrganisationRow>(
    sql`select id, name, kind, has_intelligence_function from organisation where id = any (${ids}::uuid[])`,
  );
}

export async function readExceptions(transaction: Transaction, own: string, drafts: readonly string[]): Promise<readonly ExceptionRow[]> {
  return transaction.query<ExceptionRow>(
    sql`select record_id, excepted_organisation_id, reason, made_at from exclusion_exception
        where organisation_id = ${own} and record_id = any (${drafts}::uuid[])`,
  );
}

/** When anyone of each organisation last read each draft. */
export async function readLastReads(
  transaction: Transaction,
  own: string,
  drafts: readonly string[],
  organisations: readonly string[],
): Promise<readonly { readonly draft_id: string; readonly reader_organisation_id: string; readonly at: Date }[]> {
  return transaction.query(
    sql`select draft_id, reader_organisation_id, max(at) as at from read_event
        where organisation_id = ${own} and draft_id = any (${drafts}::uuid[]) and reader_organisation_id = any (${organisations}::uuid[])
        group by draft_id, reader_organisation_id`,
  );
}

export async function countMembersByRole(
  transaction: Transaction,
  own: string,
): Promise<readonly { readonly role: MemberRole; readonly members: number }[]> {
  return transaction.query(
    sql`select role, count(*) as members from member where organisation_id = ${own} and revoked_at is null group by role`,
  );
}

export type ReviewedMemberRow = {
  readonly name: string;
  readonly role: MemberRole;
  readonly since: Date;
  readonly revoked_at: Date | null;
  readonly last_read_at: Date | null;
};

export async function findReviewedMember(transaction: Transaction, own: string, person: string): Promise<ReviewedMemberRow | undefined> {
  const [row] = await transaction.query<ReviewedMemberRow>(
    sql`select m.name, m.role, m.since, m.revoked_at, (
          select max(at) from read_event r where r.organisation_id = ${own} and r.reader_organisation_id = ${own} and r.reader_person_id = m.person_id) as last_read_at
        from member m where m.organisation_id = ${own} and m.person_id = ${person}`,
  );
  return row;
}

/** The circles whose openings reach the actor's own organisation now, as the database itself counts them. */
export async function readCirclesInForce(
  transaction: Transaction,
  own: string,
  limit: number,
): Promise<readonly { readonly id: string; readonly name: string; readonly since: Date }[]> {
  return transaction.query(
    sql`select c.id, c.name, m.admitted_at as since from circle c
        join circle_member m on m.organisation_id = c.organisation_id and m.circle_id = c.id and m.member_organisation_id = ${own} and m.revoked_at is null
        where c.id = any ((select circles())::uuid[]) order by c.name, c.id limit ${limit}`,
  );
}

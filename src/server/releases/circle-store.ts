import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import { EVERYONE_SIGNED_IN } from "../../vocabulary/circle.ts";
import type { PlanCircle, PlanMember } from "../../coordination/release/plan-circle.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** A circle that a stage may open to, and what it asks of its members, in words. */
export type ChoosableCircle = PlanCircle & {
  readonly needs: readonly string[];
  /** The own circle of one organisation: its id is the organisation's. */
  readonly isOrganisation: boolean;
};

/**
 * The circles that the actor knows: its own organisation's, those it owns or is in, other organisations' own where it knows them,
 * and everyone signed in. Who is in a circle is told to its owner, and to the owner of a draft that was opened to it.
 */
export async function readCircles(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  mine: string,
  nowMs: number,
): Promise<readonly ChoosableCircle[]> {
  const at = new Date(nowMs);
  const [circles = [], members = [], organisations = [], exceptions = []] = await transaction.queryAll([
    sql`select c.organisation_id, c.id, c.name, c.needs_second_factor, c.needs_sponsor, c.agreement_sha256 is not null as needs_agreement, c.longest_days,
          c.members_listed,
          exists (select from opening o where o.organisation_id = ${organisation} and o.record_id = ${draft} and o.circle_id = c.id) as is_opened
        from circle c where c.closed_at is null order by c.name, c.id`,
    sql`select m.circle_id, m.member_organisation_id, m.expires_at,
          -- Who signed is told to the circle's owner.
          (c.agreement_sha256 is null or c.organisation_id <> ${mine} or exists (
            select from circle_signature s where s.organisation_id = c.organisation_id and s.circle_id = c.id
              and s.member_organisation_id = m.member_organisation_id and s.agreement_sha256 = c.agreement_sha256)) as entered
        from circle_member m join circle c on c.organisation_id = m.organisation_id and c.id = m.circle_id
        where m.revoked_at is null and m.admitted_at <= ${at} and ${at} < m.expires_at order by m.circle_id, m.member_organisation_id`,
    sql`select id, name, has_intelligence_function from organisation order by name, id`,
    sql`select excepted_organisation_id from exclusion_exception where organisation_id = ${organisation} and record_id = ${draft}`,
  ]);
  const known = new Map((organisations as readonly OrganisationRow[]).map((row) => [row.id, row]));
  const excepted = new Set(
    (exceptions as readonly { readonly excepted_organisation_id: string }[]).map((row) => row.excepted_organisation_id),
  );
  const inside = Map.groupBy(members as readonly MemberRow[], (row) => row.circle_id);
  const memberOf = (id: string, more: Pick<PlanMember, "entered" | "expiresMs">): PlanMember => ({
    organisation: id,
    name: known.get(id)?.name ?? "an organisation that you do not know",
    // The owner is never kept from what is its own.
    excluded: id !== organisation && known.get(id)?.has_intelligence_function === true,
    excepted: excepted.has(id),
    ...more,
  });
  return [
    ...(circles as readonly CircleRow[]).map((row) => ({
      id: row.id,
      name: row.name,
      needs: needsOf(row),
      isOrganisation: false,
      members:
        row.organisation_id === mine || row.members_listed || (organisation === mine && row.is_opened)
          ? (inside.get(row.id) ?? []).map((member) =>
              memberOf(member.member_organisation_id, { entered: member.entered, expiresMs: expiry(member) }),
            )
          : undefined,
    })),
    ...[...known.values()].map(({ id, name }) => ({
      id,
      name,
      needs: ["named in the plan"],
      isOrganisation: true,
      members: [memberOf(id, { entered: true, expiresMs: undefined })],
    })),
    { id: EVERYONE_SIGNED_IN, name: "Everyone signed in", needs: ["an account here"], isOrganisation: false, members: undefined },
  ];
}

/** Names of organisations as far as the actor knows them. */
export async function readNames(transaction: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await transaction.query<{ id: string; name: string }>(
    sql`select id, name from organisation where id = any (${ids}::uuid[])`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Which of the consenters see the case: whoever does not cannot answer for or against it. To be asked as the releaser, who knows every membership. */
export async function readConsentersInCase(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  nowMs: number,
): Promise<readonly string[]> {
  const at = new Date(nowMs);
  const rows = await transaction.query<{ id: string }>(
    sql`select c.consenter_organisation_id as id
        from release_consenter c join organisation g on g.id = c.consenter_organisation_id
        where c.organisation_id = ${organisation} and c.draft_id = ${draft}
          and (c.consenter_organisation_id = c.organisation_id or not g.has_intelligence_function or exists (
            select from exclusion_exception e where e.organisation_id = c.organisation_id and e.record_id = c.draft_id
              and e.excepted_organisation_id = c.consenter_organisation_id))
          and exists (
            select from opening o
            where o.organisation_id = c.organisation_id and o.record_id = c.draft_id and o.level = 1 and ${at} < o.closes_at
              and (o.circle_id = c.consenter_organisation_id or o.circle_id = ${EVERYONE_SIGNED_IN} or exists (
                select from circle_member m join circle k on k.organisation_id = m.organisation_id and k.id = m.circle_id
                where m.circle_id = o.circle_id and m.member_organisation_id = c.consenter_organisation_id
                  and m.revoked_at is null and m.admitted_at <= ${at} and ${at} < m.expires_at and k.closed_at is null
                  and (k.agreement_sha256 is null or exists (
                    select from circle_signature s where s.organisation_id = k.organisation_id and s.circle_id = k.id
                      and s.member_organisation_id = m.member_organisation_id and s.agreement_sha256 = k.agreement_sha256)))))
        order by id`,
  );
  return rows.map(({ id }) => id);
}

type CircleRow = {
  readonly organisation_id: string;
  readonly id: string;
  readonly name: string;
  readonly needs_second_factor: boolean;
  readonly needs_sponsor: boolean;
  readonly needs_agreement: boolean;
  readonly longest_days: number | null;
  readonly members_listed: boolean;
  readonly is_opened: boolean;
};
type MemberRow = {
  readonly circle_id: string;
  readonly member_organisation_id: string;
  /** `infinity` arrives as a number. */
  readonly expires_at: Date | number;
  readonly entered: boolean;
};
type OrganisationRow = { readonly id: string; readonly name: string; readonly has_intelligence_function: boolean };

function expiry({ expires_at }: MemberRow): number | undefined {
  return expires_at instanceof Date ? expires_at.getTime() : undefined;
}

function needsOf(row: CircleRow): readonly string[] {
  return [
    ...(row.needs_agreement ? ["agreement signed"] : []),
    ...(row.needs_second_factor ? ["second factor"] : []),
    ...(row.needs_sponsor ? ["sponsor named"] : []),
    ...(row.longest_days === null ? [] : [`at most ${row.longest_days} days`]),
  ];
}

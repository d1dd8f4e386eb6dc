import type { InvitationState } from "../../vocabulary/circle.ts";
import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";
import { answerable } from "./circle-store.ts";

export type InvitationRow = {
  readonly organisation_id: string;
  readonly circle_id: string;
  readonly id: string;
  readonly invited_organisation_id: string;
  readonly invited_name: string | null;
  readonly invited_at: Date;
  readonly answer_by: Date;
  /** Null = the membership never ends by itself. */
  readonly member_until: Date | null;
  readonly sponsor_organisation_id: string | null;
  readonly sponsor_name: string | null;
  readonly state: Exclude<InvitationState, "lapsed">;
  readonly answered_at: Date | null;
};

export type NewInvitation = {
  readonly owner: string;
  readonly circle: string;
  readonly organisation: string;
  readonly by: string;
  readonly answerDays: number;
  /** Undefined = as late as the circle allows. */
  readonly memberUntilMs: number | undefined;
  readonly sponsor: string | undefined;
};

const invitations: SqlQuery = sql`select i.organisation_id, i.circle_id, i.id, i.invited_organisation_id, o.name as invited_name, i.invited_at, i.answer_by,
    nullif(i.member_until, 'infinity') as member_until, i.sponsor_organisation_id, p.name as sponsor_name, i.state, i.answered_at
  from invitation i
  left join organisation o on o.id = i.invited_organisation_id
  left join organisation p on p.id = i.sponsor_organisation_id`;

export async function findInvitation(transaction: Transaction, id: string): Promise<InvitationRow | undefined> {
  const [row] = await transaction.query<InvitationRow>(sql`${invitations} where i.id = ${id}`);
  return row;
}

/** Those of one circle of the actor's organisation, newest first. */
export async function readSentInvitations(
  transaction: Transaction,
  circle: { readonly owner: string; readonly id: string },
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly InvitationRow[]> {
  const behind = after === undefined ? sql`true` : sql`(i.invited_at, i.id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`;
  return transaction.query<InvitationRow>(
    sql`${invitations} where i.organisation_id = ${circle.owner} and i.circle_id = ${circle.id} and ${behind}
        order by i.invited_at desc, i.id desc limit ${limit}`,
  );
}

/** Those that the organisation may answer now, the first to lapse first. */
export async function readReceivedInvitations(transaction: Transaction, own: string, limit: number): Promise<readonly InvitationRow[]> {
  return transaction.query<InvitationRow>(
    sql`${invitations} join circle c on c.organisation_id = i.organisation_id and c.id = i.circle_id
        where i.invited_organisation_id = ${own} and ${answerable} and c.closed_at is null order by i.answer_by, i.id limit ${limit}`,
  );
}

/** Takes back what is open to the same organisation: the newest conditions are the ones that are answered. */
export async function supersedeInvitation(
  transaction: Transaction,
  { owner, circle, organisation, by }: Pick<NewInvitation, "owner" | "circle" | "organisation" | "by">,
): Promise<void> {
  await transaction.run(
    sql`update invitation set state = 'withdrawn', answered_by = ${by}, answered_at = (select actor_clock())
        where organisation_id = ${owner} and circle_id = ${circle} and invited_organisation_id = ${organisation} and state = 'open'`,
  );
}

export async function insertInvitation(transaction: Transaction, invitation: NewInvitation): Promise<string | undefined> {
  const until = invitation.memberUntilMs === undefined ? null : new Date(invitation.memberUntilMs);
  const [row] = await transaction.query<{ id: string }>(
    sql`insert into invitation (organisation_id, circle_id, invited_organisation_id, invited_by, invited_at, answer_by, member_until, sponsor_organisation_id)
        select c.organisation_id, c.id, ${invitation.organisation}::uuid, ${invitation.by}::uuid, (select actor_clock()),
          (select actor_clock()) + make_interval(hours => 24 * ${invitation.answerDays}::integer),
          coalesce(${until}::timestamptz, (select actor_clock()) + make_interval(hours => 24 * c.longest_days), 'infinity'),
          ${invitation.sponsor ?? null}::uuid
        from circle c where c.organisation_id = ${invitation.owner} and c.id = ${invitation.circle}
        returning id`,
  );
  return row?.id;
}

/** False when it is not open any more, or not the actor's to answer so. Of two answers at once one is true. */
export async function closeInvitation(
  transaction: Transaction,
  id: string,
  answer: { readonly state: "accepted" | "declined" | "withdrawn"; readonly by: string },
): Promise<boolean> {
  const changed = await transaction.run(
    sql`update invitation set state = ${answer.state}, answered_by = ${answer.by}, answered_at = (select actor_clock())
        where id = ${id} and state = 'open'`,
  );
  return changed === 1;
}

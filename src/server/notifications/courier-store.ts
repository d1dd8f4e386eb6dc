import type { NotificationKind } from "../../vocabulary/notification.ts";
import type { MemberRole } from "../../vocabulary/organisation.ts";
import type { Database, Row } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** Who is told of a kind: members of this role, in coordinators only where what it asks is theirs alone. */
export type Audience = { readonly kind: NotificationKind; readonly role: MemberRole; readonly onlyCoordinators: boolean };

export type Taking = {
  readonly atMs: number;
  readonly limit: number;
  readonly audiences: readonly Audience[];
  /** False where no mail server is set: then no mail waits for one. */
  readonly hasMail: boolean;
};

/**
 * Turns announcements that wait into notifications and their deliveries, for those who may be told now; the number taken.
 * Couriers beside one another take different ones, and one that dies takes none.
 */
export async function takeAnnouncements(database: Database, { atMs, limit, audiences, hasMail }: Taking): Promise<number> {
  const at = new Date(atMs);
  const rows = await database.query<{ taken: number } & Row>(
    "courier",
    sql`with waiting as (
        select a.organisation_id, a.id, a.circle_id, a.kind, a.record_id, a.level, a.at from announcement a
        where a.taken_at is null order by a.at limit ${limit} for update skip locked),
      taken as (
        update announcement a set taken_at = ${at} from waiting w where a.organisation_id = w.organisation_id and a.id = w.id returning a.id),
      known as (
        select w.*, c.told from waiting w cross join lateral (
          select o.id as told from organisation o where o.id = w.circle_id or w.circle_id = '00000000-0000-0000-0000-000000000001'
          union select m.member_organisation_id
            from circle j join circle_member m on m.organisation_id = j.organisation_id and m.circle_id = j.id
            where j.id = w.circle_id and w.circle_id in (select circles_of(m.member_organisation_id, ${at}))) c
        where (c.told <> w.organisation_id or c.told = w.circle_id) and may_be_told(c.told, w.organisation_id, w.record_id, w.level, ${at})),
      told as (
        insert into notification (organisation_id, announcement_id, kind, level, record_organisation_id, record_id, at)
        select k.told, k.id, k.kind, k.level, case when k.record_id is null then null else k.organisation_id end, k.record_id, k.at from known k
        returning organisation_id, id, kind),
      mailed as (
        insert into delivery (organisation_id, notification_id, person_id, next_at)
        select t.organisation_id, t.id, m.person_id, ${at}
        from told t
        join organisation o on o.id = t.organisation_id
        join member m on m.organisation_id = t.organisation_id and m.revoked_at is null and m.email is not null
        join unnest(${audiences.map(({ kind }) => kind)}::text[], ${audiences.map(({ role }) => role)}::text[],
          ${audiences.map(({ onlyCoordinators }) => onlyCoordinators)}::boolean[]) as a (kind, role, only_coordinators)
          on a.kind = t.kind and a.role = m.role and (not a.only_coordinators or o.kind = 'coordinator')
        where ${hasMail} and not exists (
          select from mail_choice c where c.organisation_id = m.organisation_id and c.person_id = m.person_id and not c.wants_mail)),
      hooked as (
        insert into delivery (organisation_id, notification_id, webhook_id, next_at)
        select t.organisation_id, t.id, w.id, ${at} from told t join webhook w on w.organisation_id = t.organisation_id and w.removed_at is null)
      select count(*) as taken from taken`,
  );
  return rows[0]?.taken ?? 0;
}

/** A delivery that this courier has until its lease ends. */
export type LeasedDelivery = {
  readonly organisationId: string;
  readonly id: string;
  readonly notificationId: string;
  readonly kind: string;
  readonly at: Date;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  readonly to: { readonly channel: "mail"; readonly address: string } | { readonly channel: "webhook"; readonly sealed: Uint8Array };
};

type LeaseRow = {
  readonly organisation_id: string;
  readonly id: string;
  readonly notification_id: string;
  readonly attempts: number;
  readonly kind: string;
  readonly at: Date;
  readonly email: string | null;
  readonly sealed: Uint8Array | null;
  readonly stands: boolean;
} & Row;

/** Takes deliveries that are due, also from a courier whose lease ran out. What may no longer be told is withdrawn on the way. */
export async function leaseDeliveries(
  database: Database,
  { atMs, leaseMs, limit }: { readonly atMs: number; readonly leaseMs: number; readonly limit: number },
): Promise<readonly LeasedDelivery[]> {
  const at = new Date(atMs);
  return database.transaction("courier", async (transaction) => {
    const leased = await transaction.query<{ organisation_id: string; id: string } & Row>(
      sql`update delivery d set leased_until = ${new Date(atMs + leaseMs)}, attempts = d.attempts + 1, tried_at = ${at}
          from (select organisation_id, id from delivery
            where state = 'waiting' and next_at <= ${at} and (leased_until is null or leased_until <= ${at})
            order by next_at limit ${limit} for update skip locked) due
          where d.organisation_id = due.organisation_id and d.id = due.id returning d.organisation_id, d.id`,
    );
    if (leased.length === 0) return [];
    const rows = await transaction.query<LeaseRow>(
      sql`select d.organisation_id, d.id, d.notification_id, d.attempts, n.kind, n.at, m.email, w.sealed,
            may_be_told(n.organisation_id, n.record_organisation_id, n.record_id, n.level, ${at})
              and coalesce(c.wants_mail or n.kind = 'test', true)
              and (m.email is not null and m.revoked_at is null or w.id is not null and w.removed_at is null) as stands
          from unnest(${leased.map((row) => row.organisation_id)}::uuid[], ${leased.map((row) => row.id)}::uuid[]) as l (organisation_id, id)
          join delivery d on d.organisation_id = l.organisation_id and d.id = l.id
          join notification n on n.organisation_id = d.organisation_id and n.id = d.notification_id
          left join member m on m.organisation_id = d.organisation_id and m.person_id = d.person_id
          left join mail_choice c on c.organisation_id = d.organisation_id and c.person_id = d.person_id
          left join webhook w on w.organisation_id = d.organisation_id and w.id = d.webhook_id`,
    );
    const withdrawn = rows.filter(({ stands }) => !stands);
    if (withdrawn.length > 0) {
      await transaction.run(
        sql`update delivery d set state = 'withdrawn', leased_until = null
            from unnest(${withdrawn.map((row) => row.organisation_id)}::uuid[], ${withdrawn.map((row) => row.id)}::uuid[]) as w (organisation_id, id)
            where d.organisation_id = w.organisation_id and d.id = w.id`,
      );
    }
    return rows.flatMap((row) => (row.stands ? toLeased(row) : []));
  });
}

function toLeased(row: LeaseRow): readonly LeasedDelivery[] {
  const { organisation_id: organisationId, id, notification_id: notificationId, kind, at, attempts: attempt, email, sealed } = row;
  const found = { organisationId, id, notificationId, kind, at, attempt };
  if (sealed !== null) return [{ ...found, to: { channel: "webhook", sealed } }];
  return email === null ? [] : [{ ...found, to: { channel: "mail", address: email } }];
}

export type Settlement =
  | { readonly state: "delivered" }
  | { readonly state: "failed"; readonly reason: string }
  | { readonly state: "waiting"; readonly reason: string; readonly nextAtMs: number };

/** Writes down how an attempt ended. A failure counts only while no later attempt has begun. */
export async function settleDelivery(
  database: Database,
  { organisationId, id, attempt }: Pick<LeasedDelivery, "organisationId" | "id" | "attempt">,
  settlement: Settlement,
): Promise<void> {
  const which = sql`organisation_id = ${organisationId} and id = ${id} and state = 'waiting'`;
  const query =
    settlement.state === "delivered"
      ? sql`update delivery set state = 'delivered', leased_until = null, last_reason = null where ${which}`
      : sql`update delivery set state = ${settlement.state}, leased_until = null, last_reason = ${settlement.reason},
              next_at = ${settlement.state === "waiting" ? new Date(settlement.nextAtMs) : sql`next_at`}
            where ${which} and attempts = ${attempt}`;
  await database.transaction("courier", (transaction) => transaction.run(query));
}

/** Announcements that were taken before a moment have done their work. */
export async function forgetAnnouncements(database: Database, beforeMs: number): Promise<number> {
  return database.transaction("courier", (transaction) =>
    transaction.run(sql`delete from announcement where taken_at < ${new Date(beforeMs)}`),
  );
}

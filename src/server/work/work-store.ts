import type { Database, Row } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import type { Caller } from "../http/caller.ts";

export type WorkAsker = Pick<Caller, "organisation" | "person" | "actor">;

type DraftRow = { readonly organisation_id: string; readonly draft_id: string } & Row;
export type ConsentRow = DraftRow & { readonly revision: number; readonly since: Date | null; readonly who: string | null };
export type HoldRow = DraftRow & {
  readonly id: string;
  readonly held_by_organisation_id: string;
  readonly held_at: Date;
  readonly who: string | null;
};
export type PlanlessRow = DraftRow & { readonly created_at: Date };
export type StageRow = DraftRow & {
  readonly id: string;
  readonly level: number;
  readonly opens_at: Date;
  readonly circle_id: string | null;
  readonly circle_name: string | null;
};
export type DateRow = DraftRow & { readonly public_at: Date };
export type InvitationRow = {
  readonly id: string;
  readonly circle_id: string;
  readonly circle_name: string | null;
  readonly who: string | null;
  readonly invited_at: Date;
  readonly answer_by: Date;
} & Row;
export type MembershipRow = {
  readonly id: string;
  readonly circle_id: string;
  readonly circle_name: string;
  readonly who: string | null;
  readonly admitted_at: Date;
  readonly expires_at: Date | null;
  readonly is_unsigned: boolean;
} & Row;
export type TokenRow = { readonly id: string; readonly name: string; readonly expires_at: Date } & Row;
export type RequestRow = {
  readonly id: string;
  readonly enrolment_id: string;
  readonly model_name: string;
  readonly who: string | null;
  readonly asked_at: Date;
} & Row;
export type FailedRow = { readonly count: number; readonly since: Date | null } & Row;
export type StandingRow = {
  readonly administrators: number;
  readonly circles: number;
  readonly ways_in: number;
  readonly codes: number;
} & Row;
export type TitleRow = DraftRow & { readonly summary: string | null; readonly package_name: string | null };

/** How many rows of one kind are looked at; a page that lists more helps nobody. */
export const MOST = 20;

export type WaitingRows = {
  readonly consents: readonly ConsentRow[];
  readonly holds: readonly HoldRow[];
  readonly planless: readonly PlanlessRow[];
  readonly stages: readonly StageRow[];
  readonly dates: readonly DateRow[];
  readonly invitations: readonly InvitationRow[];
  readonly memberships: readonly MembershipRow[];
  readonly tokens: readonly TokenRow[];
  readonly requests: readonly RequestRow[];
  readonly failed: FailedRow | undefined;
  readonly standing: StandingRow | undefined;
  readonly titles: readonly TitleRow[];
};

/** Everything that may wait for one member, in one round, as the database shows it to that member. */
export async function readWaiting(database: Database, asker: WorkAsker, days: number): Promise<WaitingRows> {
  return database.transaction(asker.actor, async (transaction) => {
    const answers = await transaction.queryAll([
      consents(asker),
      holds(),
      planless(asker),
      stages(days),
      dates(days),
      invitations(asker),
      memberships(asker, days),
      tokens(asker, days),
      failed(asker),
      standing(asker),
      requests(asker),
    ]);
    const [a, b, c, d, e, f, g, h, i, j, k] = answers as unknown as [
      ConsentRow[],
      HoldRow[],
      PlanlessRow[],
      StageRow[],
      DateRow[],
      InvitationRow[],
      MembershipRow[],
      TokenRow[],
      FailedRow[],
      StandingRow[],
      RequestRow[],
    ];
    const drafts = new Map([...a, ...b, ...c, ...d, ...e].map((row) => [row.draft_id, row.organisation_id]));
    const titles = drafts.size === 0 ? [] : await transaction.query<TitleRow>(titlesOf([...drafts.values()], [...drafts.keys()]));
    return {
      consents: a,
      holds: b,
      planless: c,
      stages: d,
      dates: e,
      invitations: f,
      memberships: g,
      tokens: h,
      requests: k,
      failed: i[0],
      standing: j[0],
      titles,
    };
  });
}

const soon = (column: SqlQuery, days: number): SqlQuery =>
  sql`${column} > (select actor_clock()) and ${column} <= (select actor_clock()) + make_interval(days => ${days})`;

function consents({ organisation }: WorkAsker): SqlQuery {
  return sql`
    select p.organisation_id, p.draft_id, s.revision, o.name as who,
      (select max(e.at) from draft_event e where e.organisation_id = p.organisation_id and e.draft_id = p.draft_id and e.kind = 'amendment-proposed') as since
    from release_consenter c
    join release_plan p on p.organisation_id = c.organisation_id and p.draft_id = c.draft_id and p.state = 'agreed'
    join lateral (select max(s.revision) as revision from release_stage s
      where s.organisation_id = p.organisation_id and s.draft_id = p.draft_id and s.revision > p.revision) s on s.revision is not null
    left join organisation o on o.id = p.organisation_id
    where c.consenter_organisation_id = ${organisation}
      and not exists (select from release_consent a where a.organisation_id = p.organisation_id and a.draft_id = p.draft_id and a.revision = s.revision
        and a.consenter_organisation_id = ${organisation})
    order by since nulls last limit ${MOST + 1}`;
}

/** From the holds that stand, of which there are few in all. */
function holds(): SqlQuery {
  return sql`
    select p.organisation_id, p.draft_id, r.id, r.held_by_organisation_id, r.held_at, o.name as who
    from release_hold r
    join release_plan p on p.organisation_id = r.organisation_id and p.draft_id = r.draft_id and p.state = 'agreed'
    left join organisation o on o.id = r.held_by_organisation_id
    where r.lifted_at is null
    order by r.held_at limit ${MOST + 1}`;
}

function planless({ organisation }: WorkAsker): SqlQuery {
  return sql`
    select d.organisation_id, d.id as draft_id, d.created_at
    from opening o join draft_advisory d on d.organisation_id = o.organisation_id and d.id = o.record_id and d.state = 'open'
    where o.circle_id = ${organisation} and o.organisation_id = ${organisation} and o.level = 1 and not exists (
      select from release_plan p where p.organisation_id = d.organisation_id and p.draft_id = d.id and p.state <> 'writing')
    order by d.created_at limit ${MOST + 1}`;
}

/** Of the cases that are shown to the actor, from its own side. */
function stages(days: number): SqlQuery {
  return sql`
    select p.organisation_id, p.draft_id, s.id, s.level, s.opens_at, s.circle_id, c.name as circle_name
    from (select distinct o.organisation_id, o.record_id from opening o where o.circle_id = any ((select circles())::uuid[]) and o.level = 1) h
    join release_plan p on p.organisation_id = h.organisation_id and p.draft_id = h.record_id and p.state = 'agreed'
    join release_stage s on s.organisation_id = p.organisation_id and s.draft_id = p.draft_id and s.revision = p.revision and ${soon(sql`s.opens_at`, days)}
    left join circle c on c.id = s.circle_id
    where not exists (select from opening x where x.organisation_id = p.organisation_id and x.record_id = p.draft_id and x.stage_id = s.id)
    order by s.opens_at limit ${MOST + 1}`;
}

/** The public hour of what is seen below the case. */
function dates(days: number): SqlQuery {
  return sql`
    select d.organisation_id, d.draft_id, d.public_at
    from (select distinct o.organisation_id, o.record_id from opening o where o.circle_id = any ((select circles())::uuid[])
      and not exists (select from opening c where c.organisation_id = o.organisation_id and c.record_id = o.record_id and c.level = 1
        and c.circle_id = any ((select circles())::uuid[]))) o
    join staged_date d on d.organisation_id = o.organisation_id and d.draft_id = o.record_id and ${soon(sql`d.public_at`, days)}
    order by d.public_at limit ${MOST + 1}`;
}

function invitations({ organisation }: WorkAsker): SqlQuery {
  return sql`
    select i.id, i.circle_id, c.name as circle_name, o.name as who, i.invited_at, i.answer_by
    from invitation i
    left join circle c on c.organisation_id = i.organisation_id and c.id = i.circle_id
    left join organisation o on o.id = i.organisation_id
    where i.invited_organisation_id = ${organisation} and i.state = 'open' and i.answer_by > (select actor_clock())
    order by i.answer_by limit ${MOST + 1}`;
}

/** Memberships whose text is not signed, and those that end soon. */
function memberships({ organisation }: WorkAsker, days: number): SqlQuery {
  return sql`
    select m.id, m.circle_id, m.admitted_at, m.is_unsigned, m.circle_name, m.who, case when m.ends_soon then m.expires_at end as expires_at
    from (
      select cm.id, cm.circle_id, cm.admitted_at, cm.expires_at, c.name as circle_name, o.name as who, ${soon(sql`cm.expires_at`, days)} as ends_soon,
        c.agreement_sha256 is not null and not exists (select from circle_signature s where s.organisation_id = c.organisation_id
          and s.circle_id = c.id and s.member_organisation_id = ${organisation} and s.agreement_sha256 = c.agreement_sha256) as is_unsigned
      from circle_member cm
      join circle c on c.organisation_id = cm.organisation_id and c.id = cm.circle_id and c.closed_at is null
      left join organisation o on o.id = cm.organisation_id
      where cm.member_organisation_id = ${organisation} and cm.revoked_at is null and cm.expires_at > (select actor_clock())) m
    where m.is_unsigned or m.ends_soon
    order by m.expires_at, m.admitted_at limit ${MOST + 1}`;
}

function tokens({ organisation, person }: WorkAsker, days: number): SqlQuery {
  return sql`
    select id, name, expires_at from access_token
    where organisation_id = ${organisation} and person_id = ${person} and revoked_at is null and ${soon(sql`expires_at`, days)}
    order by expires_at limit ${MOST + 1}`;
}

/** What desks ask of a lab and can still be answered. */
function requests({ organisation }: WorkAsker): SqlQuery {
  return sql`
    select r.id, r.enrolment_id, e.name as model_name, o.name as who, r.asked_at
    from access_request r
    join enrolment e on e.organisation_id = r.organisation_id and e.id = r.enrolment_id and e.withdrawn_at is null
    left join access_window w on w.organisation_id = r.organisation_id and w.id = r.window_id
    left join organisation o on o.id = r.desk_organisation_id
    where r.organisation_id = ${organisation} and r.answered_at is null and r.withdrawn_at is null and w.ended_at is null
    order by r.asked_at limit ${MOST + 1}`;
}

function failed({ organisation }: WorkAsker): SqlQuery {
  return sql`
    select count(*) as count, min(tried_at) as since
    from (select tried_at from delivery where organisation_id = ${organisation} and state = 'failed' order by tried_at limit ${MOST + 1}) f`;
}

function standing({ organisation, person }: WorkAsker): SqlQuery {
  return sql`
    select
      (select count(*) from member where organisation_id = ${organisation} and role = 'administrator' and revoked_at is null) as administrators,
      (select count(*) from circle where organisation_id = ${organisation} and closed_at is null) as circles,
      (select count(*) from passkey where person_id = ${person} and revoked_at is null)
        + (select count(*) from sign_on_identity where person_id = ${person} and revoked_at is null) as ways_in,
      (select count(*) from recovery_code where person_id = ${person} and used_at is null) as codes`;
}

function titlesOf(organisations: readonly string[], drafts: readonly string[]): SqlQuery {
  return sql`
    select k.organisation_id, k.draft_id,
      (select p.body from draft_part p where p.organisation_id = k.organisation_id and p.draft_id = k.draft_id and p.kind = 'summary'
        and p.replaced_at is null order by p.level desc, p.written_at limit 1) as summary,
      (select min(s.name) from staged_package s where s.organisation_id = k.organisation_id and s.draft_id = k.draft_id) as package_name
    from unnest(${organisations}::uuid[], ${drafts}::uuid[]) as k (organisation_id, draft_id)`;
}

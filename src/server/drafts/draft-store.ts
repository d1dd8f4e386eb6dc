import { DRAFT_STATES, type DraftKey, type DraftState } from "../../vocabulary/draft-advisory.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { type DraftLevel, levelNumber, levelOf } from "../../vocabulary/level.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import type { PackageName } from "../../vocabulary/advisory.ts";
import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";

/** A draft as far as one actor may know that it is there. */
export type SeenDraft = DraftKey & {
  /** The most confidential that the actor sees. */
  readonly level: DraftLevel;
  readonly advisory: string;
  readonly state: DraftState;
  readonly isOwner: boolean;
  /** Undefined = the actor does not know that organisation. */
  readonly ownerName: string | undefined;
  readonly mayWrite: boolean;
  readonly createdAtMs: number;
  readonly publishedAtMs: number | undefined;
  /** Its public stage has opened; it is in the record when its state is `published` too. */
  readonly isPublic: boolean;
  readonly publicOn: ZonedInstant | undefined;
  /** Who looks, by the database's own word. */
  readonly actor: { readonly organisation: string; readonly person: string; readonly atMs: number };
};

/** Everything that a draft begins with, in the order that its policies ask for. */
export function foundingStatements(draft: string, advisory: string): readonly SqlQuery[] {
  return [
    sql`insert into confidential_record (organisation_id, id, kind, created_at) values (actor_organisation(), ${draft}, 'draft-advisory', actor_clock())`,
    sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at)
        values (actor_organisation(), ${draft}, actor_organisation(), ${levelNumber("case")}, 'owner', actor_clock())`,
    sql`insert into draft_advisory (organisation_id, id, advisory_id, state, created_by, created_at)
        values (actor_organisation(), ${draft}, ${advisory}, 'open', actor_person(), actor_clock())`,
    sql`insert into release_plan (organisation_id, draft_id, state, revision) values (actor_organisation(), ${draft}, 'writing', 1)`,
  ];
}

/** What the actor may know of a draft; undefined = there is none, or it is not open to it: no caller can tell which. */
export async function findDraft(transaction: Transaction, draft: string): Promise<SeenDraft | undefined> {
  const rows = await transaction.query<DraftRow>(
    sql`select d.organisation_id, d.id, d.advisory_id, d.state, d.created_at, d.published_at, seen.level, seen.is_public, g.name as owner_name,
          d.organisation_id = (select actor_organisation()) as is_owner,
          seen.level = 1 and (select actor_role()) in ('administrator', 'editor') as may_write,
          s.public_at, s.public_zone, (select actor_organisation()) as actor_organisation, (select actor_person()) as actor_person,
          (select actor_clock()) as actor_at
        from draft_advisory d
        cross join lateral (
          select greatest(min(o.level), (select actor_floor())) as level, bool_or(o.level = 5) as is_public
          from opening o where o.organisation_id = d.organisation_id and o.record_id = d.id) seen
        left join organisation g on g.id = d.organisation_id
        left join staged_date s on s.organisation_id = d.organisation_id and s.draft_id = d.id
        where d.id = ${draft}`,
  );
  return rows[0] === undefined ? undefined : toSeenDraft(rows[0]);
}

/** Whether the draft can be written to as it is now, whatever has been read of it before: it is open, and its public stage has not opened. */
export async function isOpenNow(transaction: Transaction, { organisation, draft }: DraftKey): Promise<boolean> {
  const rows = await transaction.query(
    sql`select from draft_advisory d where d.organisation_id = ${organisation} and d.id = ${draft} and d.state = 'open'
          and not exists (select from opening o where o.organisation_id = d.organisation_id and o.record_id = d.id and o.level = 5)`,
  );
  return rows.length === 1;
}

/**
 * Ends a draft for good. False = it is not open any more, or not the actor's. The plan comes first: the job that opens stages holds it meanwhile,
 * and what it has just made public cannot be abandoned.
 */
export async function abandon(transaction: Transaction, { organisation, draft }: DraftKey): Promise<boolean> {
  await transaction.run(sql`update release_plan set state = 'ended' where organisation_id = ${organisation} and draft_id = ${draft}`);
  const changed = await transaction.run(
    sql`update draft_advisory d set state = 'abandoned' where d.organisation_id = ${organisation} and d.id = ${draft} and d.state = 'open'
          and not exists (select from opening o where o.organisation_id = d.organisation_id and o.record_id = d.id and o.level = 5)`,
  );
  return changed === 1;
}

/** Circles of others that something of the draft has been opened to. For its owner. */
export async function readOpenedCircles(transaction: Transaction, { organisation, draft }: DraftKey): Promise<readonly string[]> {
  const rows = await transaction.query<{ circle_id: string }>(
    sql`select distinct circle_id from opening
        where organisation_id = ${organisation} and record_id = ${draft} and circle_id <> ${organisation} order by circle_id`,
  );
  return rows.map(({ circle_id }) => circle_id);
}

/** A row of the actor's list. Names of packages are those at levels that it sees. */
export type ListedDraft = {
  readonly key: DraftKey;
  readonly level: DraftLevel;
  readonly state: DraftState;
  readonly advisory: string;
  readonly ownerName: string | undefined;
  readonly packages: readonly PackageName[];
  readonly packageCount: number;
  readonly summary: string | undefined;
  /** The most confidential level of what the row says; undefined = it says nothing of the draft's. */
  readonly shownLevel: DraftLevel | undefined;
  readonly publicOn: ZonedInstant | undefined;
  readonly openedAtMs: number;
};

export type DraftFilter = { readonly state: DraftState | undefined; readonly own: boolean | undefined };
/** The opening a page ended with. */
export type OpeningKey = { readonly openedAtMicros: string; readonly draft: string };

/**
 * The actor's drafts by their newest opening to it. It starts from the actor's circles, by index: a policy over all drafts would read
 * everything for whoever sees little. What is asked of each draft is asked of a page of them, never of all that was opened.
 */
export async function listDrafts(
  transaction: Transaction,
  filter: DraftFilter,
  after: OpeningKey | undefined,
  limit: number,
): Promise<readonly (ListedDraft & { readonly page: OpeningKey })[]> {
  const found: NewestOpening[] = [];
  for (let before = after, isMore = true; isMore && found.length < limit;) {
    const newest = await readNewestOpenings(transaction, filter, before, limit);
    found.push(...newest.filter(({ kept }) => kept));
    const last = newest.at(-1);
    isMore = last?.more ?? false;
    before = last === undefined ? before : keyOf(last);
  }
  return readListed(transaction, found.slice(0, limit));
}

type NewestOpening = {
  readonly organisation_id: string;
  readonly record_id: string;
  readonly opened_at: Date;
  readonly opened_micros: string;
  /** It is the draft's newest to the actor, and the draft is as the filter asks. */
  readonly kept: boolean;
  /** Something may be behind the last of these. */
  readonly more: boolean;
};

function keyOf({ opened_micros, record_id }: NewestOpening): OpeningKey {
  return { openedAtMicros: opened_micros, draft: record_id };
}

/**
 * Newest openings of all the actor's circles together, one a draft: of each circle the first by index, merged. What is older than the last
 * one taken of a circle that has more is left for the next turn, since that circle could have something in between.
 */
async function readNewestOpenings(
  transaction: Transaction,
  { state, own }: DraftFilter,
  after: OpeningKey | undefined,
  depth: number,
): Promise<readonly NewestOpening[]> {
  const before = after === undefined ? sql`` : sql`and (o.opened_at, o.record_id) < (${instantOf(after)}, ${after.draft}::uuid)`;
  const ofState =
    state === undefined
      ? sql``
      : sql`and (select d.state from draft_advisory d where d.organisation_id = m.organisation_id and d.id = m.record_id) = ${state}`;
  const ofOwner =
    own === undefined
      ? sql``
      : own
        ? sql`and o.organisation_id = (select actor_organisation())`
        : sql`and o.organisation_id <> (select actor_organisation())`;
  return transaction.query<NewestOpening>(
    sql`with mine as materialized (select unnest(circles()) as circle),
        heads as materialized (
          select o.organisation_id, o.record_id, o.opened_at, o.place
          from mine cross join lateral (
            select o.organisation_id, o.record_id, o.opened_at, row_number() over (order by o.opened_at desc, o.record_id desc) as place
            from opening o where o.circle_id = mine.circle and o.level < 5 ${before} ${ofOwner}
            order by o.opened_at desc, o.record_id desc limit ${depth}) o),
        merged as materialized (
          select organisation_id, record_id, max(opened_at) as opened_at
          from heads group by organisation_id, record_id
          having coalesce((max(opened_at), record_id) >= (
            select h.opened_at, h.record_id from heads h where h.place = ${depth} order by h.opened_at desc, h.record_id desc limit 1), true)
          order by max(opened_at) desc, record_id desc limit ${depth})
        select m.organisation_id, m.record_id, m.opened_at, (extract(epoch from m.opened_at) * 1000000)::bigint::text as opened_micros,
          not exists (
            select from opening n
            where n.record_id = m.record_id and n.organisation_id = m.organisation_id and n.level < 5 and n.opened_at > m.opened_at
              and n.circle_id = any ((select array_agg(circle) from mine)::uuid[]) offset 0) ${ofState} as kept,
          exists (select from heads where place = ${depth}) or (select count(*) from merged) = ${depth} as more
        from merged m
        order by m.opened_at desc, m.record_id desc`,
  );
}

async function readListed(
  transaction: Transaction,
  found: readonly NewestOpening[],
): Promise<readonly (ListedDraft & { readonly page: OpeningKey })[]> {
  if (found.length === 0) return [];
  const openings = new Map(found.map((opening) => [`${opening.organisation_id}/${opening.record_id}`, opening]));
  const rows = await transaction.query<ListRow>(
    sql`select d.organisation_id, d.id, d.advisory_id, d.state, d.organisation_id = (select actor_organisation()) as is_owner, seen.level, g.name as owner_name,
          s.public_at, s.public_zone, p.packages, p.package_count, t.body as summary, least(t.level, p.level) as shown_level
        from unnest(${found.map((opening) => opening.organisation_id)}::uuid[], ${found.map((opening) => opening.record_id)}::uuid[])
          with ordinality as w (organisation_id, record_id, place)
        join draft_advisory d on d.organisation_id = w.organisation_id and d.id = w.record_id
        cross join lateral (
          select greatest(min(o.level), (select actor_floor())) as level
          from opening o where o.organisation_id = d.organisation_id and o.record_id = d.id) seen
        cross join lateral (
          select count(*) as package_count, (array_agg(name order by name))[1:5] as packages, min(level) as level
          from (select jsonb_build_array(k.ecosystem, k.name)::text as name, min(k.level) as level from staged_package k
                where k.organisation_id = d.organisation_id and k.draft_id = d.id group by 1) named) p
        left join lateral (
          select t.body, t.level from draft_part t
          where t.organisation_id = d.organisation_id and t.draft_id = d.id and t.kind = 'summary' and t.replaced_at is null
          order by t.written_at, t.part_id limit 1) t on true
        left join organisation g on g.id = d.organisation_id
        left join staged_date s on s.organisation_id = d.organisation_id and s.draft_id = d.id
        order by w.place`,
  );
  return rows.flatMap((row) => {
    const opening = openings.get(`${row.organisation_id}/${row.id}`);
    return opening === undefined ? [] : [toListed(row, opening)];
  });
}

type DraftRow = {
  readonly organisation_id: string;
  readonly id: string;
  readonly advisory_id: string;
  readonly state: string;
  readonly created_at: Date;
  readonly published_at: Date | null;
  readonly level: number;
  readonly is_public: boolean;
  readonly owner_name: string | null;
  readonly is_owner: boolean;
  readonly may_write: boolean;
  readonly actor_organisation: string;
  readonly actor_person: string;
  readonly actor_at: Date;
} & DateColumns;
type ListRow = Pick<DraftRow, "organisation_id" | "id" | "advisory_id" | "state" | "level" | "owner_name"> &
  DateColumns & {
    readonly packages: readonly string[] | null;
    readonly package_count: number;
    readonly summary: string | null;
    readonly shown_level: number | null;
  };
type DateColumns = { readonly public_at: Date | null; readonly public_zone: string | null };

function toSeenDraft(row: DraftRow): SeenDraft {
  return {
    organisation: row.organisation_id,
    draft: row.id,
    level: levelOf(row.level),
    advisory: row.advisory_id,
    state: stateOf(row.state),
    isOwner: row.is_owner,
    ownerName: row.owner_name ?? undefined,
    mayWrite: row.may_write,
    createdAtMs: row.created_at.getTime(),
    publishedAtMs: row.published_at?.getTime(),
    isPublic: row.is_public,
    publicOn: dateOf(row),
    actor: { organisation: row.actor_organisation, person: row.actor_person, atMs: row.actor_at.getTime() },
  };
}

function toListed(row: ListRow, opening: NewestOpening): ListedDraft & { readonly page: OpeningKey } {
  return {
    key: { organisation: row.organisation_id, draft: row.id },
    level: levelOf(row.level),
    state: stateOf(row.state),
    advisory: row.advisory_id,
    ownerName: row.owner_name ?? undefined,
    packages: (row.packages ?? []).map((text) => {
      const [ecosystem = "", name = ""] = JSON.parse(text) as readonly string[];
      return { ecosystem, name };
    }),
    packageCount: row.package_count,
    summary: row.summary === null ? undefined : (JSON.parse(row.summary) as { readonly text: string }).text,
    shownLevel: row.shown_level === null ? undefined : levelOf(row.shown_level),
    publicOn: dateOf(row),
    openedAtMs: opening.opened_at.getTime(),
    page: keyOf(opening),
  };
}

function dateOf({ public_at, public_zone }: DateColumns): ZonedInstant | undefined {
  return public_at === null || public_zone === null ? undefined : { instantMs: public_at.getTime(), zone: public_zone };
}

/** Whole microseconds, as PostgreSQL counts time: milliseconds would skip or repeat openings of one moment. */
function instantOf({ openedAtMicros }: OpeningKey): SqlQuery {
  return sql`(timestamptz 'epoch' + ${openedAtMicros}::bigint * interval '1 microsecond')`;
}

function stateOf(text: string): DraftState {
  const state = DRAFT_STATES.find((one) => one === text);
  invariant(state !== undefined, `state ${text} is none`);
  return state;
}

import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import { levelNumber } from "../../vocabulary/level.ts";
import type { Stage } from "../../vocabulary/release-plan.ts";
import type { DueStage } from "../../coordination/release/due-stages.ts";
import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { announce } from "../notifications/announcement-service.ts";
import { EVERYONE_SIGNED_IN } from "../../vocabulary/circle.ts";
import type { OpeningDetails } from "./plan-store.ts";
import { writePlanEvent } from "./plan-writing-store.ts";

const AT_ONCE = 200;

/** Agreed plans in which something may be due: a stage that has not opened has reached its hour, or something happened; or an amendment may be bound. */
export async function findPlansToLookAt(database: Database, nowMs: number): Promise<readonly DraftKey[]> {
  const now = new Date(nowMs);
  const rows = await database.query<{ organisation_id: string; draft_id: string }>(
    "releaser",
    sql`select p.organisation_id, p.draft_id
        from release_plan p
        where p.state = 'agreed' and (exists (
          select from release_stage s
          where s.organisation_id = p.organisation_id and s.draft_id = p.draft_id and s.revision = p.revision
            and not exists (select from draft_event e where e.organisation_id = s.organisation_id and e.draft_id = s.draft_id and e.once_key = 'stage-opened:' || s.id)
            and (s.opens_at <= ${now} or exists (
              select from release_event r where r.organisation_id = s.organisation_id and r.draft_id = s.draft_id and (r.event = any (s.on_events) or r.event = 'early-end'))
              or exists (select from opening o where o.organisation_id = s.organisation_id and o.record_id = s.draft_id and o.level = 5)))
          or exists (
            select from release_stage s where s.organisation_id = p.organisation_id and s.draft_id = p.draft_id and s.revision > p.revision))
        order by p.organisation_id, p.draft_id`,
  );
  return rows.map(({ organisation_id, draft_id }) => ({ organisation: organisation_id, draft: draft_id }));
}

/** The next hour at which a stage of an agreed plan opens; undefined = none is planned. */
export async function readNextHour(database: Database, nowMs: number): Promise<number | undefined> {
  const rows = await database.query<{ at: Date | null }>(
    "releaser",
    sql`select min(s.opens_at) as at
        from release_plan p join release_stage s on s.organisation_id = p.organisation_id and s.draft_id = p.draft_id and s.revision = p.revision
        where p.state = 'agreed' and s.opens_at > ${new Date(nowMs)}`,
  );
  return rows[0]?.at?.getTime();
}

/** What the database server's own clock shows; to be compared with this machine's, and for nothing else. */
export async function readDatabaseMs(database: Database): Promise<number> {
  const [row] = await database.query<{ ms: string }>("releaser", sql`select extract(epoch from clock_timestamp()) * 1000 as ms`);
  return Number(row?.ms);
}

/** The latest hour that the database knows to have come: a clock behind it was moved back. */
export async function readLastHour(database: Database): Promise<number | undefined> {
  const rows = await database.query<{ at: Date | null }>(
    "releaser",
    sql`select greatest((select max(opened_at) from opening), (select last_batch_at from ledger)) as at`,
  );
  return rows[0]?.at?.getTime();
}

/**
 * Takes an agreed plan for this transaction. False = another server has it in this moment, or it is not agreed any more:
 * either way there is nothing to do for this one.
 */
export async function takeAgreedPlan(transaction: Transaction, { organisation, draft }: DraftKey): Promise<boolean> {
  const rows = await transaction.query(
    sql`select from release_plan where organisation_id = ${organisation} and draft_id = ${draft} and state = 'agreed' for update skip locked`,
  );
  return rows.length === 1;
}

/** One opening: the row that lets a circle see, and the event. Whoever opens it a second time meets the event's key and fails whole. */
export async function openStage(transaction: Transaction, key: DraftKey, due: DueStage, nowMs: number): Promise<void> {
  const { stage, by, plannedMs } = due;
  const circle = circleOf(stage);
  const details: OpeningDetails = { stage: stage.id, level: stage.level, circle: stage.circle, by, plannedMs };
  await writePlanEvent(transaction, key, "stage-opened", details, { atMs: nowMs, onceKey: `stage-opened:${stage.id}` });
  await transaction.run(
    sql`insert into opening (organisation_id, record_id, circle_id, level, stage_id, opened_by, planned_at, opened_at, closes_at)
        select ${key.organisation}, ${key.draft}, ${circle}, ${levelNumber(stage.level)}, ${stage.id}, ${by}, ${new Date(plannedMs)}, ${new Date(nowMs)},
          coalesce(${stage.closes === undefined ? null : new Date(stage.closes.instantMs)}::timestamptz, 'infinity')
        where not exists (
          select from opening o where o.organisation_id = ${key.organisation} and o.record_id = ${key.draft} and o.circle_id = ${circle} and o.level = ${levelNumber(stage.level)})`,
  );
}

export async function endPlan(transaction: Transaction, { organisation, draft }: DraftKey): Promise<void> {
  await transaction.run(sql`update release_plan set state = 'ended' where organisation_id = ${organisation} and draft_id = ${draft}`);
}

/** Circles that may see the draft, each once: whom to tell that it is public. */
export async function readOpenedCircles(transaction: Transaction, { organisation, draft }: DraftKey): Promise<readonly string[]> {
  const rows = await transaction.query<{ circle_id: string }>(
    sql`select distinct circle_id from opening where organisation_id = ${organisation} and record_id = ${draft} and circle_id <> ${EVERYONE_SIGNED_IN} order by circle_id`,
  );
  return rows.map(({ circle_id }) => circle_id);
}

/** Drafts whose public stage has opened and that are not in the record yet, and those whose owner has corrected or withdrawn what is there. */
export async function findDraftsToPublish(database: Database): Promise<readonly DraftKey[]> {
  const rows = await database.query<{ organisation_id: string; id: string }>(
    "releaser",
    sql`select d.organisation_id, d.id from draft_advisory d
        where d.state = 'open' and exists (select from opening o where o.organisation_id = d.organisation_id and o.record_id = d.id and o.level = 5)
        union select c.organisation_id, c.draft_id from draft_correction c where c.version is null
        order by 1, 2 limit ${AT_ONCE}`,
  );
  return rows.map(({ organisation_id, id }) => ({ organisation: organisation_id, draft: id }));
}

/** The public stage opens to everyone signed in; everybody else has the record. */
export function circleOf(stage: Stage): string {
  return stage.circle ?? EVERYONE_SIGNED_IN;
}

/** Tells the coordinators that somebody has to look at the clock. */
export async function announceHalt(database: Database, nowMs: number): Promise<void> {
  await database.transaction("releaser", async (transaction) => {
    const coordinators = await transaction.query<{ id: string }>(sql`select id from organisation where kind = 'coordinator' order by id`);
    for (const { id } of coordinators)
      await announce(transaction, { kind: "openings-halted", circleId: id, organisationId: id, atMs: nowMs });
  });
}

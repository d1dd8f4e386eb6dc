import type { Opened, ReleaseEvent, Stage, ZonedInstant } from "../../vocabulary/release-plan.ts";
import { RELEASE_EVENTS } from "../../vocabulary/release-plan.ts";
import { type DraftLevel, levelOf } from "../../vocabulary/level.ts";
import type { DraftKey, DraftState } from "../../vocabulary/draft-advisory.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** Everything a plan's rules and pages need, as one actor sees it. */
export type PlanFacts = DraftKey & {
  readonly advisory: string;
  readonly draftState: DraftState;
  /** Of the plan's row; undefined = nobody has written one. A hold is not in it. */
  readonly state: "writing" | "agreed" | "ended" | undefined;
  readonly revision: number;
  readonly agreedAtMs: number | undefined;
  /** Of the revision in force. */
  readonly stages: readonly Stage[];
  /** Stages of a revision that waits for consent. */
  readonly proposed: { readonly revision: number; readonly stages: readonly Stage[] } | undefined;
  readonly consenters: readonly string[];
  readonly consents: readonly Consent[];
  /** Not lifted. */
  readonly holds: readonly Hold[];
  readonly events: readonly { readonly event: ReleaseEvent; readonly reason: string; readonly atMs: number }[];
  readonly opened: readonly OpenedStage[];
  /** The greatest revision ever used, so that the answers to one are never taken for another's. */
  readonly lastRevision: number;
};

export type Consent = { readonly revision: number; readonly organisation: string; readonly agrees: boolean; readonly atMs: number };
export type Hold = { readonly organisation: string; readonly reason: string; readonly atMs: number };
export type OpenedStage = Opened & { readonly plannedMs: number };

/** The draft's owner; undefined = there is no such draft, or the actor does not see its case. */
export async function findCase(transaction: Transaction, draft: string): Promise<DraftKey | undefined> {
  const rows = await transaction.query<{ organisation_id: string }>(
    sql`select d.organisation_id from draft_advisory d
        where d.id = ${draft} and (select actor_floor()) = 1 and exists (
          select from opening o where o.organisation_id = d.organisation_id and o.record_id = d.id and o.level = 1)`,
  );
  const organisation = rows[0]?.organisation_id;
  return organisation === undefined ? undefined : { organisation, draft };
}

/** The facts of a plan; of one that nobody has written, an empty one. The draft must be visible. */
export async function readPlanFacts(transaction: Transaction, { organisation, draft }: DraftKey): Promise<PlanFacts> {
  const own = sql`organisation_id = ${organisation} and draft_id = ${draft}`;
  const [drafts = [], plans = [], stages = [], consenters = [], consents = [], holds = [], events = [], openings = []] =
    await transaction.queryAll([
      sql`select advisory_id, state from draft_advisory where organisation_id = ${organisation} and id = ${draft}`,
      sql`select state, revision, agreed_at from release_plan where ${own}`,
      sql`select revision, id, circle_id, level, opens_at, opens_zone, on_events, closes_at, closes_zone from release_stage where ${own} order by revision, position`,
      sql`select consenter_organisation_id as id from release_consenter where ${own} order by id`,
      sql`select revision, consenter_organisation_id, agrees, at from release_consent where ${own} order by at`,
      sql`select held_by_organisation_id, reason, held_at from release_hold where ${own} and lifted_at is null order by held_at`,
      sql`select event, reason, at from release_event where ${own} order by at, event`,
      sql`select details, at from draft_event where ${own} and kind = 'stage-opened' order by at, id`,
    ]);
  const [drafted] = drafts as readonly { readonly advisory_id: string; readonly state: DraftState }[];
  invariant(drafted !== undefined, "a plan is read of a draft that is there");
  const [plan] = plans as readonly PlanRow[];
  const revision = plan?.revision ?? 1;
  const byRevision = Map.groupBy(stages as readonly StageRow[], (row) => row.revision);
  const answers = (consents as readonly ConsentRow[]).map(toConsent);
  const proposed = [...byRevision.keys()].find((one) => one > revision);
  return {
    organisation,
    draft,
    advisory: drafted.advisory_id,
    draftState: drafted.state,
    state: plan?.state,
    revision,
    agreedAtMs: plan?.agreed_at?.getTime(),
    stages: (byRevision.get(revision) ?? []).map(toStage),
    proposed: proposed === undefined ? undefined : { revision: proposed, stages: (byRevision.get(proposed) ?? []).map(toStage) },
    consenters: (consenters as readonly { readonly id: string }[]).map(({ id }) => id),
    consents: answers,
    holds: (holds as readonly HoldRow[]).map((row) => ({
      organisation: row.held_by_organisation_id,
      reason: row.reason,
      atMs: row.held_at.getTime(),
    })),
    events: (events as readonly EventRow[]).map(({ event, reason, at }) => ({ event, reason, atMs: at.getTime() })),
    opened: (openings as readonly OpeningRow[]).map(toOpened),
    lastRevision: Math.max(revision, ...byRevision.keys(), ...answers.map((answer) => answer.revision)),
  };
}

/** What circles see of the draft beside its plan: its owner's own, and what others were given when it was made. */
export async function readGivenOpenings(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
): Promise<readonly { readonly circle: string; readonly level: DraftLevel; readonly sinceMs: number }[]> {
  const rows = await transaction.query<{ circle_id: string; level: number; opened_at: Date }>(
    sql`select circle_id, level, opened_at from opening where organisation_id = ${organisation} and record_id = ${draft} and stage_id is null`,
  );
  return rows.map(({ circle_id, level, opened_at }) => ({ circle: circle_id, level: levelOf(level), sinceMs: opened_at.getTime() }));
}

/** What was written into the event of an opening. */
export type OpeningDetails = {
  readonly stage: string;
  readonly level: DraftLevel;
  readonly circle: string | undefined;
  readonly by: Opened["by"];
  readonly plannedMs: number;
};

type PlanRow = { readonly state: "writing" | "agreed" | "ended"; readonly revision: number; readonly agreed_at: Date | null };
type StageRow = {
  readonly revision: number;
  readonly id: string;
  readonly circle_id: string | null;
  readonly level: number;
  readonly opens_at: Date | null;
  readonly opens_zone: string | null;
  readonly on_events: readonly string[];
  readonly closes_at: Date | null;
  readonly closes_zone: string | null;
};
type ConsentRow = {
  readonly revision: number;
  readonly consenter_organisation_id: string;
  readonly agrees: boolean;
  readonly at: Date;
};
type HoldRow = { readonly held_by_organisation_id: string; readonly reason: string; readonly held_at: Date };
type EventRow = { readonly event: ReleaseEvent; readonly reason: string; readonly at: Date };
type OpeningRow = { readonly details: string; readonly at: Date };

function toStage(row: StageRow): Stage {
  return {
    id: row.id,
    circle: row.circle_id ?? undefined,
    level: levelOf(row.level),
    opens: toHour(row.opens_at, row.opens_zone),
    on: RELEASE_EVENTS.filter((event) => row.on_events.includes(event)),
    closes: toHour(row.closes_at, row.closes_zone),
  };
}

function toHour(at: Date | null, zone: string | null): ZonedInstant | undefined {
  return at === null ? undefined : { instantMs: at.getTime(), zone: zone ?? "UTC" };
}

function toConsent({ revision, consenter_organisation_id, agrees, at }: ConsentRow): Consent {
  return { revision, organisation: consenter_organisation_id, agrees, atMs: at.getTime() };
}

function toOpened({ details, at }: OpeningRow): OpenedStage {
  const { stage, by, plannedMs } = JSON.parse(details) as OpeningDetails;
  return { stage, by, plannedMs, atMs: at.getTime() };
}

import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import { levelNumber } from "../../vocabulary/level.ts";
import type { ReleaseEvent, Stage, ZonedInstant } from "../../vocabulary/release-plan.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { recordStatement } from "../ledger/record-statement.ts";

/** Who does it and when. */
export type Doer = { readonly organisation: string; readonly person: string; readonly atMs: number };

/** What happened to a plan; each kind is told to whoever sees the case. */
export type PlanEventKind =
  | "plan-written"
  | "plan-agreed"
  | "amendment-proposed"
  | "amendment-answered"
  | "amendment-withdrawn"
  | "amendment-bound"
  | "release-held"
  | "release-resumed"
  | "release-event"
  | "exception-made"
  | "stage-opened"
  | "advisory-published"
  | "advisory-corrected"
  | "advisory-withdrawn";

/** Takes the plan's row, and makes it if it is not there. False = it is not in that state and revision any more: somebody was faster. */
export async function takePlan(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  expected: { readonly state: "writing" | "agreed"; readonly revision: number },
): Promise<boolean> {
  if (expected.state === "writing") {
    const [there] = await transaction.query(sql`select from release_plan where organisation_id = ${organisation} and draft_id = ${draft}`);
    if (there === undefined) {
      await transaction.run(
        sql`insert into release_plan (organisation_id, draft_id, state, revision) values (${organisation}, ${draft}, 'writing', ${expected.revision})`,
      );
    }
  }
  const taken = await transaction.run(
    sql`update release_plan set revision = revision
        where organisation_id = ${organisation} and draft_id = ${draft} and state = ${expected.state} and revision = ${expected.revision}`,
  );
  return taken === 1;
}

export async function replaceStages(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  revision: number,
  stages: readonly Stage[],
): Promise<void> {
  await removeStages(transaction, { organisation, draft }, revision);
  await transaction.queryAll(
    stages.map(
      (stage, position) =>
        sql`insert into release_stage (organisation_id, draft_id, revision, id, position, circle_id, level, opens_at, opens_zone, on_events, closes_at, closes_zone)
            values (${organisation}, ${draft}, ${revision}, ${stage.id}, ${position}, ${stage.circle ?? null}, ${levelNumber(stage.level)},
              ${instantOf(stage.opens)}, ${stage.opens?.zone ?? null}, ${[...stage.on]}::text[], ${instantOf(stage.closes)}, ${stage.closes?.zone ?? null})`,
    ),
  );
}

export async function removeStages(transaction: Transaction, { organisation, draft }: DraftKey, revision: number): Promise<void> {
  await transaction.run(
    sql`delete from release_stage where organisation_id = ${organisation} and draft_id = ${draft} and revision = ${revision}`,
  );
}

export async function replaceConsenters(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  consenters: readonly string[],
): Promise<void> {
  await transaction.run(sql`delete from release_consenter where organisation_id = ${organisation} and draft_id = ${draft}`);
  await transaction.run(
    sql`insert into release_consenter (organisation_id, draft_id, consenter_organisation_id)
        select ${organisation}, ${draft}, id from unnest(${[...consenters]}::uuid[]) as named (id)`,
  );
}

export async function agreePlan(transaction: Transaction, { organisation, draft }: DraftKey, atMs: number): Promise<void> {
  await transaction.run(
    sql`update release_plan set state = 'agreed', agreed_at = ${new Date(atMs)} where organisation_id = ${organisation} and draft_id = ${draft}`,
  );
}

/** Tells whoever may know that something is coming when everyone will know. */
export async function setPublicDate(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  { instantMs, zone }: ZonedInstant,
): Promise<void> {
  const at = new Date(instantMs);
  const changed = await transaction.run(
    sql`update staged_date set public_at = ${at}, public_zone = ${zone} where organisation_id = ${organisation} and draft_id = ${draft}`,
  );
  if (changed > 0) return;
  await transaction.run(
    sql`insert into staged_date (organisation_id, draft_id, level, public_at, public_zone) values (${organisation}, ${draft}, ${levelNumber("notice")}, ${at}, ${zone})`,
  );
}

/** Makes a revision the one in force. False = another is by now. */
export async function bindRevision(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  from: number,
  to: number,
): Promise<boolean> {
  const changed = await transaction.run(
    sql`update release_plan set revision = ${to} where organisation_id = ${organisation} and draft_id = ${draft} and state = 'agreed' and revision = ${from}`,
  );
  return changed === 1;
}

export async function writeConsent(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  revision: number,
  agrees: boolean,
  doer: Doer,
): Promise<void> {
  await transaction.run(
    sql`insert into release_consent (organisation_id, draft_id, revision, consenter_organisation_id, agrees, person_id, at)
        values (${organisation}, ${draft}, ${revision}, ${doer.organisation}, ${agrees}, ${doer.person}, ${new Date(doer.atMs)})`,
  );
}

export async function writeHold(transaction: Transaction, { organisation, draft }: DraftKey, reason: string, doer: Doer): Promise<void> {
  await transaction.run(
    sql`insert into release_hold (organisation_id, draft_id, held_by_organisation_id, held_by_person_id, reason, held_at)
        values (${organisation}, ${draft}, ${doer.organisation}, ${doer.person}, ${reason}, ${new Date(doer.atMs)})`,
  );
}

/** Lifts every hold of the organisation. */
export async function liftHolds(transaction: Transaction, { organisation, draft }: DraftKey, doer: Doer): Promise<void> {
  await transaction.run(
    sql`update release_hold set lifted_at = ${new Date(doer.atMs)}
        where organisation_id = ${organisation} and draft_id = ${draft} and held_by_organisation_id = ${doer.organisation} and lifted_at is null`,
  );
}

export async function writeReleaseEvent(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  event: ReleaseEvent,
  reason: string,
  doer: Doer,
): Promise<void> {
  await transaction.run(
    sql`insert into release_event (organisation_id, draft_id, event, reason, at, actor_organisation_id, actor_person_id)
        values (${organisation}, ${draft}, ${event}, ${reason}, ${new Date(doer.atMs)}, ${doer.organisation}, ${doer.person})`,
  );
}

export async function writeException(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  excepted: string,
  reason: string,
  doer: Doer,
): Promise<void> {
  await transaction.run(
    sql`insert into exclusion_exception (organisation_id, record_id, excepted_organisation_id, reason, made_by, made_at)
        values (${organisation}, ${draft}, ${excepted}, ${reason}, ${doer.person}, ${new Date(doer.atMs)})`,
  );
}

/** For those who see the case: a plan names circles that nobody else may know of. What binds is stated in the ledger, too. */
export async function writePlanEvent(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  kind: PlanEventKind,
  details: Readonly<Record<string, unknown>>,
  doer: Doer | { readonly atMs: number; readonly onceKey: string },
): Promise<void> {
  if (isStated(kind)) {
    await recordStatement(transaction, {
      organisationId: "person" in doer ? doer.organisation : organisation,
      kind: `release.${kind}`,
      record: { organisationId: organisation, id: draft, level: levelNumber(isPublicly(kind) ? "public" : "case") },
      facts: { ...(JSON.parse(JSON.stringify(details)) as JsonObject), draft },
      atMs: doer.atMs,
    });
  }
  const [actor, person, onceKey] = "person" in doer ? [doer.organisation, doer.person, null] : [null, null, doer.onceKey];
  await transaction.run(
    sql`insert into draft_event (organisation_id, draft_id, level, kind, details, actor_organisation_id, actor_person_id, at, once_key)
        values (${organisation}, ${draft}, ${levelNumber("case")}, ${kind}, ${JSON.stringify(details)}, ${actor}, ${person}, ${new Date(doer.atMs)}, ${onceKey})`,
  );
}

/** What stands in the record is known to everybody. */
function isPublicly(kind: PlanEventKind): boolean {
  return kind === "advisory-published" || kind === "advisory-corrected" || kind === "advisory-withdrawn";
}

/** Drafts of a plan, and who answered what before it binds, are nobody's proof. */
function isStated(kind: PlanEventKind): boolean {
  return kind !== "plan-written" && kind !== "amendment-proposed" && kind !== "amendment-withdrawn";
}

function instantOf(hour: ZonedInstant | undefined): Date | null {
  return hour === undefined ? null : new Date(hour.instantMs);
}

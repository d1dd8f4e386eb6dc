import type { RequestKind, RequestOutcome } from "../../vocabulary/access-request.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";
import type { ModelKey } from "./model-store.ts";

export type RequestKey = { readonly lab: string; readonly request: string };

export type RequestRow = {
  readonly organisation_id: string;
  readonly id: string;
  readonly enrolment_id: string;
  readonly model_name: string;
  readonly desk_organisation_id: string;
  readonly desk_name: string | null;
  readonly kind: RequestKind;
  readonly window_id: string | null;
  readonly window_name: string | null;
  readonly for_organisation_id: string | null;
  readonly for_name: string | null;
  readonly closes_at: Date | null;
  readonly closes_zone: string | null;
  readonly closed_then_at: Date | null;
  readonly closed_then_zone: string | null;
  readonly words: string;
  readonly asked_at: Date;
  readonly withdrawn_at: Date | null;
  readonly answered_at: Date | null;
  readonly outcome: RequestOutcome | null;
  readonly answer_words: string | null;
  readonly grant_id: string | null;
  readonly closes_now_at: Date | null;
  readonly closes_now_zone: string | null;
  /** Of the model, or of the window it is about. */
  readonly is_over: boolean;
};

const selected = sql`select r.organisation_id, r.id, r.enrolment_id, e.name as model_name, r.desk_organisation_id, d.name as desk_name, r.kind,
    r.window_id, w.name as window_name, r.for_organisation_id, o.name as for_name, r.closes_at, r.closes_zone, r.closed_then_at, r.closed_then_zone,
    r.words, r.asked_at, r.withdrawn_at, r.answered_at, r.outcome, r.answer_words, r.grant_id, r.closes_now_at, r.closes_now_zone,
    e.withdrawn_at is not null or coalesce(w.ended_at is not null, false) as is_over`;
const around = sql`join enrolment e on e.organisation_id = r.organisation_id and e.id = r.enrolment_id
  left join access_window w on w.organisation_id = r.organisation_id and w.id = r.window_id
  left join organisation d on d.id = r.desk_organisation_id
  left join organisation o on o.id = r.for_organisation_id`;

/** The newest first, as far as the actor sees them. */
export async function readRequests(
  transaction: Transaction,
  { lab, model }: ModelKey,
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly RequestRow[]> {
  const behind = after === undefined ? sql`true` : sql`(r.asked_at, r.id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`;
  return transaction.query<RequestRow>(
    sql`${selected} from (
          select * from access_request r where r.organisation_id = ${lab} and r.enrolment_id = ${model} and ${behind}
          order by r.asked_at desc, r.id desc limit ${limit}) r
        ${around} order by r.asked_at desc, r.id desc`,
  );
}

export async function findRequest(transaction: Transaction, id: string): Promise<RequestRow | undefined> {
  const [row] = await transaction.query<RequestRow>(sql`${selected} from access_request r ${around} where r.id = ${id}`);
  return row;
}

export async function countOpenRequests(transaction: Transaction, { lab, model }: ModelKey): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(
    sql`select count(*)::int as count from access_request
        where organisation_id = ${lab} and enrolment_id = ${model} and answered_at is null and withdrawn_at is null`,
  );
  return row?.count ?? 0;
}

export type NewRequest = {
  readonly id: string;
  readonly desk: string;
  readonly kind: RequestKind;
  readonly window: string | undefined;
  readonly organisation: string | undefined;
  readonly closes: ZonedInstant | undefined;
  readonly closedThen: ZonedInstant | undefined;
  readonly words: string;
  readonly by: string;
  readonly atMs: number;
};

export async function insertRequest(transaction: Transaction, { lab, model }: ModelKey, request: NewRequest): Promise<void> {
  const { closes, closedThen } = request;
  await transaction.run(
    sql`insert into access_request (organisation_id, id, enrolment_id, desk_organisation_id, kind, window_id, for_organisation_id, closes_at, closes_zone,
          closed_then_at, closed_then_zone, words, asked_by, asked_at)
        values (${lab}, ${request.id}, ${model}, ${request.desk}, ${request.kind}, ${request.window ?? null}, ${request.organisation ?? null},
          ${dateOf(closes)}, ${closes?.zone ?? null}, ${dateOf(closedThen)}, ${closedThen?.zone ?? null}, ${request.words}, ${request.by},
          ${new Date(request.atMs)})`,
  );
}

export type NewAnswer = {
  readonly outcome: RequestOutcome;
  readonly words: string | undefined;
  readonly grant: string | undefined;
  readonly closes: ZonedInstant | undefined;
  readonly by: string;
  readonly atMs: number;
};

/** False when it was answered or taken back before. */
export async function markAnswered(transaction: Transaction, { lab, request }: RequestKey, answer: NewAnswer): Promise<boolean> {
  const { closes } = answer;
  const changed = await transaction.run(
    sql`update access_request set answered_at = ${new Date(answer.atMs)}, answered_by = ${answer.by}, outcome = ${answer.outcome},
          answer_words = ${answer.words ?? null}, grant_id = ${answer.grant ?? null}, closes_now_at = ${dateOf(closes)},
          closes_now_zone = ${closes?.zone ?? null}
        where organisation_id = ${lab} and id = ${request} and answered_at is null and withdrawn_at is null`,
  );
  return changed === 1;
}

/** False when it was answered or taken back before. */
export async function markTakenBack(transaction: Transaction, { lab, request }: RequestKey, atMs: number): Promise<boolean> {
  const changed = await transaction.run(
    sql`update access_request set withdrawn_at = ${new Date(atMs)}
        where organisation_id = ${lab} and id = ${request} and answered_at is null and withdrawn_at is null`,
  );
  return changed === 1;
}

function dateOf(hour: ZonedInstant | undefined): Date | null {
  return hour === undefined ? null : new Date(hour.instantMs);
}

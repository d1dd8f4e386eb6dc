import type { EnrolmentEventKind } from "../../vocabulary/enrolment.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";

export type NewEvent = {
  readonly lab: string;
  readonly model: string;
  readonly desk: string;
  readonly kind: EnrolmentEventKind;
  readonly details?: JsonObject;
  /** Absent = lab and desk alone are told. */
  readonly forGrantees?: boolean;
  readonly window?: string;
  /** Whom it concerns; of grantees only this one is told then. */
  readonly grantee?: string;
  readonly atMs: number;
};

/** What a member did, in its own name. */
export async function writeEvent(
  transaction: Pick<Transaction, "run">,
  by: { readonly organisation: string; readonly person: string },
  event: NewEvent,
): Promise<void> {
  await transaction.run(
    sql`insert into enrolment_event (organisation_id, enrolment_id, desk_organisation_id, kind, details, for_grantees, window_id,
          grantee_organisation_id, actor_organisation_id, actor_person_id, at)
        values (${event.lab}, ${event.model}, ${event.desk}, ${event.kind}, ${JSON.stringify(event.details ?? {})}, ${event.forGrantees ?? false},
          ${event.window ?? null}, ${event.grantee ?? null}, ${by.organisation}, ${by.person}, ${new Date(event.atMs)})`,
  );
}

/** What happened by the clock, once for each key. False = it is written already. */
export async function writeEventOnce(transaction: Pick<Transaction, "run">, onceKey: string, event: NewEvent): Promise<boolean> {
  const written = await transaction.run(
    sql`insert into enrolment_event (organisation_id, enrolment_id, desk_organisation_id, kind, details, for_grantees, window_id,
          grantee_organisation_id, at, once_key)
        values (${event.lab}, ${event.model}, ${event.desk}, ${event.kind}, ${JSON.stringify(event.details ?? {})}, ${event.forGrantees ?? false},
          ${event.window ?? null}, ${event.grantee ?? null}, ${new Date(event.atMs)}, ${onceKey})
        on conflict (organisation_id, enrolment_id, once_key) do nothing`,
  );
  return written === 1;
}

export type EventRow = {
  readonly id: string;
  readonly kind: EnrolmentEventKind;
  readonly details: string;
  readonly at: Date;
  readonly window_id: string | null;
  readonly grantee_organisation_id: string | null;
  readonly grantee_name: string | null;
  readonly actor_organisation_id: string | null;
  readonly actor_name: string | null;
};

export async function readEvents(
  transaction: Transaction,
  { lab, model }: { readonly lab: string; readonly model: string },
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly EventRow[]> {
  const behind = after === undefined ? sql`true` : sql`(v.at, v.id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`;
  return transaction.query<EventRow>(
    sql`select v.id, v.kind, v.details, v.at, v.window_id, v.grantee_organisation_id, g.name as grantee_name, v.actor_organisation_id, a.name as actor_name
        from enrolment_event v
        left join organisation g on g.id = v.grantee_organisation_id
        left join organisation a on a.id = v.actor_organisation_id
        where v.organisation_id = ${lab} and v.enrolment_id = ${model} and ${behind}
        order by v.at desc, v.id desc limit ${limit}`,
  );
}

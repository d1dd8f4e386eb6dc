import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import { type DraftLevel, levelNumber, levelOf } from "../../vocabulary/level.ts";
import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";

export type DraftEventKind =
  | "draft-begun"
  | "draft-imported"
  | "part-written"
  | "part-changed"
  | "part-level-changed"
  | "part-removed"
  | "attachment-added"
  | "attachment-removed"
  | "draft-abandoned"
  | "correction-stated"
  | "withdrawal-stated";

export type NewDraftEvent = {
  readonly level: DraftLevel;
  readonly kind: DraftEventKind;
  /** For whoever sees the event's level: nothing in it may be more confidential. */
  readonly details: Readonly<Record<string, unknown>>;
};

/** What happened, by the actor, at its clock: one a microsecond from `place` on, so that what one request does keeps its order. */
export function eventStatement({ organisation, draft }: DraftKey, events: readonly NewDraftEvent[], place = 2): SqlQuery {
  return sql`insert into draft_event (organisation_id, draft_id, level, kind, details, actor_organisation_id, actor_person_id, at)
      select ${organisation}, ${draft}, n.level, n.kind, n.details, (select actor_organisation()), (select actor_person()),
        (select actor_clock()) + (n.place + ${place - 1}::integer) * interval '1 microsecond'
      from unnest(${events.map(({ level }) => levelNumber(level))}::smallint[], ${events.map(({ kind }) => kind)}::text[],
        ${events.map(({ details }) => JSON.stringify(details))}::text[]) with ordinality as n (level, kind, details, place)`;
}

export type DraftEvent = {
  readonly id: string;
  readonly level: DraftLevel;
  readonly kind: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** Undefined = Sluice itself. */
  readonly actor: { readonly organisation: string; readonly name: string | undefined } | undefined;
  readonly atMs: number;
};
export type EventKey = { readonly atMicros: string; readonly id: string };

/** Events at levels that the actor sees, newest first. */
export async function listEvents(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  after: EventKey | undefined,
  limit: number,
): Promise<readonly (DraftEvent & { readonly page: EventKey })[]> {
  // Newest first within one moment too: ids of one moment have no order of their own, and need only be stable.
  const before =
    after === undefined
      ? sql``
      : sql`and (e.at < (timestamptz 'epoch' + ${after.atMicros}::bigint * interval '1 microsecond')
            or (e.at = (timestamptz 'epoch' + ${after.atMicros}::bigint * interval '1 microsecond') and e.id > ${after.id}::uuid))`;
  const rows = await transaction.query<EventRow>(
    sql`select e.id, e.level, e.kind, e.details, e.actor_organisation_id, g.name as actor_name, e.at,
          (extract(epoch from e.at) * 1000000)::bigint::text as at_micros
        from draft_event e left join organisation g on g.id = e.actor_organisation_id
        where e.organisation_id = ${organisation} and e.draft_id = ${draft} ${before}
        order by e.at desc, e.id limit ${limit}`,
  );
  return rows.map((row) => ({
    id: row.id,
    level: levelOf(row.level),
    kind: row.kind,
    details: JSON.parse(row.details) as Readonly<Record<string, unknown>>,
    actor: row.actor_organisation_id === null ? undefined : { organisation: row.actor_organisation_id, name: row.actor_name ?? undefined },
    atMs: row.at.getTime(),
    page: { atMicros: row.at_micros, id: row.id },
  }));
}

type EventRow = {
  readonly id: string;
  readonly level: number;
  readonly kind: string;
  readonly details: string;
  readonly actor_organisation_id: string | null;
  readonly actor_name: string | null;
  readonly at: Date;
  readonly at_micros: string;
};

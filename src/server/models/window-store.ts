import type { ClosingCause, GrantKind } from "../../vocabulary/access-window.ts";
import type { Custody } from "../../vocabulary/enrolment.ts";
import type { ProbeOccasion, ProbeVerdict } from "../../vocabulary/exchange.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import { keyPlacesOf } from "./key-place-store.ts";
import type { ModelKey } from "./model-store.ts";
import type { WindowFactsRow } from "./window-facts.ts";

/** Of `w`, a row of access_window, and `e`, its enrolment. Whether stages end at the public release is as it was offered: no later version of the terms changes it. */
export const windowFactColumns: SqlQuery = sql`w.kind, w.opens_at, w.opens_zone, w.closes_at, w.closes_zone, w.opened_at, w.ended_at, w.ended_because,
  e.partner_release_at, e.partner_release_zone, e.public_release_at, e.public_release_zone,
  coalesce((e.terms::jsonb ->> 'partnersEndAtPublicRelease')::boolean, true) as ends_at_public_release,
  coalesce((select json_agg(json_build_object('id', r.id, 'name', r.name, 'title', r.title, 'citation', r.citation, 'citedOn', r.cited_on::text,
      'source', r.source, 'rule', r.rule, 'days', r.days) order by a.accepted_at, r.id)
    from accepted_programme a join programme_record r on r.id = a.programme_id
    where a.organisation_id = w.organisation_id and a.enrolment_id = w.enrolment_id), '[]')::text as accepted`;

export type WindowKey = { readonly lab: string; readonly window: string };

export type WindowRow = WindowFactsRow & {
  readonly organisation_id: string;
  readonly id: string;
  readonly enrolment_id: string;
  readonly desk_organisation_id: string;
  readonly position: number;
  readonly name: string;
  readonly custody: Custody;
  readonly withdrawn_at: Date | null;
};

/** With what the actor may know of its credential: the lab and nobody else whether one was given. */
export type SeenWindowRow = WindowRow & {
  readonly credential_given: boolean;
  readonly credential_destroyed: boolean;
  /** JSON for `keyPlaceAnswers`; null = not over, or kept here. */
  readonly credential_places: string | null;
  readonly probe_occasion: ProbeOccasion | null;
  readonly probe_verdict: ProbeVerdict | null;
  readonly probed_at: Date | null;
};

export const windowColumns: SqlQuery = sql`w.organisation_id, w.id, w.enrolment_id, w.desk_organisation_id, w.position, w.name, e.custody, e.withdrawn_at,
  ${windowFactColumns}`;
export const windowJoined: SqlQuery = sql`access_window w join enrolment e on e.organisation_id = w.organisation_id and e.id = w.enrolment_id`;

const seen = sql`select ${windowColumns},
    exists (select from sealed_credential s where s.organisation_id = w.organisation_id and s.window_id = w.id) as credential_given,
    exists (select from destruction_certificate c where c.organisation_id = w.organisation_id and c.window_id = w.id and c.what = 'credential') as credential_destroyed,
    case when e.custody = 'premises' and w.ended_at is not null
      then ${keyPlacesOf({ lab: sql`w.organisation_id`, window: sql`w.id`, grant: sql`null`, what: sql`'credential'` })} end as credential_places,
    p.occasion as probe_occasion, p.verdict as probe_verdict, p.at as probed_at
  from ${windowJoined}
  left join lateral (
    select occasion, verdict, at from identity_probe where organisation_id = w.organisation_id and window_id = w.id order by at desc, id limit 1) p on true`;

/** In the order in which they are planned, as far as the actor sees them. */
export async function readWindows(transaction: Transaction, { lab, model }: ModelKey): Promise<readonly SeenWindowRow[]> {
  return transaction.query<SeenWindowRow>(
    sql`${seen} where w.organisation_id = ${lab} and w.enrolment_id = ${model} order by w.kind desc, w.position`,
  );
}

export type ListedWindowRow = WindowFactsRow & { readonly enrolment_id: string; readonly name: string };

/** Of several models, as far as the actor sees them. */
export async function readWindowsOf(transaction: Transaction, models: readonly string[]): Promise<readonly ListedWindowRow[]> {
  if (models.length === 0) return [];
  return transaction.query<ListedWindowRow>(
    sql`select w.enrolment_id, w.name, ${windowFactColumns} from ${windowJoined} where w.enrolment_id = any (${[...models]}::uuid[])`,
  );
}

export async function findWindow(transaction: Transaction, id: string): Promise<SeenWindowRow | undefined> {
  const [row] = await transaction.query<SeenWindowRow>(sql`${seen} where w.id = ${id}`);
  return row;
}

/** What windows are solved from, without those of models that were withdrawn. */
export async function readFactsOf(
  transaction: Transaction,
  windows: readonly string[],
): Promise<readonly (WindowFactsRow & { readonly id: string })[]> {
  return transaction.query<WindowFactsRow & { readonly id: string }>(
    sql`select w.id, ${windowFactColumns} from ${windowJoined} where w.id = any (${windows}::uuid[]) and e.withdrawn_at is null`,
  );
}

/** Keeps a window as it is until the transaction ends. False when it is over, or not the actor's own. */
export async function lockWindow(transaction: Transaction, { lab, window }: WindowKey): Promise<boolean> {
  const rows = await transaction.query(
    sql`select id from access_window where organisation_id = ${lab} and id = ${window} and ended_at is null for update`,
  );
  return rows.length === 1;
}

export type NewWindow = {
  readonly id: string;
  readonly desk: string;
  readonly kind: GrantKind;
  readonly name: string;
  readonly opens: ZonedInstant;
  readonly closes: ZonedInstant | undefined;
  readonly by: string;
  readonly atMs: number;
};

export async function insertWindow(transaction: Transaction, { lab, model }: ModelKey, window: NewWindow): Promise<void> {
  const { opens, closes } = window;
  await transaction.run(
    sql`insert into access_window (organisation_id, id, enrolment_id, desk_organisation_id, kind, position, name, opens_at, opens_zone,
          closes_at, closes_zone, created_by, created_at)
        select ${lab}::uuid, ${window.id}::uuid, ${model}::uuid, ${window.desk}::uuid, ${window.kind}, coalesce(max(o.position), 0) + 1, ${window.name},
          ${new Date(opens.instantMs)}::timestamptz, ${opens.zone}, ${dateOf(closes)}::timestamptz, ${closes?.zone ?? null}, ${window.by}::uuid,
          ${new Date(window.atMs)}::timestamptz
        from access_window o where o.organisation_id = ${lab} and o.enrolment_id = ${model} and o.kind = ${window.kind}`,
  );
}

export async function updateHours(
  transaction: Transaction,
  { lab, window }: WindowKey,
  { opens, closes }: { readonly opens: ZonedInstant; readonly closes: ZonedInstant | undefined },
): Promise<void> {
  await transaction.run(
    sql`update access_window set opens_at = ${new Date(opens.instantMs)}, opens_zone = ${opens.zone}, closes_at = ${dateOf(closes)},
          closes_zone = ${closes?.zone ?? null}
        where organisation_id = ${lab} and id = ${window} and ended_at is null`,
  );
}

/** False when it was over already. */
export async function markEnded(
  transaction: Transaction,
  { lab, window }: WindowKey,
  because: ClosingCause,
  atMs: number,
): Promise<boolean> {
  const changed = await transaction.run(
    sql`update access_window set ended_at = ${new Date(atMs)}, ended_because = ${because}
        where organisation_id = ${lab} and id = ${window} and ended_at is null`,
  );
  return changed === 1;
}

export async function hasCredential(transaction: Transaction, { lab, window }: WindowKey): Promise<boolean> {
  const rows = await transaction.query(
    sql`select window_id from sealed_credential where organisation_id = ${lab} and window_id = ${window}`,
  );
  return rows.length === 1;
}

export async function insertCredential(
  transaction: Transaction,
  { lab, window }: WindowKey,
  credential: { readonly sealed: string; readonly keyId: string; readonly by: string; readonly atMs: number },
): Promise<void> {
  await transaction.run(
    sql`insert into sealed_credential (organisation_id, window_id, sealed, key_id, given_by, given_at)
        values (${lab}, ${window}, ${credential.sealed}, ${credential.keyId}, ${credential.by}, ${new Date(credential.atMs)})`,
  );
}

function dateOf(hour: ZonedInstant | undefined): Date | null {
  return hour === undefined ? null : new Date(hour.instantMs);
}

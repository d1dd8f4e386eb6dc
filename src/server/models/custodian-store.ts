import type { Destruction } from "../../sealing/key-ring.ts";
import type { DestroyedKey } from "../../vocabulary/enrolment.ts";
import type { Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { termsOfGrant } from "./terms-store.ts";
import { windowColumns, windowJoined, type WindowKey, type WindowRow } from "./window-store.ts";

/** A window that is not over, with what may be due in it. */
export type LiveWindow = WindowRow & {
  readonly has_credential: boolean;
  /** Proposals with two keys that have become no grant. */
  readonly agreed_proposals: boolean;
  /** When the first of its partners' grants ends by its own hour. */
  readonly next_grant_end: Date | null;
};

const live = sql`select ${windowColumns},
    exists (select from sealed_credential s where s.organisation_id = w.organisation_id and s.window_id = w.id) as has_credential,
    w.kind = 'partner-stage' and exists (
      select from partner_proposal p where p.organisation_id = w.organisation_id and p.window_id = w.id and p.withdrawn_at is null and p.grant_id is null
        and (select count(*) from partner_key k where k.organisation_id = p.organisation_id and k.proposal_id = p.id) = 2) as agreed_proposals,
    (select min(p.closes_at) from partner_proposal p
      join access_grant g on g.organisation_id = p.organisation_id and g.id = p.grant_id
      where p.organisation_id = w.organisation_id and p.window_id = w.id and g.ended_at is null) as next_grant_end
  from ${windowJoined} where w.ended_at is null`;

export async function readLiveWindows(database: Database, model?: string): Promise<readonly LiveWindow[]> {
  return database.query<LiveWindow>(
    "custodian",
    sql`${live} and ${model === undefined ? sql`true` : sql`w.enrolment_id = ${model}`} order by w.organisation_id, w.opens_at, w.id`,
  );
}

/** Takes a window for this transaction. Undefined = another server has it in this moment, or it is over. */
export async function takeWindow(transaction: Transaction, { lab, window }: WindowKey): Promise<LiveWindow | undefined> {
  const taken = await transaction.query(
    sql`select id from access_window where organisation_id = ${lab} and id = ${window} and ended_at is null for update skip locked`,
  );
  if (taken.length === 0) return undefined;
  const [row] = await transaction.query<LiveWindow>(sql`${live} and w.organisation_id = ${lab} and w.id = ${window}`);
  return row;
}

export async function markOpened(transaction: Transaction, { lab, window }: WindowKey, atMs: number): Promise<void> {
  await transaction.run(
    sql`update access_window set opened_at = ${new Date(atMs)} where organisation_id = ${lab} and id = ${window} and opened_at is null`,
  );
}

/** Windows that are over and of which not everything has been destroyed and told. */
export async function findUnfinished(database: Database, model?: string): Promise<readonly WindowKey[]> {
  return database.query<WindowKey>(
    "custodian",
    sql`select w.organisation_id as lab, w.id as window from access_window w
        where w.ended_at is not null and ${model === undefined ? sql`true` : sql`w.enrolment_id = ${model}`} and not exists (
          select from enrolment_event v where v.organisation_id = w.organisation_id and v.enrolment_id = w.enrolment_id and v.once_key = 'window-closed:' || w.id)
        order by w.ended_at, w.id`,
  );
}

export type EndedWindow = WindowRow & { readonly has_credential: boolean };

/** One at a time, waited for: whoever comes second finds it done. */
export async function takeEndedWindow(transaction: Transaction, { lab, window }: WindowKey): Promise<EndedWindow | undefined> {
  await transaction.query(sql`select id from access_window where organisation_id = ${lab} and id = ${window} for update`);
  return findEndedWindow(transaction, { lab, window });
}

export async function findEndedWindow(transaction: Transaction, { lab, window }: WindowKey): Promise<EndedWindow | undefined> {
  const [row] = await transaction.query<EndedWindow>(
    sql`select ${windowColumns},
          exists (select from sealed_credential s where s.organisation_id = w.organisation_id and s.window_id = w.id) as has_credential
        from ${windowJoined} where w.organisation_id = ${lab} and w.id = ${window} and w.ended_at is not null`,
  );
  return row;
}

export async function deleteCredential(transaction: Transaction, { lab, window }: WindowKey): Promise<void> {
  await transaction.run(sql`delete from sealed_credential where organisation_id = ${lab} and window_id = ${window}`);
}

/** Organisations whose grants end with their window, and those whose grants had ended before are not among them. */
export async function endGrantsOf(transaction: Transaction, { lab, window }: WindowKey, atMs: number): Promise<readonly string[]> {
  const rows = await transaction.query<{ id: string }>(
    sql`update access_grant set ended_at = ${new Date(atMs)} where organisation_id = ${lab} and window_id = ${window} and ended_at is null
        returning grantee_organisation_id as id`,
  );
  return rows.map(({ id }) => id).toSorted();
}

export async function readGrantees(transaction: Transaction, { lab, window }: WindowKey): Promise<readonly string[]> {
  const rows = await transaction.query<{ id: string }>(
    sql`select grantee_organisation_id as id from access_grant where organisation_id = ${lab} and window_id = ${window} and ended_at is null
        order by grantee_organisation_id`,
  );
  return rows.map(({ id }) => id);
}

/** Of every grant that has ended; of one model where it is named. */
export async function revokeTokensOfEnded(transaction: Transaction, atMs: number, model?: string): Promise<number> {
  return transaction.run(
    sql`update gateway_token t set revoked_at = ${new Date(atMs)} where t.revoked_at is null and exists (
          select from access_grant g where g.organisation_id = t.lab_organisation_id and g.id = t.grant_id and g.ended_at is not null
            and ${model === undefined ? sql`true` : sql`g.enrolment_id = ${model}`})`,
  );
}

export type GoneKey = {
  readonly lab: string;
  readonly model: string;
  readonly desk: string;
  readonly window: string;
  readonly grant?: string;
  readonly grantee?: string;
  readonly what: DestroyedKey;
  /** The gateway whose host it was on, where it was not this server's. */
  readonly gateway?: string;
  readonly destruction: Destruction;
};

/** False = there is one of this key on this host already. For the custodian. */
export async function insertCertificate(transaction: Transaction, gone: GoneKey): Promise<boolean> {
  const { keyId, file, destroyedMs, cannotReach } = gone.destruction;
  const written = await transaction.run(
    sql`insert into destruction_certificate (organisation_id, enrolment_id, desk_organisation_id, window_id, grant_id, grantee_organisation_id, what,
          key_id, file, gateway, destroyed_at, cannot_reach)
        values (${gone.lab}, ${gone.model}, ${gone.desk}, ${gone.window}, ${gone.grant ?? null}, ${gone.grantee ?? null},
          ${gone.what}, ${keyId}, ${file}, ${gone.gateway ?? null}, ${new Date(destroyedMs)}, ${[...cannotReach]}::text[])
        on conflict (organisation_id, key_id, coalesce(gateway, '')) do nothing`,
  );
  return written === 1;
}

/** How many certificates there are: more than before = another server has destroyed a key. */
export async function countCertificates(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>("custodian", sql`select count(*)::int as count from destruction_certificate`);
  return row?.count ?? 0;
}

export type LapsedGrant = { readonly lab: string; readonly grant: string; readonly grantee: string };

/** Partners' grants whose own hour has come, ended now. */
export async function endLapsedGrants(transaction: Transaction, { lab, window }: WindowKey, atMs: number): Promise<readonly LapsedGrant[]> {
  return transaction.query<LapsedGrant>(
    sql`update access_grant g set ended_at = ${new Date(atMs)}
        where g.organisation_id = ${lab} and g.window_id = ${window} and g.ended_at is null and exists (
          select from partner_proposal p where p.organisation_id = g.organisation_id and p.grant_id = g.id and p.closes_at <= ${new Date(atMs)})
        returning g.organisation_id as lab, g.id as grant, g.grantee_organisation_id as grantee`,
  );
}

export type RetainedGrant = {
  readonly lab: string;
  readonly grant: string;
  readonly model: string;
  readonly desk: string;
  readonly window: string;
  readonly grantee: string;
  readonly ended_at: Date;
  readonly retention_days: number;
  readonly is_destroyed: boolean;
};

/** Grants of windows that are over whose record key this installation may still hold: those with use, and those whose key is there. */
export async function readRetained(database: Database, held: readonly string[]): Promise<readonly RetainedGrant[]> {
  return database.query<RetainedGrant>(
    "custodian",
    sql`select * from (
          select g.organisation_id as lab, g.id as grant, g.enrolment_id as model, g.desk_organisation_id as desk, g.window_id as window,
            g.grantee_organisation_id as grantee, w.ended_at, (${termsOfGrant}::jsonb ->> 'retentionDays')::int as retention_days,
            exists (select from destruction_certificate c where c.organisation_id = g.organisation_id and c.grant_id = g.id and c.what = 'record') as is_destroyed,
            exists (select from access_use u where u.organisation_id = g.organisation_id and u.grant_id = g.id) as used
          from access_grant g
          join access_window w on w.organisation_id = g.organisation_id and w.id = g.window_id
          join enrolment e on e.organisation_id = g.organisation_id and e.id = g.enrolment_id
          where w.ended_at is not null and e.custody = 'here') g
        where g.grant = any (${[...held]}::uuid[]) or (g.used and not g.is_destroyed)
        order by g.ended_at, g.grant`,
  );
}

import type { SignInWay } from "../../contract/session-schema.ts";
import type { MemberRole, OrganisationKind } from "../../vocabulary/organisation.ts";
import type { Actor, Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type StoredSession = {
  readonly id: string;
  readonly person_id: string;
  readonly organisation_id: string;
  readonly way: SignInWay;
  readonly floor: number;
  readonly second_factor: boolean;
  readonly bound: boolean;
  readonly agent: string | null;
  readonly started_at: Date;
  readonly last_used_at: Date;
  readonly expires_at: Date;
};

export type SessionOfMember = StoredSession & {
  readonly name: string;
  readonly role: MemberRole;
  readonly organisation_name: string;
  readonly kind: OrganisationKind;
};

const columns = sql`s.id, s.person_id, s.organisation_id, s.way, s.floor, s.second_factor, s.bound, s.agent, s.started_at, s.last_used_at, s.expires_at`;
const ofMember = sql`${columns}, m.name, m.role, o.name as organisation_name, o.kind
  from session s
  join member m on m.organisation_id = s.organisation_id and m.person_id = s.person_id and m.revoked_at is null
  join organisation o on o.id = s.organisation_id`;

export type NewSession = {
  readonly person: string;
  readonly organisation: string;
  readonly digest: Uint8Array;
  readonly way: SignInWay;
  readonly floor: number;
  readonly secondFactor: boolean;
  readonly bound: boolean;
  readonly agent: string | undefined;
  readonly atMs: number;
  readonly expiresAtMs: number;
};

/** Begins a session, and forgets those of the person that ended or ran out over a month ago. */
export async function insertSession(transaction: Transaction, session: NewSession): Promise<string> {
  const at = new Date(session.atMs);
  await transaction.run(
    sql`delete from session where person_id = ${session.person} and least(ended_at, expires_at) < ${at}::timestamptz - interval '31 days'`,
  );
  const [row] = await transaction.query<{ id: string }>(
    sql`insert into session (person_id, organisation_id, digest, way, floor, second_factor, bound, agent, started_at, last_used_at, expires_at)
        values (${session.person}, ${session.organisation}, ${session.digest}, ${session.way}, ${session.floor}, ${session.secondFactor},
          ${session.bound}, ${session.agent ?? null}, ${at}, ${at}, ${new Date(session.expiresAtMs)})
        returning id`,
  );
  return row?.id ?? "";
}

/** One that has not ended, of somebody who is still a member there; its times are for the caller to judge. */
export async function findSession(database: Database, digests: readonly Uint8Array[]): Promise<SessionOfMember | undefined> {
  const [row] = await database.query<SessionOfMember>(
    "gatekeeper",
    sql`select ${ofMember} where s.digest = any (${digests}::bytea[]) and s.ended_at is null`,
  );
  return row;
}

export async function readSessionById(transaction: Transaction, person: string, id: string): Promise<SessionOfMember | undefined> {
  const [row] = await transaction.query<SessionOfMember>(
    sql`select ${ofMember} where s.person_id = ${person} and s.id = ${id} and s.ended_at is null`,
  );
  return row;
}

export async function touchSession(database: Database, person: string, id: string, atMs: number): Promise<void> {
  await database.query(
    "gatekeeper",
    sql`update session set last_used_at = ${new Date(atMs)} where person_id = ${person} and id = ${id} and last_used_at < ${new Date(atMs)}`,
  );
}

export async function moveSession(transaction: Transaction, person: string, id: string, organisation: string): Promise<void> {
  await transaction.run(
    sql`update session set organisation_id = ${organisation} where person_id = ${person} and id = ${id} and ended_at is null`,
  );
}

export async function readOwnSessions(database: Database, actor: Actor, atMs: number): Promise<readonly StoredSession[]> {
  return database.query<StoredSession>(
    actor,
    sql`select ${columns} from session s where s.person_id = (select actor_person()) and s.ended_at is null and s.expires_at > ${new Date(atMs)}
        order by s.last_used_at desc`,
  );
}

export async function endSession(transaction: Transaction, person: string, id: string, atMs: number): Promise<void> {
  await transaction.run(
    sql`update session set ended_at = ${new Date(atMs)} where person_id = ${person} and id = ${id} and ended_at is null`,
  );
}

export async function endOwnSession(transaction: Transaction, id: string, atMs: number): Promise<boolean> {
  return (
    (await transaction.run(
      sql`update session set ended_at = ${new Date(atMs)} where person_id = (select actor_person()) and id = ${id} and ended_at is null`,
    )) === 1
  );
}

/** The organisation that the person acted for in their newest session; those that one organisation let in by itself do not count. */
export async function lastOrganisationOf(transaction: Transaction, person: string): Promise<string | undefined> {
  const [row] = await transaction.query<{ organisation_id: string }>(
    sql`select organisation_id from session where person_id = ${person} and not bound order by started_at desc limit 1`,
  );
  return row?.organisation_id;
}

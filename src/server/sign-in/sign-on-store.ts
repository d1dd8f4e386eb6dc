import type { Actor, Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type StoredSignOn = {
  readonly id: string;
  readonly organisation_id: string;
  readonly issuer: string;
  readonly client_id: string;
  readonly sealed_secret: Uint8Array | null;
};

const columns = sql`id, organisation_id, issuer, client_id, sealed_secret`;

export async function signOnForDomain(database: Database, domain: string): Promise<StoredSignOn | undefined> {
  const [row] = await database.query<StoredSignOn>(
    "gatekeeper",
    sql`select ${columns} from sign_on where ${domain} = any (email_domains) order by created_at, id limit 1`,
  );
  return row;
}

export async function signOnById(transaction: Transaction, organisation: string, id: string): Promise<StoredSignOn | undefined> {
  const [row] = await transaction.query<StoredSignOn>(
    sql`select ${columns} from sign_on where organisation_id = ${organisation} and id = ${id}`,
  );
  return row;
}

export async function signOnOf(transaction: Transaction, organisation: string): Promise<StoredSignOn | undefined> {
  const [row] = await transaction.query<StoredSignOn>(
    sql`select ${columns} from sign_on where organisation_id = ${organisation} order by created_at, id limit 1`,
  );
  return row;
}

export async function hasSignOn(transaction: Transaction): Promise<boolean> {
  const [row] = await transaction.query<{ any: boolean }>(sql`select exists (select from sign_on) as any`);
  return row?.any === true;
}

export type ListedSignOn = {
  readonly id: string;
  readonly organisation_id: string;
  readonly organisation_name: string;
  readonly issuer: string;
  readonly client_id: string;
  readonly email_domains: readonly string[];
  readonly created_at: Date;
};

export async function readSignOns(database: Database, actor: Actor): Promise<readonly ListedSignOn[]> {
  return database.query<ListedSignOn>(
    actor,
    sql`select s.id, s.organisation_id, o.name as organisation_name, s.issuer, s.client_id, s.email_domains, s.created_at
        from sign_on s join organisation o on o.id = s.organisation_id where s.ended_at is null order by o.name, s.created_at limit 1000`,
  );
}

export async function insertSignOn(
  transaction: Transaction,
  signOn: {
    readonly organisation: string;
    readonly issuer: string;
    readonly clientId: string;
    readonly sealedSecret: Uint8Array | undefined;
    readonly emailDomains: readonly string[];
    readonly atMs: number;
  },
): Promise<string> {
  const [row] = await transaction.query<{ id: string }>(
    sql`insert into sign_on (organisation_id, issuer, client_id, sealed_secret, email_domains, created_at)
        values (${signOn.organisation}, ${signOn.issuer}, ${signOn.clientId}, ${signOn.sealedSecret ?? null}, ${signOn.emailDomains},
          ${new Date(signOn.atMs)})
        returning id`,
  );
  return row?.id ?? "";
}

/** Domains of these that another sign-on in force has already. */
export async function takenDomains(transaction: Transaction, domains: readonly string[]): Promise<readonly string[]> {
  const rows = await transaction.query<{ domain: string }>(
    sql`select distinct d as domain from sign_on s, unnest(s.email_domains) as d where s.ended_at is null and d = any (${domains}::text[]) order by d`,
  );
  return rows.map(({ domain }) => domain);
}

export async function endSignOn(transaction: Transaction, id: string, atMs: number): Promise<string | undefined> {
  const [row] = await transaction.query<{ organisation_id: string }>(
    sql`update sign_on set ended_at = ${new Date(atMs)} where id = ${id} and ended_at is null returning organisation_id`,
  );
  return row?.organisation_id;
}

/** Whom the sign-on means; undefined = nobody was enrolled as this subject. */
export async function findIdentity(transaction: Transaction, signOn: StoredSignOn, subject: string): Promise<string | undefined> {
  const [row] = await transaction.query<{ person_id: string }>(
    sql`select person_id from sign_on_identity
        where organisation_id = ${signOn.organisation_id} and sign_on_id = ${signOn.id} and subject = ${subject} and revoked_at is null`,
  );
  return row?.person_id;
}

export async function insertIdentity(
  transaction: Transaction,
  identity: {
    readonly signOn: StoredSignOn;
    readonly subject: string;
    readonly person: string;
    readonly email: string | undefined;
    readonly atMs: number;
  },
): Promise<void> {
  await transaction.run(
    sql`insert into sign_on_identity (organisation_id, sign_on_id, subject, person_id, email, created_at)
        values (${identity.signOn.organisation_id}, ${identity.signOn.id}, ${identity.subject}, ${identity.person}, ${identity.email ?? null},
          ${new Date(identity.atMs)})`,
  );
}

export async function touchIdentity(transaction: Transaction, signOn: StoredSignOn, subject: string, atMs: number): Promise<void> {
  await transaction.run(
    sql`update sign_on_identity set last_used_at = ${new Date(atMs)}
        where organisation_id = ${signOn.organisation_id} and sign_on_id = ${signOn.id} and subject = ${subject} and revoked_at is null`,
  );
}

export type OwnIdentity = {
  readonly id: string;
  readonly organisation_id: string;
  readonly organisation_name: string;
  readonly email: string | null;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
};

export async function readOwnIdentities(database: Database, actor: Actor): Promise<readonly OwnIdentity[]> {
  return database.query<OwnIdentity>(
    actor,
    sql`select i.id, i.organisation_id, o.name as organisation_name, i.email, i.created_at, i.last_used_at
        from sign_on_identity i join organisation o on o.id = i.organisation_id
        where i.person_id = (select actor_person()) and i.revoked_at is null order by i.created_at`,
  );
}

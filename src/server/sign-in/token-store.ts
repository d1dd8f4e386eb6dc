import type { MemberRole, OrganisationKind, Verb } from "../../vocabulary/organisation.ts";
import type { Actor, Database, Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { TokenGrant } from "./token-grant.ts";

export type TokenOfMember = {
  readonly id: string;
  readonly organisation_id: string;
  readonly person_id: string;
  readonly verbs: readonly Verb[];
  readonly floor: number;
  readonly second_factor: boolean;
  readonly expires_at: Date;
  readonly last_used_at: Date | null;
  readonly role: MemberRole;
  readonly kind: OrganisationKind;
};

/** One that is not revoked, of somebody who is still a member there; its end is for the caller to judge. */
export async function findToken(database: Database, digests: readonly Uint8Array[]): Promise<TokenOfMember | undefined> {
  const [row] = await database.query<TokenOfMember>(
    "gatekeeper",
    sql`select t.id, t.organisation_id, t.person_id, t.verbs, t.floor, t.second_factor, t.expires_at, t.last_used_at, m.role, o.kind
        from access_token t
        join member m on m.organisation_id = t.organisation_id and m.person_id = t.person_id and m.revoked_at is null
        join organisation o on o.id = t.organisation_id
        where t.digest = any (${digests}::bytea[]) and t.revoked_at is null`,
  );
  return row;
}

export async function touchToken(database: Database, organisation: string, id: string, atMs: number): Promise<void> {
  const at = new Date(atMs);
  await database.query(
    "gatekeeper",
    sql`update access_token set last_used_at = ${at} where organisation_id = ${organisation} and id = ${id}
          and (last_used_at is null or last_used_at < ${at})`,
  );
}

export type ListedToken = {
  readonly id: string;
  readonly name: string;
  readonly person_id: string;
  readonly owner_name: string;
  readonly verbs: readonly Verb[];
  readonly floor: number;
  readonly issued_at: Date;
  readonly expires_at: Date;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
};

/** What the actor may see: its own of this organisation, or everyone's for an administrator. Newest first, at most a thousand. */
export async function readTokens(database: Database, actor: Actor): Promise<readonly ListedToken[]> {
  return database.query<ListedToken>(
    actor,
    sql`select t.id, t.name, t.person_id, m.name as owner_name, t.verbs, t.floor, t.issued_at, t.expires_at, t.last_used_at, t.revoked_at
        from access_token t join member m on m.organisation_id = t.organisation_id and m.person_id = t.person_id
        where t.organisation_id = (select actor_organisation())
        order by t.issued_at desc, t.id limit 1000`,
  );
}

export type NewToken = TokenGrant & { readonly person: string; readonly digest: Uint8Array; readonly atMs: number };

export async function insertToken(transaction: Transaction, token: NewToken): Promise<string> {
  const [row] = await transaction.query<{ id: string }>(
    sql`insert into access_token (organisation_id, person_id, digest, name, verbs, floor, second_factor, issued_by, issued_at, expires_at)
        values ((select actor_organisation()), ${token.person}, ${token.digest}, ${token.name}, ${token.verbs}, ${token.floor}, ${token.secondFactor},
          (select actor_person()), ${new Date(token.atMs)}, ${new Date(token.expiresAtMs)})
        returning id`,
  );
  return row?.id ?? "";
}

/** Whose it was; undefined when the actor sees no such token in force. */
export async function revokeToken(
  transaction: Transaction,
  id: string,
  atMs: number,
): Promise<{ readonly person_id: string; readonly name: string } | undefined> {
  const [row] = await transaction.query<{ person_id: string; name: string }>(
    sql`update access_token set revoked_at = ${new Date(atMs)}, revoked_by = (select actor_person())
        where organisation_id = (select actor_organisation()) and id = ${id} and revoked_at is null
        returning person_id, name`,
  );
  return row;
}

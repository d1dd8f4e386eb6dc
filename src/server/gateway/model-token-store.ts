import type { Custody } from "../../vocabulary/enrolment.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type OwnGrant = {
  readonly id: string;
  readonly organisation_id: string;
  readonly enrolment_id: string;
  readonly purposes: readonly string[];
  readonly ended_at: Date | null;
  readonly custody: Custody;
};

/** A grant of the actor's own organisation; lab and desk see it too, and it is none of theirs. */
export async function findOwnGrant(transaction: Transaction, grant: string): Promise<OwnGrant | undefined> {
  const [row] = await transaction.query<OwnGrant>(
    sql`select g.id, g.organisation_id, g.enrolment_id, g.purposes, g.ended_at, e.custody
        from access_grant g join enrolment e on e.organisation_id = g.organisation_id and e.id = g.enrolment_id
        where g.id = ${grant} and g.grantee_organisation_id = (select actor_organisation())`,
  );
  return row;
}

export type ModelTokenRow = {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
  readonly is_stopped: boolean;
};

export async function readModelTokens(transaction: Transaction, grant: OwnGrant): Promise<readonly ModelTokenRow[]> {
  return transaction.query<ModelTokenRow>(
    sql`select t.id, t.name, t.purpose, t.created_by, t.created_at, t.expires_at, t.revoked_at, t.last_used_at,
          exists (select from access_stop s where s.organisation_id = ${grant.organisation_id} and s.enrolment_id = ${grant.enrolment_id}
            and s.token_id = t.id and s.lifted_at is null) as is_stopped
        from gateway_token t where t.organisation_id = (select actor_organisation()) and t.grant_id = ${grant.id}
        order by t.created_at desc, t.id limit 1000`,
  );
}

export type NewModelToken = {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly digest: Uint8Array;
  readonly at: Date;
  readonly expiresAt: Date;
};

/** For a policy's check to refuse what is not the actor's. */
export async function insertModelToken(transaction: Transaction, grant: OwnGrant, token: NewModelToken): Promise<void> {
  await transaction.run(
    sql`insert into gateway_token (organisation_id, id, lab_organisation_id, grant_id, name, purpose, digest, created_by, created_at, expires_at)
        values ((select actor_organisation()), ${token.id}, ${grant.organisation_id}, ${grant.id}, ${token.name}, ${token.purpose}, ${token.digest},
          (select actor_person()), ${token.at}, ${token.expiresAt})`,
  );
}

/** Its name; undefined = the actor may revoke no such token in force. */
export async function revokeModelTokenRow(transaction: Transaction, grant: string, token: string, at: Date): Promise<string | undefined> {
  const [row] = await transaction.query<{ name: string }>(
    sql`update gateway_token set revoked_at = ${at}
        where organisation_id = (select actor_organisation()) and id = ${token} and grant_id = ${grant} and revoked_at is null returning name`,
  );
  return row?.name;
}

import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";

export type StoppableModel = { readonly organisation_id: string; readonly id: string; readonly desk_organisation_id: string };

/** As the actor sees it. */
export async function findModel(transaction: Transaction, model: string): Promise<StoppableModel | undefined> {
  const [row] = await transaction.query<StoppableModel>(
    sql`select organisation_id, id, desk_organisation_id from enrolment where id = ${model}`,
  );
  return row;
}

export type StandingStop = {
  readonly id: string;
  readonly grantee_organisation_id: string | null;
  readonly grantee_name: string | null;
  readonly token_id: string | null;
  readonly reason: string;
  readonly stopped_by_organisation_id: string;
  readonly stopped_by_name: string | null;
  readonly stopped_at: Date;
  readonly lifted_at: Date | null;
};

const stops = sql`select s.id, s.grantee_organisation_id, g.name as grantee_name, s.token_id, s.reason, s.stopped_by_organisation_id, b.name as stopped_by_name,
    s.stopped_at, s.lifted_at
  from access_stop s left join organisation g on g.id = s.grantee_organisation_id left join organisation b on b.id = s.stopped_by_organisation_id`;

function ofModel({ organisation_id, id }: StoppableModel): SqlQuery {
  return sql`s.organisation_id = ${organisation_id} and s.enrolment_id = ${id}`;
}

export async function readStops(transaction: Transaction, model: StoppableModel): Promise<readonly StandingStop[]> {
  return transaction.query<StandingStop>(sql`${stops} where ${ofModel(model)} order by s.stopped_at desc, s.id limit 200`);
}

export async function findStop(transaction: Transaction, model: StoppableModel, id: string): Promise<StandingStop | undefined> {
  const [row] = await transaction.query<StandingStop>(sql`${stops} where ${ofModel(model)} and s.id = ${id}`);
  return row;
}

/** True for an organisation with a grant of the model. */
export async function isGrantee(transaction: Transaction, { organisation_id, id }: StoppableModel, organisation: string): Promise<boolean> {
  const rows = await transaction.query(
    sql`select id from access_grant where organisation_id = ${organisation_id} and enrolment_id = ${id} and grantee_organisation_id = ${organisation} limit 1`,
  );
  return rows.length > 0;
}

export type UsedToken = {
  readonly token_id: string;
  readonly grant_id: string;
  readonly grantee_organisation_id: string;
  readonly grantee_name: string | null;
  readonly purpose: string;
  readonly requests: number;
  readonly last_at: Date;
};

/** From what was used alone: nothing else of a token is the lab's to see. */
export async function readUsedTokens(transaction: Transaction, { organisation_id, id }: StoppableModel): Promise<readonly UsedToken[]> {
  return transaction.query<UsedToken>(
    sql`select u.token_id, u.grant_id, u.grantee_organisation_id, min(o.name) as grantee_name, u.purpose, sum(u.requests)::bigint as requests, max(u.last_at) as last_at
        from access_use u left join organisation o on o.id = u.grantee_organisation_id
        where u.organisation_id = ${organisation_id} and u.enrolment_id = ${id}
        group by u.token_id, u.grant_id, u.grantee_organisation_id, u.purpose order by max(u.last_at) desc, u.token_id limit 1000`,
  );
}

export type NewStop = {
  readonly organisation: string | undefined;
  readonly token: string | undefined;
  readonly reason: string;
  readonly at: Date;
};

export async function insertStop(transaction: Transaction, model: StoppableModel, stop: NewStop): Promise<string> {
  const [row] = await transaction.query<{ id: string }>(
    sql`insert into access_stop (organisation_id, enrolment_id, desk_organisation_id, grantee_organisation_id, token_id, reason, stopped_by_organisation_id,
          stopped_by_person_id, stopped_at)
        values (${model.organisation_id}, ${model.id}, ${model.desk_organisation_id}, ${stop.organisation ?? null}, ${stop.token ?? null}, ${stop.reason},
          (select actor_organisation()), (select actor_person()), ${stop.at}) returning id`,
  );
  return row?.id ?? "";
}

/** False = the actor's organisation has no such stop standing. */
export async function liftStopRow(transaction: Transaction, model: StoppableModel, id: string, at: Date): Promise<boolean> {
  const lifted = await transaction.run(
    sql`update access_stop s set lifted_at = ${at} where ${ofModel(model)} and s.id = ${id} and s.lifted_at is null
          and s.stopped_by_organisation_id = (select actor_organisation())`,
  );
  return lifted > 0;
}

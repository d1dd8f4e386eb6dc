import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import type { ModelKey } from "./model-store.ts";

/** What holds now of `e`, a row of enrolment. */
export const currentTerms: SqlQuery = sql`coalesce((select t.terms from changed_terms t
  where t.organisation_id = e.organisation_id and t.enrolment_id = e.id order by t.version desc limit 1), e.terms)`;
export const currentTermsVersion: SqlQuery = sql`coalesce((select max(t.version) from changed_terms t
  where t.organisation_id = e.organisation_id and t.enrolment_id = e.id), 1)`;

/** What `g`, a row of access_grant, was made under; `e` is its enrolment. */
export const termsOfGrant: SqlQuery = sql`coalesce((select t.terms from changed_terms t
  where t.organisation_id = g.organisation_id and t.enrolment_id = g.enrolment_id and t.version = g.terms_version), e.terms)`;

export type TermsRow = {
  readonly version: number;
  readonly terms: string;
  readonly stated_at: Date;
  /** Null for whoever does not know the lab's members. */
  readonly stated_by_name: string | null;
};

/** Every version, the newest first, as far as the actor sees them. */
export async function readTermsVersions(transaction: Transaction, { lab, model }: ModelKey): Promise<readonly TermsRow[]> {
  return transaction.query<TermsRow>(
    sql`select v.version, v.terms, v.stated_at, m.name as stated_by_name from (
          select 1 as version, e.terms, e.created_by as stated_by, e.created_at as stated_at from enrolment e where e.organisation_id = ${lab} and e.id = ${model}
          union all
          select t.version, t.terms, t.stated_by, t.stated_at from changed_terms t where t.organisation_id = ${lab} and t.enrolment_id = ${model}) v
        left join member m on m.organisation_id = ${lab} and m.person_id = v.stated_by
        order by v.version desc`,
  );
}

export async function insertTerms(
  transaction: Transaction,
  { lab, model }: ModelKey,
  stated: { readonly desk: string; readonly version: number; readonly terms: string; readonly by: string; readonly atMs: number },
): Promise<void> {
  await transaction.run(
    sql`insert into changed_terms (organisation_id, enrolment_id, desk_organisation_id, version, terms, stated_by, stated_at)
        values (${lab}, ${model}, ${stated.desk}, ${stated.version}, ${stated.terms}, ${stated.by}, ${new Date(stated.atMs)})`,
  );
}

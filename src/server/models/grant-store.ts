import type { GrantKind } from "../../vocabulary/access-window.ts";
import type { ModelWire, OutsideFeature } from "../../vocabulary/exchange.ts";
import type { Transaction } from "../database/database.ts";
import { joined, sql, type SqlQuery } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";
import { currentTermsVersion, termsOfGrant } from "./terms-store.ts";
import type { WindowFactsRow } from "./window-facts.ts";
import { windowFactColumns } from "./window-store.ts";

export type GrantKey = { readonly lab: string; readonly grant: string };

export type GrantRow = WindowFactsRow & {
  readonly organisation_id: string;
  readonly id: string;
  readonly window_id: string;
  readonly window_name: string;
  readonly enrolment_id: string;
  readonly model_name: string;
  readonly wire: ModelWire;
  readonly lab_name: string | null;
  readonly desk_organisation_id: string;
  readonly desk_name: string | null;
  readonly grantee_organisation_id: string;
  readonly grantee_name: string | null;
  readonly purposes: readonly string[];
  readonly budget_requests: number;
  readonly budget_tokens: number;
  readonly requests_per_minute: number;
  readonly outside: readonly OutsideFeature[];
  readonly created_at: Date;
  readonly terms_version: number;
  /** That hold now. */
  readonly model_terms_version: number;
  /** Of that version. */
  readonly terms: string;
  readonly grant_ended_at: Date | null;
  readonly reserved_requests: number;
  readonly reserved_tokens: number;
  readonly spent_requests: number;
  readonly spent_tokens: number;
  readonly unaccounted_requests: number;
  readonly unaccounted_tokens: number;
};

const selected = sql`select g.organisation_id, g.id, g.window_id, w.name as window_name, g.enrolment_id, e.name as model_name, e.wire,
    l.name as lab_name, g.desk_organisation_id, d.name as desk_name, g.grantee_organisation_id, o.name as grantee_name, g.purposes,
    g.budget_requests, g.budget_tokens, g.requests_per_minute, g.outside, g.created_at, g.terms_version, ${termsOfGrant} as terms,
    ${currentTermsVersion} as model_terms_version, g.ended_at as grant_ended_at,
    g.reserved_requests, g.reserved_tokens, g.spent_requests, g.spent_tokens,
    g.unaccounted_requests, g.unaccounted_tokens, ${windowFactColumns}`;
const around = sql`join access_window w on w.organisation_id = g.organisation_id and w.id = g.window_id
  join enrolment e on e.organisation_id = g.organisation_id and e.id = g.enrolment_id
  left join organisation l on l.id = g.organisation_id
  left join organisation d on d.id = g.desk_organisation_id
  left join organisation o on o.id = g.grantee_organisation_id`;

export type GrantFilter = {
  readonly grantee?: string | undefined;
  readonly model?: string | undefined;
  readonly window?: string | undefined;
};

/** The newest first, as far as the actor sees them. */
export async function readGrants(
  transaction: Transaction,
  { grantee, model, window }: GrantFilter,
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly GrantRow[]> {
  const conditions: SqlQuery[] = [sql`true`];
  if (grantee !== undefined) conditions.push(sql`g.grantee_organisation_id = ${grantee}`);
  if (model !== undefined) conditions.push(sql`g.enrolment_id = ${model}`);
  if (window !== undefined) conditions.push(sql`g.window_id = ${window}`);
  if (after !== undefined) conditions.push(sql`(g.created_at, g.id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`);
  return transaction.query<GrantRow>(
    // The page first, then what is said of its rows.
    sql`${selected} from (
          select * from access_grant g where ${joined(conditions, " and ")} order by g.created_at desc, g.id desc limit ${limit}) g
        ${around} order by g.created_at desc, g.id desc`,
  );
}

export async function findGrant(transaction: Transaction, id: string): Promise<GrantRow | undefined> {
  const [row] = await transaction.query<GrantRow>(sql`${selected} from access_grant g ${around} where g.id = ${id}`);
  return row;
}

export type GrantContent = {
  readonly purposes: readonly string[];
  readonly budget: { readonly requests: number; readonly tokens: number };
  readonly requestsPerMinute: number;
  readonly outside: readonly OutsideFeature[];
};

export type NewGrant = GrantContent & {
  readonly id: string;
  readonly lab: string;
  readonly window: string;
  readonly model: string;
  readonly desk: string;
  readonly kind: GrantKind;
  readonly grantee: string;
  readonly termsVersion: number;
  readonly by: string;
  readonly atMs: number;
};

/** False when the organisation has a grant in this window already. */
export async function insertGrant(transaction: Transaction, grant: NewGrant): Promise<boolean> {
  const inserted = await transaction.run(
    sql`insert into access_grant (organisation_id, id, window_id, enrolment_id, desk_organisation_id, kind, grantee_organisation_id, purposes,
          budget_requests, budget_tokens, requests_per_minute, outside, terms_version, created_by, created_at)
        values (${grant.lab}, ${grant.id}, ${grant.window}, ${grant.model}, ${grant.desk}, ${grant.kind}, ${grant.grantee}, ${[...grant.purposes]}::text[],
          ${grant.budget.requests}, ${grant.budget.tokens}, ${grant.requestsPerMinute}, ${[...grant.outside]}::text[], ${grant.termsVersion}, ${grant.by}, ${new Date(grant.atMs)})
        on conflict (organisation_id, window_id, grantee_organisation_id) where ended_at is null do nothing`,
  );
  return inserted === 1;
}

/** False when it has ended, or is not the actor's to change. */
export async function updateGrant(transaction: Transaction, { lab, grant }: GrantKey, content: GrantContent): Promise<boolean> {
  const changed = await transaction.run(
    sql`update access_grant set purposes = ${[...content.purposes]}::text[], budget_requests = ${content.budget.requests},
          budget_tokens = ${content.budget.tokens}, requests_per_minute = ${content.requestsPerMinute}, outside = ${[...content.outside]}::text[]
        where organisation_id = ${lab} and id = ${grant} and ended_at is null`,
  );
  return changed === 1;
}

/** False when it had ended. */
export async function markGrantEnded(transaction: Transaction, { lab, grant }: GrantKey, atMs: number): Promise<boolean> {
  const changed = await transaction.run(
    sql`update access_grant set ended_at = ${new Date(atMs)} where organisation_id = ${lab} and id = ${grant} and ended_at is null`,
  );
  return changed === 1;
}

/** Organisations with a grant of a model that has not ended. */
export async function readGranteesOf(
  transaction: Transaction,
  { lab, model }: { readonly lab: string; readonly model: string },
): Promise<readonly string[]> {
  const rows = await transaction.query<{ id: string }>(
    sql`select distinct grantee_organisation_id as id from access_grant
        where organisation_id = ${lab} and enrolment_id = ${model} and ended_at is null order by grantee_organisation_id`,
  );
  return rows.map(({ id }) => id);
}

import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import type { GatewayScope } from "./gateway-scope.ts";

/** The condition on an enrolment `e`. */
export function servedBy(scope: GatewayScope): SqlQuery {
  return scope.custody === "here" ? sql`e.custody = 'here'` : sql`e.custody = 'premises' and e.organisation_id = ${scope.lab}::uuid`;
}

export type ServedWindow = {
  readonly organisation_id: string;
  readonly id: string;
  readonly enrolment_id: string;
  readonly desk_organisation_id: string;
};

/** A window of a model that the gateway serves, over or not. */
export async function findServedWindow(transaction: Transaction, scope: GatewayScope, window: string): Promise<ServedWindow | undefined> {
  const [row] = await transaction.query<ServedWindow>(
    sql`select w.organisation_id, w.id, w.enrolment_id, w.desk_organisation_id
        from access_window w join enrolment e on e.organisation_id = w.organisation_id and e.id = w.enrolment_id
        where w.id = ${window} and ${servedBy(scope)}`,
  );
  return row;
}

export async function granteeOf(transaction: Transaction, window: ServedWindow, grant: string): Promise<string | undefined> {
  const [row] = await transaction.query<{ grantee_organisation_id: string }>(
    sql`select grantee_organisation_id from access_grant
        where organisation_id = ${window.organisation_id} and window_id = ${window.id} and id = ${grant}`,
  );
  return row?.grantee_organisation_id;
}

/** The organisations that may use a window. */
export async function granteesOf(transaction: Transaction, window: ServedWindow): Promise<readonly string[]> {
  const rows = await transaction.query<{ id: string }>(
    sql`select grantee_organisation_id as id from access_grant
        where organisation_id = ${window.organisation_id} and window_id = ${window.id} and ended_at is null order by grantee_organisation_id`,
  );
  return rows.map(({ id }) => id);
}

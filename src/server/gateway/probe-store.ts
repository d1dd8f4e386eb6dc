import type { ProbeOccasion, ProbeVerdict } from "../../vocabulary/exchange.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { type GatewayScope, servedBy } from "./gateway-scope.ts";

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

export type NewProbe = {
  readonly id: string;
  readonly occasion: ProbeOccasion;
  readonly verdict: ProbeVerdict;
  readonly basis: string;
  readonly calls: number;
  readonly tokens: number;
  readonly at: Date;
};

/** False = it was there. */
export async function insertProbe(transaction: Transaction, window: ServedWindow, probe: NewProbe): Promise<boolean> {
  const inserted = await transaction.run(
    sql`insert into identity_probe (organisation_id, window_id, enrolment_id, desk_organisation_id, id, occasion, verdict, basis, calls, tokens, at)
        values (${window.organisation_id}, ${window.id}, ${window.enrolment_id}, ${window.desk_organisation_id}, ${probe.id}, ${probe.occasion}, ${probe.verdict},
          ${probe.basis}, ${probe.calls}, ${probe.tokens}, ${probe.at})
        on conflict (organisation_id, window_id, id) do nothing`,
  );
  return inserted > 0;
}

/** Told to lab, desk and everyone who uses the window. */
export async function tellDifferent(
  transaction: Transaction,
  window: ServedWindow,
  probe: { readonly id: string; readonly details: string; readonly at: Date },
): Promise<void> {
  await transaction.run(
    sql`insert into enrolment_event (organisation_id, enrolment_id, desk_organisation_id, kind, details, for_grantees, window_id, at, once_key)
        values (${window.organisation_id}, ${window.enrolment_id}, ${window.desk_organisation_id}, 'probe-different', ${probe.details}, true, ${window.id},
          ${probe.at}, ${`probe:${probe.id}`})`,
  );
}

import type { ProbeOccasion, ProbeVerdict } from "../../vocabulary/exchange.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { ServedWindow } from "./served-store.ts";

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

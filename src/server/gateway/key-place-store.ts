import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { GatewayScope } from "./gateway-scope.ts";
import type { MeteredGrant } from "./lease-store.ts";
import { servedBy } from "./served-store.ts";

export type AtGateway = { readonly gateway: string; readonly at: Date };

/** A gateway keeps the credentials of these windows, or may keep them; of those that it does not serve nothing is written. */
export async function insertCredentialPlaces(
  transaction: Transaction,
  scope: GatewayScope,
  windows: readonly string[],
  { gateway, at }: AtGateway,
): Promise<void> {
  await transaction.run(
    sql`insert into key_place (organisation_id, enrolment_id, desk_organisation_id, window_id, what, gateway, since)
        select w.organisation_id, w.enrolment_id, w.desk_organisation_id, w.id, 'credential', ${gateway}, ${at}
        from access_window w join enrolment e on e.organisation_id = w.organisation_id and e.id = w.enrolment_id
        where w.id = any (${[...windows]}::uuid[]) and ${servedBy(scope)} order by w.id
        on conflict do nothing`,
  );
}

/** A gateway that took of a grant's budget makes a key for what it records, and had the window's credential to make use of it. */
export async function insertGrantPlaces(transaction: Transaction, grant: MeteredGrant, { gateway, at }: AtGateway): Promise<void> {
  const { organisation_id: lab, enrolment_id: model, desk_organisation_id: desk, window_id: window } = grant;
  await transaction.run(
    sql`insert into key_place (organisation_id, enrolment_id, desk_organisation_id, window_id, grant_id, grantee_organisation_id, what, gateway, since)
        values (${lab}, ${model}, ${desk}, ${window}, null, null, 'credential', ${gateway}, ${at}),
          (${lab}, ${model}, ${desk}, ${window}, ${grant.id}, ${grant.grantee_organisation_id}, 'record', ${gateway}, ${at})
        on conflict do nothing`,
  );
}

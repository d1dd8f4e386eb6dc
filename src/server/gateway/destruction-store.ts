import type { Transaction } from "../database/database.ts";
import { sql, type SqlQuery } from "../database/sql.ts";
import type { GatewayScope } from "./gateway-scope.ts";
import { servedBy } from "./served-store.ts";

/**
 * Those of the grants with a certificate that the record key was destroyed where this gateway had it: the server's for the one beside it, its own on a
 * lab's premises. Another gateway of the lab has a key of its own, of which that certificate says nothing.
 */
export async function readDestroyed(
  transaction: Transaction,
  scope: GatewayScope,
  gateway: string,
  grants: readonly string[],
): Promise<readonly string[]> {
  const there = scope.custody === "here" ? sql`c.gateway is null` : destroyedBy(gateway);
  const rows = await transaction.query<{ grant: string }>(
    sql`select distinct c.grant_id as grant from destruction_certificate c
        join enrolment e on e.organisation_id = c.organisation_id and e.id = c.enrolment_id
        where c.what = 'record' and c.grant_id = any (${[...grants]}::uuid[]) and ${there} and ${servedBy(scope)}
        order by c.grant_id`,
  );
  return rows.map(({ grant }) => grant);
}

/** Certificates `c` of a lab's own gateway: behind its credential's id, which may be another by now, in as many characters as the books have left. */
export function destroyedBy(gateway: string): SqlQuery {
  return sql`split_part(c.gateway, '/', 2) = left(${gateway}, 63)`;
}

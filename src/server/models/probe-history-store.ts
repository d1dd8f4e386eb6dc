import type { ProbeOccasion, ProbeVerdict } from "../../vocabulary/exchange.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { TimePosition } from "../list-page.ts";
import type { WindowKey } from "./window-store.ts";

export type ProbeRow = {
  readonly id: string;
  readonly at: Date;
  readonly occasion: ProbeOccasion;
  readonly verdict: ProbeVerdict;
  readonly basis: string;
  readonly calls: number;
  readonly tokens: number;
};

/** The newest first, as far as the actor sees them. */
export async function readProbes(
  transaction: Transaction,
  { lab, window }: WindowKey,
  after: TimePosition | undefined,
  limit: number,
): Promise<readonly ProbeRow[]> {
  const behind = after === undefined ? sql`true` : sql`(at, id) < (${new Date(after.atMs)}::timestamptz, ${after.id}::uuid)`;
  return transaction.query<ProbeRow>(
    sql`select id, at, occasion, verdict, basis, calls, tokens from identity_probe
        where organisation_id = ${lab} and window_id = ${window} and ${behind} order by at desc, id desc limit ${limit}`,
  );
}

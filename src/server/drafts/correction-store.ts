import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

/** What its owner said of a published advisory after it was published. */
export type Correction = {
  readonly withdraws: boolean;
  readonly reason: string;
  readonly statedAtMs: number;
  /** The published revision that it became; undefined = it comes into the record in this moment. */
  readonly version: number | undefined;
};

/** The oldest first. */
export async function readCorrections(transaction: Transaction, { organisation, draft }: DraftKey): Promise<readonly Correction[]> {
  const rows = await transaction.query<{ withdraws: boolean; reason: string; stated_at: Date; version: number | null }>(
    sql`select withdraws, reason, stated_at, version from draft_correction
        where organisation_id = ${organisation} and draft_id = ${draft} order by stated_at, id`,
  );
  return rows.map(({ withdraws, reason, stated_at, version }) => ({
    withdraws,
    reason,
    statedAtMs: stated_at.getTime(),
    version: version ?? undefined,
  }));
}

/** Later than every one before, whatever the clock says: the record's `modified` only ever grows. */
export async function insertCorrection(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  { withdraws, reason }: Pick<Correction, "withdraws" | "reason">,
): Promise<void> {
  await transaction.run(
    sql`insert into draft_correction (organisation_id, draft_id, withdraws, reason, stated_by, stated_at)
        values (${organisation}, ${draft}, ${withdraws}, ${reason}, (select actor_person()), greatest((select actor_clock()),
          (select max(c.stated_at) + interval '1 millisecond' from draft_correction c where c.organisation_id = ${organisation} and c.draft_id = ${draft})))`,
  );
}

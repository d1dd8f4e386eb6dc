import { levelNumber } from "../../vocabulary/level.ts";
import { NOTIFICATION_RULES, type NotificationKind } from "../../vocabulary/notification.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";

export type Announcement = {
  readonly kind: NotificationKind;
  /** Who is told: the id of a circle. An organisation's own circle has the organisation's id. */
  readonly circleId: string;
  /** Of a record: its owner. Otherwise the organisation that announces. */
  readonly organisationId: string;
  /** The draft advisory it is about. */
  readonly recordId?: string;
  readonly atMs: number;
};

export async function insertAnnouncement(
  transaction: Pick<Transaction, "run">,
  { kind, circleId, organisationId, recordId, atMs }: Announcement,
): Promise<void> {
  const level = levelNumber(NOTIFICATION_RULES[kind].level);
  await transaction.run(
    sql`insert into announcement (organisation_id, circle_id, kind, record_id, level, at)
        values (${organisationId}, ${circleId}, ${kind}, ${recordId ?? null}, ${level}, ${new Date(atMs)})`,
  );
}

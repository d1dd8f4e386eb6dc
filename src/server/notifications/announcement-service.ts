import type { Transaction } from "../database/database.ts";
import { insertAnnouncement, type Announcement } from "./announcement-store.ts";

export type { Announcement } from "./announcement-store.ts";

/**
 * Tells a circle of something, in the transaction that makes it so: it is told exactly if that transaction holds. For signed actors
 * (administrators and editors), the releaser, and the gatekeeper within one organisation. Of a record, only those organisations of the
 * circle are told that may see it, at the level the kind is known from, when the courier comes by; whoever may not by then is never told.
 */
export async function announce(transaction: Pick<Transaction, "run">, announcement: Announcement): Promise<void> {
  await insertAnnouncement(transaction, announcement);
}

import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Transaction } from "../database/database.ts";
import { isStatementError } from "../database/statement-error.ts";
import { findDraft, isOpenNow, type SeenDraft } from "./draft-store.ts";

/** The same words for what is not there and for what is not open to whoever asks. */
export function notFound(): CodedError {
  return new CodedError("not-found", "There is no such thing among the draft advisories that are open to you");
}

/**
 * Runs what an actor asked for. What a policy or a key of the database refuses is "not found": told apart, the two would say that something is there.
 */
export async function askedOf<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // insufficient privilege, a foreign key to what is not there, a unique key
    if (isStatementError(error, "42501", "23503", "23505")) throw notFound();
    throw error;
  }
}

/** The draft, when the actor sees its case, may write and it is open. @throws CodedError `not-found`, `conflict` */
export async function requireCase(transaction: Transaction, draft: string): Promise<SeenDraft> {
  const seen = await findDraft(transaction, draft);
  if (seen === undefined || seen.level !== "case" || !seen.mayWrite) throw notFound();
  if (seen.state !== "open" || seen.isPublic) throw notOpen();
  return seen;
}

/**
 * Publication locks the draft against new parts and then reads what there is. What waited for it has come too late, and must not stand
 * in a draft whose record lacks it.
 */
export async function requireStillOpen(transaction: Transaction, key: DraftKey): Promise<void> {
  if (!(await isOpenNow(transaction, key))) throw notOpen();
}

/** What has ended stays as it was. */
export function notOpen(): CodedError {
  return new CodedError(
    "conflict",
    "Expected a draft that is open, got one that is published or abandoned: nothing of it changes any more",
  );
}

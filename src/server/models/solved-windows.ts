import type { AccessWindow } from "../../vocabulary/access-window.ts";
import type { Transaction } from "../database/database.ts";
import { windowAt } from "./window-facts.ts";
import { readFactsOf } from "./window-store.ts";

/** Windows as they stand at this moment, by id; one whose model was withdrawn is not among them. For another subject's transaction. */
export async function solvedWindows(
  transaction: Transaction,
  windows: readonly string[],
  atMs: number,
): Promise<ReadonlyMap<string, AccessWindow>> {
  if (windows.length === 0) return new Map();
  return new Map((await readFactsOf(transaction, windows)).map((row) => [row.id, windowAt(row, atMs)]));
}

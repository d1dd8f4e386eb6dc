import type { Database } from "../database/database.ts";
import { summarisePackages } from "../packages/package-summary-service.ts";
import { groupAliases, partsOf } from "./alias-groups.ts";
import {
  countUngrouped,
  groupLoneAdvisories,
  markSuspectsUngrouped,
  readClosure,
  readUngrouped,
  surrogateOf,
  writeGroups,
} from "./grouping-store.ts";

/** How much is taken at once: waiting advisories that may stand alone, waiting ones whose neighbours are looked for, and groups a transaction. */
export type GroupingBatches = { readonly lone: number; readonly waiting: number; readonly groups: number };

const BATCHES: GroupingBatches = { lone: 5000, waiting: 20_000, groups: 3000 };

/** So many changed advisories are an import of a whole feed. */
const MANY = 2000;

/**
 * Makes vulnerabilities from the advisories whose aliases changed. Each batch is whole groups in one transaction,
 * so a kill in between leaves the rest waiting and the result is the same. Then the summaries of the packages concerned.
 */
export async function groupAdvisories(
  database: Database,
  onProgress?: (left: number) => void,
  batches: GroupingBatches = BATCHES,
): Promise<{ readonly vacuumed: boolean }> {
  // An import has just filled tables of which the planner still believes that they are empty: it would walk them whole for each row.
  // The embedded database has no autovacuum, and a server's may not have been there yet.
  const isMany = (await countUngrouped(database)) > MANY;
  if (isMany) await database.analyze();
  await markSuspectsUngrouped(database);
  for (let after: string | undefined = ""; after !== undefined;) {
    after = await groupLoneAdvisories(database, after, batches.lone);
    if (onProgress !== undefined) onProgress(await countUngrouped(database));
  }
  for (;;) {
    const waiting = await readUngrouped(database, batches.waiting);
    if (waiting.length === 0) break;
    const { members, known } = await readClosure(database, waiting);
    const grouping = groupAliases(members, known, surrogateOf);
    for (const part of partsOf(grouping, members, batches.groups)) await writeGroups(database, part);
    if (onProgress !== undefined) onProgress(await countUngrouped(database));
  }
  // And again: what was made is about to be read, and "no advisory has a vulnerability" is no longer true.
  if (isMany) await database.vacuum();
  await summarisePackages(database);
  return { vacuumed: isMany };
}

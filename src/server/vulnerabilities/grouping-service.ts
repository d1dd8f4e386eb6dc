import type { Database } from "../database/database.ts";
import { summarisePackages } from "../packages/package-summary-store.ts";
import { groupAliases } from "./alias-groups.ts";
import {
  countUngrouped,
  groupLoneAdvisories,
  markUngrouped,
  readClosure,
  readUngrouped,
  surrogateOf,
  writeGroups,
} from "./grouping-store.ts";

const LONE_BATCH = 5000;
const CLOSURE_BATCH = 20_000;
const WRITE_BATCH = 3000;
/** From here on it pays to let the planner look at the tables first. */
const MANY = 3000;

/**
 * Makes vulnerabilities from the advisories whose aliases changed. Each batch is whole groups in one transaction,
 * so a kill in between leaves the rest waiting and the result is the same. Then the summaries of the packages concerned.
 */
export async function groupAdvisories(database: Database, onProgress: (left: number) => void = () => {}): Promise<void> {
  // An import has just filled tables of which the planner still believes that they are empty: it would walk them whole for each row.
  // The embedded database has no autovacuum, and a server's may not have been there yet.
  if ((await countUngrouped(database)) > MANY) await database.vacuum();
  for (let after: string | undefined = ""; after !== undefined;) {
    after = await groupLoneAdvisories(database, after, LONE_BATCH);
    onProgress(await countUngrouped(database));
  }
  for (;;) {
    const waiting = await readUngrouped(database, CLOSURE_BATCH);
    if (waiting.length === 0) break;
    const { members, known } = await readClosure(database, waiting);
    const { groups, redirects, suspect } = groupAliases(members, known, surrogateOf);
    // Neighbours need not be waiting themselves: a kill between two parts must not forget those of the second.
    if (groups.length > WRITE_BATCH)
      await markUngrouped(
        database,
        groups.flatMap((group) => group.members),
      );
    for (let at = 0; at < groups.length; at += WRITE_BATCH) {
      const part = groups.slice(at, at + WRITE_BATCH);
      const heirs = new Set(part.map((group) => group.id));
      const members = new Set(part.flatMap((group) => group.members));
      await writeGroups(database, {
        groups: part,
        redirects: redirects.filter((redirect) => heirs.has(redirect.to)),
        suspect: suspect.filter((claim) => members.has(claim.members[0] ?? "")),
      });
    }
    onProgress(await countUngrouped(database));
  }
  await summarisePackages(database);
}

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
  writeSuspects,
} from "./grouping-store.ts";

const LONE_BATCH = 5000;
const CLOSURE_BATCH = 20_000;
const WRITE_BATCH = 3000;

/**
 * Makes vulnerabilities from the advisories whose aliases changed. Each batch is whole groups in one transaction,
 * so a kill in between leaves the rest waiting and the result is the same. Then the summaries of the packages concerned.
 */
export async function groupAdvisories(database: Database, onProgress: (left: number) => void = () => {}): Promise<void> {
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
      await writeGroups(database, { groups: part, redirects: redirects.filter((redirect) => heirs.has(redirect.to)) });
    }
    await writeSuspects(database, suspect);
    onProgress(await countUngrouped(database));
  }
  await summarisePackages(database);
}

import type { Database } from "../database/database.ts";
import { groupAliases } from "./alias-groups.ts";
import { countUngrouped, groupLoneAdvisories, readClosure, readUngrouped, surrogateOf, writeGroups, writeSuspects } from "./grouping-store.ts";

const LONE_BATCH = 5000;
const CLOSURE_BATCH = 20_000;
const WRITE_BATCH = 3000;

/**
 * Makes vulnerabilities from the advisories whose aliases changed. Each batch is whole groups in one transaction,
 * so a kill in between leaves the rest waiting and the result is the same.
 */
export async function groupAdvisories(database: Database, onProgress: (left: number) => void = () => {}): Promise<void> {
  for (;;) {
    const taken = await groupLoneAdvisories(database, LONE_BATCH);
    if (taken === 0) break;
    onProgress(await countUngrouped(database));
  }
  for (;;) {
    const waiting = await readUngrouped(database, CLOSURE_BATCH);
    if (waiting.length === 0) return;
    const { members, known } = await readClosure(database, waiting);
    const { groups, redirects, suspect } = groupAliases(members, known, surrogateOf);
    for (let at = 0; at < groups.length; at += WRITE_BATCH) {
      const part = groups.slice(at, at + WRITE_BATCH);
      const heirs = new Set(part.map((group) => group.id));
      await writeGroups(database, { groups: part, redirects: redirects.filter((redirect) => heirs.has(redirect.to)) });
    }
    await writeSuspects(database, suspect);
    onProgress(await countUngrouped(database));
  }
}

import { parseInstant } from "../../vocabulary/instant.ts";
import type { ExploitedRow } from "../exploited/exploited-service.ts";
import type { ReadStatement } from "./read-statement.ts";
import type { RevisionDates } from "./vulnerability-store.ts";

/** Something that happened to a vulnerability, and to which of its ids. */
export type HistoryEntry = { readonly atMs: number; readonly advisory: string; readonly what: string };

/** What is known to have happened, newest first. A revision that came before the first sync is not known. */
export function historyOf(
  statements: readonly ReadStatement[],
  revisions: readonly RevisionDates[],
  exploited: readonly ExploitedRow[],
): readonly HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  const add = (atMs: number | undefined, advisory: string, what: string): void => {
    if (atMs !== undefined) entries.push({ atMs, advisory, what });
  };
  for (const { advisory, row } of statements) {
    add(instantOf(advisory.published), advisory.id, "published by its source");
    add(instantOf(advisory.withdrawn), advisory.id, "withdrawn by its source");
    add(row.gone_at?.getTime(), advisory.id, "no longer listed by its source");
    const changes = new Set(revisions.filter((revision) => revision.advisory_id === advisory.id).map((revision) => revision.modified));
    for (const modified of changes) if (modified !== advisory.published) add(instantOf(modified), advisory.id, "changed by its source");
  }
  for (const { advisory_id, revision, received_at } of revisions) {
    add(received_at.getTime(), advisory_id, revision === 1 ? "received" : `received again, as revision ${revision}`);
  }
  for (const { cve, date_added } of exploited) add(instantOf(date_added), cve, "added to the catalogue of known exploited vulnerabilities");
  return entries.toSorted((a, b) => b.atMs - a.atMs || compareText(a.advisory, b.advisory) || compareText(a.what, b.what));
}

function instantOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseInstant(text);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

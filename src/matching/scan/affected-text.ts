import type { RowFacts } from "../snapshot/snapshot.ts";

/** An interval as an advisory's reader writes it: `[lo, hi)`, `[lo, hi]` when the last affected version is named, `=v` for a listed one. */
export function affectedText(row: Pick<RowFacts, "loText" | "hiText" | "hiKind">): string {
  switch (row.hiKind) {
    case "listed":
      return `=${row.loText}`;
    case "last_affected":
      return `[${row.loText}, ${row.hiText ?? ""}]`;
    case "none":
      return `[${row.loText}, ∞)`;
    case "fixed":
    case "limit":
      return `[${row.loText}, ${row.hiText ?? ""})`;
  }
}

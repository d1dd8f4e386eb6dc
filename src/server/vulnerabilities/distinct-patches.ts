import { compareIds } from "../../matching/scan/ranking.ts";
import type { PatchRow } from "./vulnerability-store.ts";

/**
 * Each patch once, though many sources name it and spell it in two ways: a commit in a range is `repository@hash`, in a reference a URL.
 * The first by id of the statements in force speaks for it, with the URL when there is one.
 */
export function distinctPatches(patches: readonly PatchRow[], inForce: ReadonlySet<string>): readonly PatchRow[] {
  const ordered = patches.toSorted(
    (a, b) =>
      Number(inForce.has(b.advisory_id)) - Number(inForce.has(a.advisory_id)) ||
      Number(isUrl(b.value)) - Number(isUrl(a.value)) ||
      compareIds(a.advisory_id, b.advisory_id),
  );
  const known = new Map<string, PatchRow>();
  for (const patch of ordered) {
    const key = keyOf(patch);
    if (!known.has(key)) known.set(key, patch);
  }
  return [...known.values()].toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind] || compareIds(a.advisory_id, b.advisory_id));
}

const ORDER = { "fixed-version": 0, commit: 1, "pull-request": 2 } as const;

function keyOf({ kind, value, ecosystem, name }: PatchRow): string {
  if (kind === "fixed-version") return [kind, ecosystem, name, value].join("\0");
  const [, repository, hash] = /^(.+?)(?:\.git)?\/?(?:@|\/(?:-\/)?commits?\/)([0-9a-f]{7,64})$/i.exec(value) ?? [];
  const place =
    repository === undefined || hash === undefined ? value : `${repository.replace(/^\w+:\/\/(?:www\.)?/i, "")}@${hash.slice(0, 12)}`;
  return `${kind}\0${place.toLowerCase()}`;
}

function isUrl(value: string): boolean {
  return /^https?:\/\/[^@]*$/i.test(value);
}

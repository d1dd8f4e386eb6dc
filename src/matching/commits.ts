import type { AffectedPackage, AffectedRange } from "../vocabulary/advisory.ts";

/** Why a version that is a commit has no place among versions, in a reader's words. */
export const COMMIT_REASON = "it is a commit, and which versions hold it only the repository's history tells";

/** A full hash as git writes it; a version of digits alone is none. */
export function isCommit(text: string): boolean {
  return (text.length === 40 || text.length === 64) && /^[0-9a-f]+$/.test(text) && /[a-f]/.test(text);
}

/**
 * The commits that a range of commits states to be affected by naming them: where it begins, and the last that is affected. What lies between is
 * not known without the repository's history.
 */
export function exactCommits({ type, events }: AffectedRange): readonly string[] {
  if (type !== "GIT") return [];
  const ends = new Set(events.flatMap(({ kind, version }) => (kind === "fixed" || kind === "limit" ? [version.toLowerCase()] : [])));
  const stated = events.flatMap(({ kind, version }) => (kind === "introduced" || kind === "last_affected" ? [version.toLowerCase()] : []));
  return [...new Set(stated)].filter((commit) => isCommit(commit) && !ends.has(commit));
}

/** A repository as OSV names it where it stands for a package: its address without scheme, `.git` and slash at the end. */
export function repositoryName(url: string): string {
  return url
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, "")
    .replace(/\/{1,20}$/, "")
    .replace(/\.git$/i, "");
}

/** Why an entry says nothing of any version although it has ranges: none is over versions, and it lists none. Undefined where it does say something. */
export function whyNoVersions({ ranges, versions }: AffectedPackage): string | undefined {
  if (ranges.length === 0 || versions.length > 0) return undefined;
  if (ranges.some(({ type }) => type === "SEMVER" || type === "ECOSYSTEM")) return undefined;
  return ranges.every(({ type }) => type === "GIT")
    ? "it states commits only, and which versions hold them only the repository's history tells"
    : "it states ranges of a type that is not read";
}

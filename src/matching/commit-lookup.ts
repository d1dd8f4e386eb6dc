import { isCommit } from "./commits.ts";
import type { Snapshot } from "./snapshot/snapshot.ts";

/** Under this name a repository stands for a package: its versions are tags and commits, by their texts. */
export const GIT_ECOSYSTEM = "GIT";

/** The advisories that state a commit to be affected by naming it; no other is known to be, or not to be. */
export type CommitLookup = (commit: string) => readonly number[];

const NONE: readonly number[] = [];

/** Reads the repositories of a snapshot once, when the first commit is asked about. */
export function createCommitLookup(snapshot: Snapshot): CommitLookup {
  let known: ReadonlyMap<string, readonly number[]> | undefined;
  return (commit) => {
    if (!isCommit(commit)) return NONE;
    known ??= commitsOf(snapshot);
    return known.get(commit) ?? NONE;
  };
}

function commitsOf(snapshot: Snapshot): ReadonlyMap<string, readonly number[]> {
  const commits = new Map<string, number[]>();
  for (let index = 0; index < snapshot.packageCount; index++) {
    if (snapshot.packageEcosystem(index) !== GIT_ECOSYSTEM) continue;
    for (const { version, advisory } of snapshot.textsListed(index)) {
      if (!isCommit(version)) continue;
      const advisories = commits.get(version);
      if (advisories === undefined) commits.set(version, [advisory]);
      else if (!advisories.includes(advisory)) advisories.push(advisory);
    }
  }
  return commits;
}

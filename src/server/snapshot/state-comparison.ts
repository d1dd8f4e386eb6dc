import type { Snapshot } from "../../matching/snapshot/snapshot.ts";
import { FLAG_EXPLOITED } from "../../matching/snapshot/layout.ts";

/** What of a snapshot still holds, vulnerability by vulnerability: one that differs in anything is taken from the database whole. */
export type StateComparison = {
  /** Ids of vulnerabilities that are new, differ, or lost an advisory; some of them may be gone. */
  readonly changed: readonly string[];
  /** By its number in the snapshot. */
  readonly isKept: (vulnerability: number) => boolean;
};

/**
 * Compares a snapshot with the state of the database, as `readAdvisoryState` tells it. What a snapshot says of an advisory is a function of its record,
 * of which advisories share its vulnerability, and of what a line says of that vulnerability, so that equal lines mean an equal answer.
 */
export function compareState(base: Snapshot, state: string): StateComparison {
  const changed = new Set<string>();
  const isDropped = new Uint8Array(base.columns.vulnerabilityId.length);
  const { advisoryVulnerability } = base.columns;
  let next = 0;
  const drop = (advisory: number): void => {
    const vulnerability = advisoryVulnerability[advisory] ?? 0;
    if (isDropped[vulnerability] === 1) return;
    isDropped[vulnerability] = 1;
    changed.add(base.vulnerability(vulnerability));
  };
  for (const line of linesOf(state)) {
    const [id = "", vulnerability = "", digest = "", exploited = "", names = ""] = line.split("\t");
    // Both are in id order. Where they are not, an advisory counts as gone and new, which costs only time.
    while (next < base.advisoryCount && base.advisoryId(next) < id) drop(next++);
    if (next < base.advisoryCount && base.advisoryId(next) === id) {
      if (!isSame(base, next, { vulnerability, digest: Number.parseInt(digest, 16), exploited: exploited === "1", names: Number(names) })) {
        drop(next);
        changed.add(vulnerability);
      }
      next++;
    } else changed.add(vulnerability);
  }
  while (next < base.advisoryCount) drop(next++);
  // A vulnerability that is read anew must not stay beside itself.
  for (let number = 0; number < isDropped.length; number++) if (changed.has(base.vulnerability(number))) isDropped[number] = 1;
  return { changed: [...changed], isKept: (number) => isDropped[number] === 0 };
}

function* linesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const found = text.indexOf("\n", at);
    const end = found < 0 ? text.length : found;
    yield text.slice(at, end);
    at = end + 1;
  }
}

type AdvisoryState = { readonly vulnerability: string; readonly digest: number; readonly exploited: boolean; readonly names: number };

function isSame(base: Snapshot, advisory: number, state: AdvisoryState): boolean {
  const { advisoryDigest, advisoryFlags, advisoryVulnerability, vulnerabilityIdsStart } = base.columns;
  const vulnerability = advisoryVulnerability[advisory] ?? 0;
  const isExploited = ((advisoryFlags[advisory] ?? 0) & FLAG_EXPLOITED) !== 0;
  return (
    advisoryDigest[advisory] === state.digest &&
    isExploited === state.exploited &&
    (vulnerabilityIdsStart[vulnerability + 1] ?? 0) - (vulnerabilityIdsStart[vulnerability] ?? 0) === state.names &&
    base.vulnerability(vulnerability) === state.vulnerability
  );
}

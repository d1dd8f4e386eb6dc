import { FLAG_EXPLOITED } from "../../matching/snapshot/layout.ts";
import type { Snapshot } from "../../matching/snapshot/snapshot.ts";

/**
 * Finds out what of a snapshot still holds. What it says of an advisory is a function of the advisory's record, of which advisories share its
 * vulnerability, and of two facts of that vulnerability: whether it is exploited, and how many ids it has (a group too large to be believed has one).
 * So equal lines mean an equal answer. A vulnerability that differs in anything is taken from the database whole.
 */
export type StateComparison = {
  /** Lines of `readVulnerabilityState`. */
  readonly addVulnerabilities: (lines: string) => void;
  /** Lines of `readAdvisoryState`, after all vulnerabilities. */
  readonly addAdvisories: (lines: string) => void;
  readonly finish: () => ComparedState;
};

export type ComparedState = {
  /** Ids of vulnerabilities that are new, differ, or lost an advisory; some of them may be gone. */
  readonly changed: readonly string[];
  /** By its number in the snapshot. */
  readonly isKept: (vulnerability: number) => boolean;
};

export function createComparison(base: Snapshot): StateComparison {
  const { advisoryDigest, advisoryVulnerability } = base.columns;
  const numbers = new Map<string, number>();
  for (let number = 0; number < base.vulnerabilityCount; number++) numbers.set(base.vulnerability(number), number);
  const factsOf = vulnerabilityFacts(base);
  const isDropped = new Uint8Array(base.vulnerabilityCount);
  const changed = new Set<string>();
  let next = 0;

  const drop = (id: string): void => {
    changed.add(id);
    const number = numbers.get(id);
    if (number !== undefined) isDropped[number] = 1;
  };
  const dropNext = (): void => drop(base.vulnerability(advisoryVulnerability[next++] ?? 0));
  return {
    addVulnerabilities: (lines) => {
      for (const line of linesOf(lines)) {
        const end = line.indexOf("\t");
        const id = line.slice(0, end);
        const number = numbers.get(id);
        if (number === undefined || factsOf(number) !== line.slice(end + 1)) drop(id);
      }
    },
    addAdvisories: (lines) => {
      for (const line of linesOf(lines)) {
        const [id = "", vulnerability = "", digest = ""] = line.split("\t");
        // Both are in id order. Where they are not, an advisory counts as gone and as new, which costs only time.
        while (next < base.advisoryCount && base.advisoryId(next) < id) dropNext();
        const isHeld = next < base.advisoryCount && base.advisoryId(next) === id;
        const isSame =
          isHeld &&
          advisoryDigest[next] === Number.parseInt(digest, 16) &&
          base.vulnerability(advisoryVulnerability[next] ?? 0) === vulnerability;
        if (!isSame) drop(vulnerability);
        if (isHeld && !isSame) dropNext();
        else if (isHeld) next++;
      }
    },
    finish: () => {
      while (next < base.advisoryCount) dropNext();
      return { changed: [...changed], isKept: (number) => isDropped[number] === 0 };
    },
  };
}

/** The facts of a vulnerability as a line has them after its id. */
function vulnerabilityFacts(base: Snapshot): (vulnerability: number) => string {
  const { advisoryFlags, advisoryVulnerability, vulnerabilityIdsStart } = base.columns;
  const isExploited = new Uint8Array(base.vulnerabilityCount);
  for (let advisory = 0; advisory < base.advisoryCount; advisory++) {
    if (((advisoryFlags[advisory] ?? 0) & FLAG_EXPLOITED) !== 0) isExploited[advisoryVulnerability[advisory] ?? 0] = 1;
  }
  return (number) => `${isExploited[number]}\t${(vulnerabilityIdsStart[number + 1] ?? 0) - (vulnerabilityIdsStart[number] ?? 0)}`;
}

function* linesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const found = text.indexOf("\n", at);
    const end = found < 0 ? text.length : found;
    yield text.slice(at, end);
    at = end + 1;
  }
}

import { invariant } from "./invariant.ts";

/** The levels of a draft advisory, the most confidential first. An opening at a level shows it and everything less confidential. */
export const DRAFT_LEVELS = ["case", "build", "fix", "notice", "public"] as const;
export type DraftLevel = (typeof DRAFT_LEVELS)[number];

/** 1 (case) to 5 (public), as the database keeps it. */
export function levelNumber(level: DraftLevel): number {
  return DRAFT_LEVELS.indexOf(level) + 1;
}

/** The level of a number from the database; undefined when there is none. */
export function parseLevel(number: number): DraftLevel | undefined {
  return DRAFT_LEVELS[number - 1];
}

/** The same, of a number that the database has checked. */
export function levelOf(number: number): DraftLevel {
  const level = parseLevel(number);
  invariant(level !== undefined, `level ${number} is none`);
  return level;
}

/** True when whoever holds an opening at `held` sees what is at `level`. */
export function shows(held: DraftLevel, level: DraftLevel): boolean {
  return levelNumber(held) <= levelNumber(level);
}

import { CodedError } from "../vocabulary/coded-error.ts";

/**
 * Bounds what nesting unfolds to: paths and places repeat everything above them, so that a document of a few megabytes
 * could ask for gigabytes of them.
 */
export type CharacterBudget = { left: number };

const MAX_CHARACTERS = 64 * 1024 * 1024;

export function newCharacterBudget(): CharacterBudget {
  return { left: MAX_CHARACTERS };
}

/** @throws CodedError `document-too-large` when the budget is spent. */
export function spend(budget: CharacterBudget, text: string): void {
  budget.left -= text.length;
  if (budget.left < 0) {
    throw new CodedError("document-too-large", `Expected paths of at most ${MAX_CHARACTERS} characters together, found more`);
  }
}

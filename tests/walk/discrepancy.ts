import type { ReadAnswer, WriteAnswer } from "./hands.ts";
import type { Fact } from "./oracle/facts.ts";
import type { Viewer } from "./oracle/who-sees.ts";
import { factOf, wordsOf } from "./shape.ts";

/** What the database did and what the oracle says it should have done. */
export class Discrepancy extends Error {
  override readonly name = "Discrepancy";
}

/** SQLSTATEs: of an actor that does not verify, and of whoever may not; of a key to what is not there. */
export const FORGED = "SL001";
export const DENIED = "42501";
export const UNKEYED = "23503";
/** What was stated of terms is not so, or not any more. */
export const OUTDATED = "SL002";

export function compareAll(
  answer: ReadAnswer,
  tables: readonly string[],
  expectedOf: (table: string) => readonly Fact[],
  who: string,
): void {
  if ("refused" in answer) throw new Discrepancy(`${who} looks at ${tables.join(", ")}: refused with ${answer.refused}`);
  const shown = Map.groupBy(answer.rows, (row) => String(row["name"]));
  for (const table of tables) {
    const expected = expectedOf(table).map(wordsOf).sort();
    const got = (shown.get(table) ?? []).map((row) => wordsOf(factOf(String(row["fact"])))).sort();
    if (expected.length === got.length && expected.every((words, index) => words === got[index])) continue;
    const [leaked, missing] = [got.filter((words) => !expected.includes(words)), expected.filter((words) => !got.includes(words))];
    throw new Discrepancy(
      [
        `${who} looks at ${table}`,
        ...leaked.map((words) => `  is shown and must not be: ${words}`),
        ...missing.map((words) => `  is not shown and must be: ${words}`),
      ].join("\n"),
    );
  }
}

export function expectRefusal(answer: object, code: string, what: string): void {
  if (!("refused" in answer) || answer.refused !== code) throw new Discrepancy(`${what}: expected ${code}, got ${JSON.stringify(answer)}`);
}

/** Whoever may not is told so alike, whether what it named is there or not. */
export function expectAddition(answer: WriteAnswer, allowed: boolean, code: string, what: string): void {
  if (!allowed) return expectRefusal(answer, code, what);
  if ("refused" in answer || answer.touched !== 1) throw new Discrepancy(`${what}: expected one row, got ${JSON.stringify(answer)}`);
}

export type Touch = { readonly allowed: boolean; readonly seen: boolean; readonly what: string };

/** What is hidden is as if it were not there: nothing is touched, and nothing is refused. */
export function expectTouch(answer: WriteAnswer, { allowed, seen, what }: Touch): void {
  const touched = "refused" in answer ? answer.refused : answer.touched;
  const expected = allowed ? [1] : seen ? [0, DENIED] : [0];
  if (!expected.includes(touched)) throw new Discrepancy(`${what}: expected ${expected.join(" or ")}, got ${touched}`);
}

export function nameOf({ organisation, person, floor, secondFactor }: Viewer): string {
  return `member ${person} of ${organisation} (floor ${floor}${secondFactor ? "" : ", no second factor"})`;
}

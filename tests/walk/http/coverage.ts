import assert from "node:assert/strict";
import { allEndpoints } from "../../../src/contract/endpoints/all.ts";
import type { Asked } from "./asked.ts";
import { ASKED_OF_OTHERS } from "./hidden-things.ts";
import { NOT_ASKED } from "./not-asked.ts";

const EXCUSED = new Set(Object.values(NOT_ASKED).flat());

/** Endpoints that nobody has been answered at so far, and that are to be asked. */
export function unanswered({ answered }: Pick<Asked, "answered">): readonly string[] {
  return allEndpoints.map(({ id }) => id).filter((id) => !EXCUSED.has(id) && !answered.has(id));
}

/** Every endpoint of the contract was answered by somebody in the walk, or stands in the list of those that are not asked, with the reason. */
export function checkCoverage({ answered, ofOthers }: Pick<Asked, "answered" | "ofOthers">): void {
  const excused = Object.values(NOT_ASKED).flat();
  const ids = allEndpoints.map(({ id }) => id);
  assert.deepEqual(
    excused.filter((id) => !ids.includes(id)),
    [],
    "excused and no endpoint",
  );
  assert.equal(new Set(excused).size, excused.length, "excused twice");
  const unasked = ids.filter((id) => !answered.has(id));
  assert.deepEqual(unasked.toSorted(), excused.toSorted(), "endpoints that nobody was answered at, and those that are excused");
  assert.deepEqual(
    ASKED_OF_OTHERS.filter((id) => !ofOthers.has(id)),
    [],
    "endpoints that were to be asked of what somebody else has",
  );
}

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

const PATIENCE_MS = 30_000;
const LOOK_AGAIN_MS = 10;

/** Waits until something holds; fails when patience is over, so that a test ends. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const givenUp = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    assert.ok(performance.now() < givenUp, `still not so after ${PATIENCE_MS} ms`);
    await pause(LOOK_AGAIN_MS);
  }
}

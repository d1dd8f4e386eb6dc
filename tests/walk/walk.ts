import { SWEEPS } from "./changes.ts";
import { createChosenMoves } from "./chosen-moves.ts";
import { DAY_MS, MINUTE_MS } from "./draw.ts";
import { createGrowth } from "./growth.ts";
import { JOBS } from "./job-moves.ts";
import { createLooks } from "./looks.ts";
import { createMoves } from "./moves.ts";
import { MAY_REMOVE } from "./oracle/who-may.ts";
import type { WalkParts } from "./walk-parts.ts";

export type Walk = ReturnType<typeof createWalk>;

/** Moves by whoever may and whoever may not, and looks at what everybody is shown, each held against the oracle. */
export function createWalk(parts: WalkParts) {
  const { draw } = parts;
  const { random, facts } = draw;
  const looks = createLooks(parts);
  const moves = createMoves(parts);
  const chosen = createChosenMoves(draw, moves);
  const growth = createGrowth(draw, moves, chosen);

  /** One thing happens, and somebody looks. */
  async function step(tables: readonly string[]): Promise<void> {
    const choice = random.below(20);
    if (choice === 0) passTime();
    else if (choice === 1) await growth.found(draw.viewer());
    else if (choice === 2) await growth.admit();
    else {
      const room = tables.filter((table) => facts.of(table).length < 40);
      for (let tries = 0; tries < 5; tries++) if (await chosen.moveAt(random.pick(room))) break;
    }
    const viewer = draw.viewer();
    if (random.oneIn(25)) await looks.look(viewer, tables);
    else await looks.look(viewer, [...new Set([random.pick(tables), random.pick(tables)])]);
    if (random.oneIn(4)) await looks.peek(viewer, random.pick(tables));
    if (random.oneIn(8)) await moves.sweep(viewer, random.pick(Object.keys(SWEEPS)));
    if (random.oneIn(20)) await moves.sweepAway(viewer, random.pick(Object.keys(MAY_REMOVE)));
    if (random.oneIn(12)) await looks.forge(viewer);
    if (random.oneIn(12)) await looks.lookAsJob(random.pick(JOBS), [random.pick(tables)]);
  }

  function passTime(): void {
    const step = random.oneIn(10)
      ? -MINUTE_MS * random.below(90)
      : random.oneIn(3)
        ? random.below(2 * DAY_MS)
        : random.below(60 * MINUTE_MS);
    facts.setNow(facts.nowMs() + step);
  }

  return {
    ...looks,
    step,
    grow: growth.grow,
    moveAt: chosen.moveAt,
    research: moves.research,
    sweep: moves.sweep,
    sweepAway: moves.sweepAway,
  };
}

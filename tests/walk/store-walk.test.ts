import { randomInt } from "node:crypto";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { withTestDatabase } from "../database/test-database.ts";
import { handsOn } from "./hands.ts";
import { JOBS } from "./job-moves.ts";
import { createWalk } from "./walk.ts";
import { withWorld } from "./world.ts";

/** A step is one move or one passing of time, and one look. `npm run soak` takes them all, `npm run check` one in a hundred. */
const SHARE = process.env["SLUICE_SOAK"] === "1" ? 1 : 0.01;
/** A step on PostgreSQL takes ten times as long: its many small transactions cross a socket. */
const STEPS = { embedded: 850_000 * SHARE, postgres: 150_000 * SHARE };
const STEPS_A_WORLD = 500;
/** The check goes the same way each time; the soak looks for new ones. */
const FIRST_SEED = Number(process.env["SLUICE_SEED"] ?? (process.env["SLUICE_SOAK"] === "1" ? randomInt(2 ** 31) : 20_261_125));

withTestDatabase("nobody is shown a field, a row or a count more or less than the oracle was told, whatever anybody does", walkOver);

async function walkOver(database: OwnedDatabase): Promise<void> {
  for (let taken = 0; taken < STEPS[database.kind]; taken += STEPS_A_WORLD) {
    const seed = FIRST_SEED + taken / STEPS_A_WORLD;
    try {
      await withWorld(database, seed, async (world) => {
        const { draw, shape } = world;
        const walk = createWalk({ hands: handsOn(database), ...world });
        const tables = [...shape.keys()];
        for (let step = 0; step < STEPS_A_WORLD; step++) await walk.step(tables);
        for (let viewers = 0; viewers < 5; viewers++) await walk.look(draw.viewer(), tables);
        for (const job of JOBS) await walk.lookAsJob(job, tables);
        await walk.lookAsKeeper(tables);
      });
    } catch (error) {
      throw new Error(`the walk of SLUICE_SEED=${seed} found what must not be: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
}

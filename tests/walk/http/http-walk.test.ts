import { randomInt } from "node:crypto";
import { test } from "node:test";
import { withPostgresDatabase } from "../../database/test-database.ts";
import { checkCoverage } from "./coverage.ts";
import { type Place, withHouse } from "./house.ts";
import { createHttpWalk } from "./http-walk.ts";

/** `npm run soak` takes them all, `npm run check` one in a hundred. */
const STEPS = process.env["SLUICE_SOAK"] === "1" ? 20_000 : 100;
const STEPS_A_HOUSE = 100;
/** The check goes the same way each time; the soak looks for new ones. */
const FIRST_SEED = Number(process.env["SLUICE_SEED"] ?? (process.env["SLUICE_SOAK"] === "1" ? randomInt(2 ** 31) : 20_261_125));
const TITLE = "over HTTP nobody is told a word, a draft or a model more or less than the oracle was told";

test(`${TITLE} (embedded)`, () => walkOver(async (work) => work("embedded")));

test(`${TITLE} (postgres)`, { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" }, () =>
  walkOver((work) => withPostgresDatabase((databaseUrl, databaseRequestUrl) => work({ databaseUrl, databaseRequestUrl }))),
);

async function walkOver(withPlace: (work: (place: Place) => Promise<void>) => Promise<void>): Promise<void> {
  for (let taken = 0; taken < STEPS; taken += STEPS_A_HOUSE) {
    const seed = FIRST_SEED + taken;
    await withPlace(async (place) => {
      try {
        await withHouse(place, seed, async (house) => {
          const walk = createHttpWalk(house);
          for (let step = 0; step < STEPS_A_HOUSE; step++) await walk.step();
          await walk.finish();
          checkCoverage(house.asked);
        });
      } catch (error) {
        throw new Error(
          `the walk of SLUICE_SEED=${seed} found what must not be: ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        );
      }
    });
  }
}

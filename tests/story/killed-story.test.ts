import assert from "node:assert/strict";
import { test } from "node:test";
import { withPostgresDatabase } from "../database/test-database.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { checkEvents, checkLedger, checkNotifications } from "./final-accounts.ts";
import type { Looks } from "./look-around.ts";
import { checkPublished } from "./published-record.ts";
import { SCRIPT } from "./script.ts";
import { hoursOfStory } from "./story-hour.ts";
import { type Place, type StoryServer, withStoryServer } from "./story-server.ts";
import { BEGINS_MS, tellStory } from "./tell-story.ts";

const isSoak = process.env["SLUICE_SOAK"] !== undefined;
const KILLS = isSoak ? { postgres: 1000, embedded: 250 } : { postgres: 20, embedded: 5 };
/** No more in one telling than it has steps; then the story begins anew. */
const MOST_IN_ONE_STORY = 50;
const seed = Number(process.env["SLUICE_SEED"] ?? (process.env["SLUICE_SOAK"] === "1" ? Date.now() % 1_000_000 : 7));

const title = "the same story with the server killed at random: nothing is lost, nothing happens twice, every stage opens at its hour";

test(`${title} (embedded)`, () => tellKilled(KILLS.embedded, "deeply", (work) => work("embedded")));

test(`${title} (postgres)`, { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" }, () =>
  tellKilled(KILLS.postgres, "each step", (work) =>
    withPostgresDatabase((databaseUrl, databaseRequestUrl) => work({ databaseUrl, databaseRequestUrl })),
  ),
);

type OnDatabase = (work: (place: Place) => Promise<void>) => Promise<void>;

async function tellKilled(kills: number, looks: Looks, onDatabase: OnDatabase): Promise<void> {
  let inTheMiddle = 0;
  for (let done = 0, round = 0; done < kills; round++) {
    const here = Math.min(MOST_IN_ONE_STORY, kills - done);
    await onDatabase((place) =>
      withStoryServer(place, BEGINS_MS, async (server) => {
        try {
          await tellOnce(server, here, looks, seed + round);
        } catch (cause) {
          throw new Error(`with SLUICE_SEED=${seed + round}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
        }
        inTheMiddle += server.kills().inTheMiddle;
      }),
    );
    done += here;
  }
  assert.ok(inTheMiddle > 0, "at least one kill came in the middle of an answer");
}

async function tellOnce(server: StoryServer, kills: number, looks: Looks, ofSeed: number): Promise<void> {
  const killer = createKiller(server, kills, ofSeed);
  const told = await tellStory(server, { before: killer.before, looks });
  await killer.settled();
  assert.equal(server.kills().killed, kills, "every kill that was planned has come");
  await checkEvents(told);
  await checkNotifications(told);
  await checkPublished(told);
  await checkLedger(told, told.keptCheckpoint);
}

/** The longest wait between the beginning of a step and the kill: longer than most steps take, so that some come at rest. */
const LONGEST_WAIT_MS = 120;

/** Kills the server in as many steps of the story as there are kills, each at a moment of its own. */
function createKiller(
  server: StoryServer,
  kills: number,
  ofSeed: number,
): { readonly before: () => void; readonly settled: () => Promise<void> } {
  const random = seededRandom(ofSeed);
  const steps = hoursOfStory().length + SCRIPT.reduce((sum, { acts }) => sum + acts.length, 0);
  const chosen = new Set(random.shuffled(Array.from({ length: steps }, (_, step) => step)).slice(0, kills));
  let step = 0;
  let last: Promise<void> = Promise.resolve();
  return {
    before: () => {
      if (!chosen.has(step++)) return;
      const waitMs = random.below(LONGEST_WAIT_MS);
      const before = last;
      last = new Promise((resolve, reject) => {
        setTimeout(() => {
          // One that comes while the server is being revived waits for it.
          before
            .then(() => server.revive())
            .then(() => server.kill())
            .then(resolve, reject);
        }, waitMs);
      });
    },
    settled: () => last,
  };
}

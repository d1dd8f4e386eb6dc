import { test } from "node:test";
import { withPostgresDatabase } from "../database/test-database.ts";
import { checkEvents, checkLedger, checkNotifications } from "./final-accounts.ts";
import { checkPublished } from "./published-record.ts";
import { type Place, withStoryServer } from "./story-server.ts";
import { BEGINS_MS, tellStory } from "./tell-story.ts";

const title = "four days of ten draft advisories: after each step everybody sees exactly its part, and scans say what their level allows";

// On the embedded database `npm test` tells the story once, looked at as deeply, with the server killed in between.
if (process.env["SLUICE_SOAK"] !== undefined) test(`${title} (embedded)`, () => tellPlainly("embedded"));

test(`${title} (postgres)`, { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" }, () =>
  withPostgresDatabase((databaseUrl, databaseRequestUrl) => tellPlainly({ databaseUrl, databaseRequestUrl })),
);

function tellPlainly(place: Place): Promise<void> {
  return withStoryServer(place, BEGINS_MS, async (server) => {
    const told = await tellStory(server, { looks: "deeply" });
    await checkEvents(told);
    await checkNotifications(told);
    await checkPublished(told);
    await checkLedger(told, told.keptCheckpoint);
  });
}

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { withPostgresDatabase } from "../database/test-database.ts";
import { checkEvents, checkLedger, checkNotifications } from "./final-accounts.ts";
import { checkPublished } from "./published-record.ts";
import { type Place, withStoryServer } from "./story-server.ts";
import { BEGINS_MS, tellStory } from "./tell-story.ts";

const title = "four days of ten draft advisories: after each step everybody sees exactly its part, and scans say what their level allows";

test(`${title} (embedded)`, () => tellPlainly("embedded"));

test(`${title} (postgres)`, { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" }, () =>
  withPostgresDatabase((databaseUrl, databaseRequestUrl) => tellPlainly({ databaseUrl, databaseRequestUrl })),
);

function tellPlainly(place: Place): Promise<void> {
  return withStoryServer(place, BEGINS_MS, async (server) => {
    const told = await tellStory(server, { looks: "deeply" });
    await checkEvents(told);
    await checkNotifications(told);
    const isValid = await osvSchema();
    for (const { draft, record } of await checkPublished(told)) assert.ok(isValid(record), `${draft} is valid by the schema of OSV`);
    await checkLedger(told, told.keptCheckpoint);
  });
}

/** The schema as it is published where it is at hand; otherwise the record's shape alone, as every test of the format holds it. */
async function osvSchema(): Promise<(record: unknown) => boolean> {
  const feeds = process.env["SLUICE_FEEDS"];
  if (feeds === undefined) return (record) => typeof record === "object" && record !== null && "schema_version" in record;
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const check = ajv.compile(JSON.parse(await readFile(join(feeds, "schemas", "osv", "schema.json"), "utf8")) as object);
  return (record) => check(record) === true;
}

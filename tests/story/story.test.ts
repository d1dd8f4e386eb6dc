import { withPostgresDatabase } from "../database/test-database.ts";
import { test } from "node:test";
import { BEGINS_MS, tellStory } from "./tell-story.ts";
import { withStoryServer } from "./story-server.ts";

const title = "four days of ten draft advisories: after each step everybody sees exactly its part, and scans say what their level allows";

test(`${title} (embedded)`, () =>
  withStoryServer("embedded", BEGINS_MS, async (server) => void (await tellStory(server, { thoroughly: true }))));

test(`${title} (postgres)`, { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" }, () =>
  withPostgresDatabase((databaseUrl, databaseRequestUrl) =>
    withStoryServer({ databaseUrl, databaseRequestUrl }, BEGINS_MS, async (server) => void (await tellStory(server, { thoroughly: true }))),
  ),
);

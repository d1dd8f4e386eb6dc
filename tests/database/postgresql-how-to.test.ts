import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { Client } from "pg";
import { openOwnedDatabase } from "../../src/server/database/open-database.ts";
import { sql } from "../../src/server/database/sql.ts";
import { isStatementError } from "../../src/server/database/statement-error.ts";
import { withTrustedActors } from "../support/trusted-actors.ts";

const server = process.env["DATABASE_SUPERUSER_URL"];
const blocks = [
  ...readFileSync(new URL("../../docs/how-to/postgresql.md", import.meta.url), "utf8").matchAll(/^```sql( in sluice)?\n(.*?)^```$/gms),
];

test(
  "the logins and revocations of docs/how-to/postgresql.md make an installation whose requests can become nothing else",
  {
    skip: server === undefined && "DATABASE_URL is not set",
  },
  async () => {
    const mark = randomBytes(5).toString("hex");
    const renamed = (text: string): string =>
      text
        .replaceAll("sluice_owner", `owner_${mark}`)
        .replaceAll("sluice_request", `request_${mark}`)
        .replaceAll(/\bdatabase sluice\b/g, `database sluice_${mark}`);
    const superuser = addressOf(server ?? "", "postgres");
    try {
      assert.equal(blocks.length, 3, "the blocks of the page");
      for (const [, place, script] of blocks) {
        await asSuperuser(place === undefined ? superuser : addressOf(superuser, `sluice_${mark}`), renamed(script ?? ""));
      }
      const place = {
        dataDirectory: tmpdir(),
        databaseUrl: addressOf(superuser, `sluice_${mark}`, `owner_${mark}`),
        databaseRequestUrl: addressOf(superuser, `sluice_${mark}`, `request_${mark}`),
      };
      const database = await openOwnedDatabase(place);
      try {
        await withTrustedActors(database, async (actors) => {
          const actor = actors.as(await actors.makeMember(await actors.makeOrganisation("Harbour")));
          for (const query of [sql`select set_config('role', 'sluice_keeper', true)`, sql`select lo_create(0)`]) {
            for (const asker of [actor, "reader", "keeper"] as const) {
              await assert.rejects(database.query(asker, query), (error) => isStatementError(error, "42501"), query.text);
            }
          }
        });
      } finally {
        await database.close();
      }
      const request = new Client({ connectionString: place.databaseRequestUrl });
      await request.connect();
      try {
        // Injected SQL that no driver of ours has looked at. In a schema that one may not use, nothing exists.
        for (const text of [
          "set role sluice_keeper",
          "set session authorization postgres",
          "select * from organisation",
          "create table public.mine (id int)",
        ]) {
          await assert.rejects(request.query(text), /permission denied|does not exist/, text);
        }
        await request.query("set role sluice_actor");
        assert.deepEqual((await request.query("select id from organisation")).rows, []);
        await request.query("set sluice.actor = 'v1|forged'");
        await assert.rejects(request.query("select id from organisation"), /not signed by this server/);
      } finally {
        await request.end();
      }
    } finally {
      await asSuperuser(superuser, `drop database if exists sluice_${mark} with (force)`);
      for (const login of [`owner_${mark}`, `request_${mark}`]) {
        await asSuperuser(
          superuser,
          `do $$ begin if exists (select from pg_roles where rolname = '${login}') then drop owned by ${login}; drop role ${login}; end if; end $$`,
        );
      }
    }
  },
);

async function asSuperuser(address: string, script: string): Promise<void> {
  const client = new Client({ connectionString: address });
  await client.connect();
  try {
    // One at a time, as psql sends them: CREATE DATABASE is no part of a transaction.
    const statements = script.includes("$$") ? [script] : script.split(/;\s*$/m).filter((text) => text.trim() !== "");
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function addressOf(base: string, database: string, login?: string): string {
  const url = new URL(base);
  url.pathname = `/${database}`;
  if (login !== undefined) url.username = login;
  return url.href;
}

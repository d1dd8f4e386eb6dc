import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "pg";
import { withPostgresDatabase } from "../../database/test-database.ts";
import { Discrepancy } from "../discrepancy.ts";
import { type House, withHouse } from "./house.ts";
import { createHttpWalk, type HttpWalk } from "./http-walk.ts";

const STEPS = 60;

const BREAKS: readonly { readonly what: string; readonly script: string }[] = [
  { what: "parts are shown to everybody", script: "alter policy mine on draft_part using (true)" },
  { what: "parts are shown to nobody", script: "drop policy mine on draft_part" },
  { what: "openings reach everybody", script: "alter policy mine on opening using (true)" },
  { what: "organisations are known to everybody", script: "alter policy met_as_member on organisation using (true)" },
];

test(
  "the walk over HTTP finds that policies were altered",
  { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" },
  async () => {
    await withPostgresDatabase(async (databaseUrl, databaseRequestUrl) => {
      await withHouse({ databaseUrl, databaseRequestUrl }, 1, async (house) => {
        const walk = createHttpWalk(house);
        for (let step = 0; step < STEPS; step++) await walk.step();
        const owner = new Client({ connectionString: databaseUrl });
        await owner.connect();
        try {
          for (const { what, script } of BREAKS) {
            const policies = await policiesOf(owner);
            // What was read while a policy was broken must not be what the next one is found by.
            const reads = (await asKeeper(owner, "select id from read_event", [])).map(({ id }) => id);
            await owner.query(script);
            await assert.rejects(lookEverywhere(walk, house), Discrepancy, what);
            await restore(owner, policies);
            await asKeeper(owner, "delete from read_event where id <> all ($1)", [reads]);
          }
          await lookEverywhere(walk, house);
        } finally {
          await owner.end();
        }
      });
    });
  },
);

async function lookEverywhere(walk: HttpWalk, { guests }: House): Promise<void> {
  for (const guest of guests) {
    await walk.lookAtDrafts(guest);
    for (let times = 0; times < 3; times++) await walk.lookAround(guest);
  }
}

async function asKeeper(owner: Client, text: string, values: readonly unknown[]): Promise<readonly { readonly id: string }[]> {
  await owner.query("begin; set local role sluice_keeper");
  const { rows } = await owner.query<{ id: string }>(text, [...values]);
  await owner.query("commit");
  return rows;
}

type Policy = { readonly place: string; readonly made: string };

async function policiesOf(owner: Client): Promise<readonly Policy[]> {
  const { rows } = await owner.query<Policy>(
    `select format('%I on %I', policyname, tablename) as place,
       format('create policy %I on %I for select to sluice_actor%s using (%s)', policyname, tablename,
         case when policyname = 'mine' and tablename = 'opening' then ', sluice_registrar' else '' end, qual) as made
     from pg_policies where cmd = 'SELECT' and (policyname, tablename) in (('mine', 'draft_part'), ('mine', 'opening'), ('met_as_member', 'organisation'))`,
  );
  return rows;
}

async function restore(owner: Client, policies: readonly Policy[]): Promise<void> {
  for (const { place, made } of policies) await owner.query(`drop policy if exists ${place}; ${made}`);
}

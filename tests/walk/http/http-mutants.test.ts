import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "pg";
import { withPostgresDatabase } from "../../database/test-database.ts";
import { Discrepancy } from "../discrepancy.ts";
import { type Guest, type House, withHouse } from "./house.ts";
import { createHttpWalk, type HttpWalk } from "./http-walk.ts";

const STEPS = 60;
const EVERY_MODEL = 100;

type Kind = "drafts" | "models";
type Break = { readonly what: string; readonly kind?: Kind; readonly script: string };

const widened = (policy: string, table: string): string => `alter policy ${policy} on ${table} using (true)`;
const dropped = (policy: string, table: string): string => `drop policy ${policy} on ${table}`;

/** What the services ask for is narrower than some policies: of these the walk over HTTP finds that they are gone, the one over the store that they are wider. Of `desks()` too: it is for what is written. */
const BREAKS: readonly Break[] = [
  { what: "parts are shown to everybody", kind: "drafts", script: widened("mine", "draft_part") },
  { what: "parts are shown to nobody", kind: "drafts", script: dropped("mine", "draft_part") },
  { what: "openings reach everybody", kind: "drafts", script: widened("mine", "opening") },
  { what: "organisations are known to everybody", kind: "drafts", script: widened("met_as_member", "organisation") },
  { what: "models are known to everybody", script: widened("grantee", "enrolment") },
  { what: "grants are known to everybody", script: widened("grantee", "access_grant") },
  { what: "partners are known before their stage opens", script: widened("desk", "partner_proposal") },
  { what: "what others used is shown to whoever uses", script: widened("grantee", "access_use") },
  { what: "the lab is not shown what was used", script: dropped("lab", "access_use") },
  { what: "the desk is not shown what was used", script: dropped("desk", "access_use") },
  { what: "what stops others is shown to whoever uses", script: widened("grantee", "access_stop") },
  { what: "what was destroyed for others is shown to whoever uses", script: widened("grantee", "destruction_certificate") },
  { what: "whoever uses is not shown where another key may be", script: dropped("grantee", "key_place") },
  { what: "the desk is not shown where another key may be", script: dropped("desk", "key_place") },
  { what: "whoever used is not shown its exchanges", script: dropped("own", "exchange") },
  { what: "whoever made tokens is not shown them", script: dropped("own", "gateway_token") },
  { what: "a lab is not shown its gateways", script: dropped("lab", "gateway") },
  { what: "whoever uses is not shown how probes went", script: dropped("grantee", "identity_probe") },
];

test(
  "the walk over HTTP finds that policies were altered",
  { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" },
  async () => {
    await withPostgresDatabase(async (databaseUrl, databaseRequestUrl) => {
      await withHouse({ databaseUrl, databaseRequestUrl }, 1, async (house) => {
        const walk = createHttpWalk(house);
        for (let step = 0; step < STEPS; step++) await walk.step();
        await walk.finish();
        const owner = new Client({ connectionString: databaseUrl });
        await owner.connect();
        try {
          const policies = await policiesOf(owner);
          for (const { what, kind = "models", script } of BREAKS) {
            // What was read while a policy was broken must not be what the next one is found by.
            const reads = (await asKeeper(owner, "select id from read_event", [])).map(({ id }) => id);
            await owner.query(script);
            await assert.rejects(lookEverywhere(walk, house, kind), Discrepancy, what);
            await restore(owner, policies);
            await asKeeper(owner, "delete from read_event where id <> all ($1)", [reads]);
          }
          await lookEverywhere(walk, house, "drafts");
        } finally {
          await owner.end();
        }
      });
    });
  },
);

/** First where it should be found; what is said of drafts and models together shows it too, such as whom one knows by name. */
async function lookEverywhere(walk: HttpWalk, { guests }: House, first: Kind): Promise<void> {
  for (const kind of first === "drafts" ? (["drafts", "models"] as const) : (["models", "drafts"] as const))
    for (const guest of guests) await LOOKS[kind](walk, guest);
}

const LOOKS: Readonly<Record<Kind, (walk: HttpWalk, guest: Guest) => Promise<void>>> = {
  drafts: async (walk, guest) => {
    await walk.lookAtDrafts(guest);
    for (let times = 0; times < 3; times++) await walk.lookAround(guest);
  },
  models: async (walk, guest) => {
    await walk.lookAtModels(guest, EVERY_MODEL);
    await walk.lookAtLists(guest);
    await walk.lookAtUse(guest);
  },
};

async function asKeeper(owner: Client, text: string, values: readonly unknown[]): Promise<readonly { readonly id: string }[]> {
  await owner.query("begin; set local role sluice_keeper");
  const { rows } = await owner.query<{ id: string }>(text, [...values]);
  await owner.query("commit");
  return rows;
}

type Policy = { readonly place: string; readonly made: string };

async function policiesOf(owner: Client): Promise<readonly Policy[]> {
  const broken = BREAKS.map(({ script }) => / policy (\w+) on (\w+)/.exec(script)?.slice(1, 3).join(" on "));
  const { rows } = await owner.query<Policy>(
    `select format('%I on %I', policyname, tablename) as place,
       format('create policy %I on %I for select to %s using (%s)', policyname, tablename, array_to_string(roles, ', '), qual) as made
     from pg_policies where cmd = 'SELECT' and format('%s on %s', policyname, tablename) = any ($1)`,
    [broken],
  );
  assert.equal(rows.length, new Set(broken).size);
  return rows;
}

async function restore(owner: Client, policies: readonly Policy[]): Promise<void> {
  for (const { place, made } of policies) await owner.query(`drop policy if exists ${place}; ${made}`);
}

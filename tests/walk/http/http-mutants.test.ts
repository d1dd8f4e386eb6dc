import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "pg";
import type { OrganisationKind } from "../../../src/vocabulary/organisation.ts";
import { withPostgresDatabase } from "../../database/test-database.ts";
import { Discrepancy } from "../discrepancy.ts";
import { type Guest, type House, withHouse } from "./house.ts";
import { createHttpWalk, type HttpWalk } from "./http-walk.ts";

const STEPS = 60;
const EVERY_MODEL = 100;
const HOUSES = 4;

type Kind = "drafts" | "models" | "around";
/** `kind`: what shows it; `by`: to whom. */
type Break = { readonly what: string; readonly kind?: Kind; readonly by?: OrganisationKind; readonly script: string };

const widened = (policy: string, table: string): string => `alter policy ${policy} on ${table} using (true)`;
const dropped = (policy: string, table: string): string => `drop policy ${policy} on ${table}`;

/** What the services ask for is narrower than some policies: of these the walk over HTTP finds that they are gone, the one over the store that they are wider. Of `desks()` too: it is for what is written. */
const BREAKS: readonly Break[] = [
  { what: "parts are shown to everybody", kind: "drafts", script: widened("mine", "draft_part") },
  { what: "parts are shown to nobody", kind: "drafts", script: dropped("mine", "draft_part") },
  { what: "openings reach everybody", kind: "drafts", script: widened("mine", "opening") },
  { what: "organisations are known to everybody", kind: "around", script: widened("met_as_member", "organisation") },
  { what: "models are known to everybody", script: widened("grantee", "enrolment") },
  { what: "grants are known to everybody", script: widened("grantee", "access_grant") },
  { what: "partners are known before their stage opens", kind: "around", script: widened("desk", "partner_proposal") },
  { what: "what others used is shown to whoever uses", script: widened("grantee", "access_use") },
  { what: "the lab is not shown what was used", by: "lab", script: dropped("lab", "access_use") },
  { what: "the desk is not shown what was used", by: "coordinator", script: dropped("desk", "access_use") },
  { what: "what stops others is shown to whoever uses", script: widened("grantee", "access_stop") },
  { what: "what was destroyed for others is shown to whoever uses", script: widened("grantee", "destruction_certificate") },
  { what: "whoever used is not shown its exchanges", script: dropped("own", "exchange") },
  { what: "whoever made tokens is not shown them", script: dropped("own", "gateway_token") },
  { what: "a lab is not shown its gateways", by: "lab", script: dropped("lab", "gateway") },
  { what: "whoever uses is not shown how probes went", script: dropped("grantee", "identity_probe") },
];

test(
  "the walk over HTTP finds that policies were altered",
  { skip: process.env["DATABASE_URL"] === undefined && "DATABASE_URL is not set" },
  async () => {
    let missed = BREAKS;
    for (let house = 1; house <= HOUSES && missed.length > 0; house++) {
      const sought = missed;
      await withPostgresDatabase(async (databaseUrl, databaseRequestUrl) => {
        await withHouse({ databaseUrl, databaseRequestUrl }, house, async (walked) => {
          missed = await missedIn(walked, databaseUrl, sought);
        });
      });
    }
    assert.deepEqual(
      missed.map(({ what }) => what),
      [],
    );
  },
);

/** Which of them nobody notices in this house: not in every one has somebody what is then hidden or shown. */
async function missedIn(house: House, databaseUrl: string, breaks: readonly Break[]): Promise<readonly Break[]> {
  const walk = createHttpWalk(house);
  for (let step = 0; step < STEPS; step++) await walk.step();
  await walk.finish();
  const owner = new Client({ connectionString: databaseUrl });
  await owner.connect();
  try {
    const policies = await policiesOf(owner);
    const missed: Break[] = [];
    for (const one of breaks) {
      // What was read while a policy was broken must not be what the next one is found by.
      const reads = (await asKeeper(owner, "select id from read_event", [])).map(({ id }) => id);
      await owner.query(one.script);
      if (!(await isNoticed(walk, house, one))) missed.push(one);
      await restore(owner, policies);
      await asKeeper(owner, "delete from read_event where id <> all ($1)", [reads]);
    }
    // As it was again, nothing is noticed any more.
    for (const guest of house.guests) {
      await walk.lookAtDrafts(guest);
      await walk.lookAround(guest);
      await walk.lookAtModels(guest);
    }
    return missed;
  } finally {
    await owner.end();
  }
}

async function isNoticed(walk: HttpWalk, { guests }: House, { kind = "models", by }: Break): Promise<boolean> {
  try {
    for (const guest of guests) if (by === undefined || guest.kind === by) await LOOKS[kind](walk, guest);
    return false;
  } catch (error) {
    if (!(error instanceof Discrepancy)) throw error;
    return true;
  }
}

const LOOKS: Readonly<Record<Kind, (walk: HttpWalk, guest: Guest) => Promise<void>>> = {
  drafts: async (walk, guest) => walk.lookAtDrafts(guest),
  around: async (walk, guest) => {
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

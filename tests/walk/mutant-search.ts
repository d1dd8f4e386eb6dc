import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packageRoot } from "../../src/server/package-root.ts";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { withTestDatabase } from "../database/test-database.ts";
import { handsOn, handsWithin } from "./hands.ts";
import { functionMutants, openingMutants, policyMutants, type Mutant } from "./mutants.ts";
import { Discrepancy } from "./discrepancy.ts";
import { JOBS } from "./job-moves.ts";
import { createWalk, type Walk } from "./walk.ts";
import { readShape } from "./shape.ts";
import { withWorld, type World } from "./world.ts";

/** What no situation of one world shows, one of the next does. */
const SEEDS = [11, 12, 13, 14, 15, 16, 17, 18];
const ROUNDS = 25;
/** How often a table is moved at in the first world; for the few that are left, longer in each next one. */
const TRIES = 150;

const UNCHANGED = "what is checked stands in columns that nobody who is signed in may update";
const UNSTATED = "what is checked stands in columns that the job may not insert";
/** Mutants that change nothing that anybody could be shown or do, each with the reason: another guard holds the same. */
const EQUIVALENT: Readonly<Record<string, string>> = {
  "administrator_changes on circle: with check (true)": UNCHANGED,
  "administrator_changes on member: with check (true)": UNCHANGED,
  "administrator_withdraws on one_time_link: with check (true)": UNCHANGED,
  "coordinator_changes on organisation: with check (true)": UNCHANGED,
  "coordinator_ends on sign_on: with check (true)": UNCHANGED,
  "custodian_records on ledger_statement: with check (true)": UNSTATED,
  "gatekeeper_records on ledger_statement: with check (true)": UNSTATED,
  "gateway_tells on enrolment_event: with check (true)": UNSTATED,
  "issuer_withdraws on one_time_link: with check (true)": UNCHANGED,
  "lab_changes on access_grant: with check (true)": UNCHANGED,
  "lab_changes on access_window: with check (true)": UNCHANGED,
  "lab_changes on destruction_certificate: with check (true)": UNCHANGED,
  "lab_changes on enrolment: with check (true)": UNCHANGED,
  "lab_changes on model_version: with check (true)": UNCHANGED,
  "own_changes on passkey: with check (true)": UNCHANGED,
  "own_changes on session: with check (true)": UNCHANGED,
  "own_changes on sign_on_identity: with check (true)": UNCHANGED,
  "own_revokes on access_token: with check (true)": UNCHANGED,
  "owner_changes on release_plan: with check (true)": UNCHANGED,
  "releaser_announces on announcement: with check (true)": UNSTATED,
  "releaser_records on ledger_revision: with check (true)": UNSTATED,
  "releaser_records on ledger_statement: with check (true)": UNSTATED,
};

/** Defines one test a driver: the walk finds each of the chosen mutants. Every one is listed with what it was found by, in `build/mutants-….txt`. */
export function withMutants(title: string, kind: MutantKind): void {
  withTestDatabase(title, (database) => findAll(database, kind));
}

async function findAll(database: OwnedDatabase, kind: MutantKind): Promise<void> {
  const list = listIn(join(packageRoot, "build", `mutants-${kind}-${database.kind}.txt`));
  let alive: ReadonlySet<string> | undefined;
  for (const [nth, seed] of SEEDS.entries()) {
    const tries = TRIES * (nth + 1);
    alive = await withWorld(database, seed, async (world) => {
      const tables = [...world.shape.keys()];
      await createWalk({ hands: handsOn(database), ...world }).grow(tables, ROUNDS);
      assert.equal(await findingOf(database, world, UNALTERED, tries), undefined, "the schema as it is");
      const survivors = new Set<string>();
      for (const mutant of await mutantsOf(database, tables, kind)) {
        if (alive !== undefined && !alive.has(mutant.name)) continue;
        const isKnown = alive !== undefined && mutant.name in EQUIVALENT;
        const found = isKnown ? undefined : await findingOf(database, world, mutant, tries);
        if (found === undefined) survivors.add(mutant.name);
        else list(`${mutant.name}\n    ${found.split("\n").slice(0, 2).join(" ").slice(0, 300)}\n`);
      }
      return survivors;
    });
    if ([...alive].every((name) => name in EQUIVALENT)) break;
  }
  for (const name of alive ?? []) list(`${name}\n    not found: ${EQUIVALENT[name] ?? "and no reason is known"}\n`);
  const tried = await mutantsOf(database, [...(await readShape(database)).keys()], kind);
  const expected = tried.map(({ name }) => name).filter((name) => name in EQUIVALENT);
  assert.deepEqual([...(alive ?? [])].sort(), expected.sort());
  // An excuse for a policy that is no more would excuse the next one of that name.
  if (kind !== "reading" && kind !== "checks" && everyNth(database) === 1) {
    const excused = Object.keys(EQUIVALENT).filter((name) => isOfModels(tableOf(name)) === (kind === "writing-of-models"));
    assert.deepEqual(excused.sort(), expected);
  }
}

const UNALTERED: Mutant = { name: "none", table: "organisation", script: "select 1" };

/** Of what may be seen, of what may be written (about models, and all else), and of what the functions behind the policies verify. */
export type MutantKind = "reading" | "writing" | "writing-of-models" | "checks";

/** Those about models are as many as all others: a file of their own is done beside them. */
const OF_MODELS =
  /^(?:programme_record|enrolment.*|model_.*|accepted_programme|access_(?:window|grant|stop|use)|sealed_credential|partner_.*|destruction_certificate|key_place|gateway.*|budget_lease|exchange|identity_probe|segment_head)$/;

function isOfModels(table: string): boolean {
  return OF_MODELS.test(table);
}

/** `policy on table: what was done`. */
function tableOf(mutant: string): string {
  return / on (\w+):/.exec(mutant)?.[1] ?? "";
}

function mutantsOf(database: OwnedDatabase, tables: readonly string[], kind: MutantKind): Promise<readonly Mutant[]> {
  return database.asOwner(async (transaction) => {
    const all =
      kind === "checks"
        ? [...(await functionMutants(transaction)), ...(await openingMutants(transaction))]
        : (await policyMutants(transaction, tables)).filter(({ writes, table }) =>
            writes === true ? kind === (isOfModels(table) ? "writing-of-models" : "writing") : kind === "reading",
          );
    return all.filter((_, index) => index % everyNth(database) === 0);
  });
}

/** All of them on PostgreSQL; the embedded database is the same engine, slower, and takes its turn of them with every `npm test`. */
function everyNth({ kind }: OwnedDatabase): number {
  return kind === "postgres" || process.env["SLUICE_SOAK"] === "1" ? 1 : 5;
}

/** Every mutant with what the walk said of it, for people. */
function listIn(path: string): (text: string) => void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  return (text) => appendFileSync(path, text);
}

/** What the walk finds in a database with the mutant, which is rolled back; undefined = nothing. */
async function findingOf(database: OwnedDatabase, world: World, mutant: Mutant, tries: number): Promise<string | undefined> {
  const rollBack = new Error("the mutant is over");
  let found: string | undefined;
  try {
    await database.asOwner(async (transaction) => {
      await transaction.script(mutant.script);
      const walk = createWalk({ hands: handsWithin(transaction), ...world, dry: true });
      try {
        await search(walk, world, mutant, tries);
      } catch (error) {
        if (!(error instanceof Discrepancy)) throw error;
        found = error.message;
      }
      throw rollBack;
    });
  } catch (error) {
    if (error !== rollBack) throw error;
  }
  return found;
}

async function search(walk: Walk, { draw, shape }: World, { table, writes }: Mutant, tries: number): Promise<void> {
  const viewers = everybody(draw);
  if (writes === true) for (let moved = 0; moved < tries; moved++) await walk.moveAt(table);
  for (const viewer of writes === true ? viewers : []) {
    await walk.sweep(viewer, table);
    await walk.sweepAway(viewer, table);
  }
  if (table === "draft_research") for (const viewer of viewers) for (const part of researchOf(draw)) await walk.research(viewer, part);
  await walk.lookAsKeeper([table]);
  for (const job of JOBS) await walk.lookAsJob(job, [table]);
  for (const viewer of viewers) await walk.look(viewer, [table]);
  for (let forged = 0; forged < 4; forged++) await walk.forge(draw.viewer());
  for (let moved = 0; moved < tries; moved++) await walk.moveAt(table);
  for (const viewer of draw.random.shuffled(viewers).slice(0, 8)) await walk.look(viewer, [...shape.keys()]);
}

function researchOf({ facts }: World["draw"]) {
  const written = new Set(facts.of("draft_research").map((fact) => fact["id"]));
  return facts.of("draft_part").filter((part) => written.has(part["id"] ?? null));
}

function everybody({ facts }: World["draw"]) {
  return facts.of("member").flatMap((member) =>
    [1, 4].map((floor, index) => ({
      organisation: String(member["organisation_id"]),
      person: String(member["person_id"]),
      floor,
      secondFactor: index === 0,
    })),
  );
}

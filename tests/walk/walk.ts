import type { Actor, SignedActor, SystemActor } from "../../src/server/database/database.ts";
import { identifier, joined, sql, type SqlQuery } from "../../src/server/database/sql.ts";
import { ADDITIONS, FILLED_IN } from "./additions.ts";
import { CHANGES } from "./changes.ts";
import { DAY_MS, MINUTE_MS, type Draw } from "./draw.ts";
import type { Hands, WriteAnswer } from "./hands.ts";
import { JOB_MOVES, type JobMove } from "./job-moves.ts";
import { has, type Fact } from "./oracle/facts.ts";
import { JOB_SEES, JOB_WRITES } from "./oracle/jobs.ts";
import { MAY_ADD, MAY_CHANGE, MAY_REMOVE } from "./oracle/who-may.ts";
import { eyesOf, NEVER_TOLD, reachOf, SEES, type Eyes, type Viewer } from "./oracle/who-sees.ts";
import { columnsOf, deleteOf, everythingOf, factOf, insertOf, keyIs, updateOf, wordsOf, type Shape } from "./shape.ts";

/** What the database did and what the oracle says it should have done. */
export class Discrepancy extends Error {
  override readonly name = "Discrepancy";
}

export type WalkParts = {
  readonly hands: Hands;
  readonly draw: Draw;
  readonly shape: Shape;
  readonly sign: (viewer: Viewer) => SignedActor;
  /** As it was signed an hour ago, by every clock. */
  readonly signLongAgo: (viewer: Viewer) => SignedActor;
  /** Nothing that is written stays, and the oracle is told nothing. */
  readonly dry?: boolean;
};

export type Walk = ReturnType<typeof createWalk>;

const FORGED = "SL001";
const DENIED = "42501";
export const JOBS = ["gatekeeper", "registrar", "releaser", "courier", "notary", "importer", "reader"] as const satisfies readonly SystemActor[];

/** Moves by whoever may and whoever may not, and looks at what everybody is shown, each held against the oracle. */
export function createWalk({ hands, draw, shape, sign, signLongAgo, dry = false }: WalkParts) {
  const { random, facts } = draw;

  /** Everything of some tables, as a member: not one field more, and not one less. */
  async function look(viewer: Viewer, tables: readonly string[]): Promise<void> {
    const shown = tables.filter((table) => SEES[table] !== undefined);
    const eyes = eyesOf(facts, viewer);
    if (shown.length > 0) {
      const answer = await hands.read(sign(viewer), everythingOf(shape, shown, "sluice_actor"));
      if (eyes === undefined) expectRefusal(answer, FORGED, `${nameOf(viewer)}, who is no member any more, looks at ${shown.join()}`);
      else compareAll(answer, shown, (table) => whatIsSeen(eyes, table), nameOf(viewer));
    }
    for (const table of tables.filter((name) => SEES[name] === undefined)) {
      expectRefusal(await hands.read(sign(viewer), sql`select count(*) from ${identifier(table)}`), DENIED, `${nameOf(viewer)} looks at ${table}`);
    }
  }

  /** Single reads by true and by made-up ids, a count and a search: nothing but what the whole look shows. */
  async function peek(viewer: Viewer, table: string): Promise<void> {
    const eyes = eyesOf(facts, viewer);
    const fact = draw.one(table);
    if (eyes === undefined || fact === undefined || SEES[table] === undefined) return;
    const seen = facts.of(table).filter((told) => SEES[table]?.(eyes, told) ?? false);
    const readable = new Set(columnsOf(shape, table, "sluice_actor"));
    const marker = Object.entries(fact).find(([column, value]) => readable.has(column) && typeof value === "string" && value.startsWith("told-"));
    const keyed = shape.get(table)?.key.some((column) => column in strange({}) && typeof fact[column] === "string") ?? false;
    const questions: readonly (readonly [string, SqlQuery, number])[] = [
      ["by its key", sql`select 1 as one from ${identifier(table)} where ${keyIs(shape, table, fact)}`, seen.includes(fact) ? 1 : 0],
      ...(keyed
        ? ([["by a key of nothing", sql`select 1 as one from ${identifier(table)} where ${keyIs(shape, table, strange(fact))}`, 0]] as const)
        : []),
      ["by counting", sql`select 1 as one from generate_series(1, (select count(*) from ${identifier(table)}))`, seen.length],
      ...(marker === undefined
        ? []
        : ([["by searching", sql`select 1 as one from ${identifier(table)} where ${identifier(marker[0])} like ${`%${String(marker[1]).slice(2)}%`}`,
            seen.filter((told) => told[marker[0]] === marker[1]).length]] as const)),
    ];
    for (const [how, query, expected] of questions) {
      const answer = await hands.read(sign(viewer), query);
      if ("refused" in answer || answer.rows.length !== expected)
        throw new Discrepancy(`${nameOf(viewer)} asks ${table} ${how}: expected ${expected}, got ${"refused" in answer ? answer.refused : answer.rows.length}`);
    }
  }

  /** A member's actor altered to be somebody else or to be shown more, and one that has expired. */
  async function forge(viewer: Viewer): Promise<void> {
    expectRefusal(await hands.read(signLongAgo(viewer), sql`select id from organisation`), FORGED, `${nameOf(viewer)} comes back with an old actor`);
    const { signed } = sign(viewer);
    const seal = signed.slice(signed.lastIndexOf("."));
    const other = draw.viewer();
    for (const altered of [{ ...viewer, organisation: other.organisation, person: other.person }, { ...viewer, floor: 5 - viewer.floor }]) {
      const claimed = sign(altered).signed;
      if (claimed === signed) continue;
      const forged = { signed: `${claimed.slice(0, claimed.lastIndexOf("."))}${seal}` };
      expectRefusal(await hands.read(forged, sql`select id from organisation`), FORGED, `${nameOf(viewer)} forges ${nameOf(altered)}`);
    }
  }

  async function lookAsJob(job: SystemActor, tables: readonly string[]): Promise<void> {
    for (const table of tables) {
      const sees = JOB_SEES[job]?.[table];
      if (sees === undefined) {
        expectRefusal(await hands.read(job, sql`select count(*) from ${identifier(table)}`), DENIED, `the ${job} looks at ${table}`);
        continue;
      }
      const columns = new Set(columnsOf(shape, table, `sluice_${job}`));
      if (columns.size === 0) throw new Discrepancy(`the ${job} may read no column of ${table}`);
      const answer = await hands.read(job, everythingOf(shape, [table], `sluice_${job}`));
      compareAll(answer, [table], () => facts.of(table).filter(sees).map((fact) => only(fact, (column) => columns.has(column))), `the ${job}`);
    }
  }

  async function lookAsKeeper(tables: readonly string[]): Promise<void> {
    compareAll(await hands.read("keeper", everythingOf(shape, tables, "sluice_keeper")), tables, (table) => facts.of(table), "the keeper");
  }

  function whatIsSeen(eyes: Eyes, table: string): readonly Fact[] {
    const hidden = NEVER_TOLD[table] ?? [];
    return facts
      .of(table)
      .filter((fact) => SEES[table]?.(eyes, fact) ?? false)
      .map((fact) => only(fact, (column) => !hidden.includes(column)));
  }

  async function add(viewer: Viewer, table: string, fact: Fact): Promise<boolean> {
    const eyes = eyesOf(facts, viewer);
    const allowed = eyes !== undefined && (MAY_ADD[table]?.(eyes, fact) ?? false);
    const answer = await hands.write(sign(viewer), insertOf(table, fact));
    expectAddition(answer, allowed, eyes === undefined ? FORGED : DENIED, `${nameOf(viewer)} adds to ${table} ${wordsOf(fact)}`);
    if (allowed) await tell(table, { ...FILLED_IN[table], ...fact });
    return allowed;
  }

  async function change(viewer: Viewer, table: string, { fact, changes }: { readonly fact: Fact; readonly changes: Fact }): Promise<void> {
    const eyes = eyesOf(facts, viewer);
    const seen = eyes !== undefined && (SEES[table]?.(eyes, fact) ?? false);
    const allowed = eyes !== undefined && seen && (MAY_CHANGE[table]?.(eyes, fact, changes) ?? false);
    const answer = await hands.write(sign(viewer), updateOf(shape, { table, fact, changes }));
    const what = `${nameOf(viewer)} changes ${table} ${wordsOf(fact)} to ${wordsOf(changes)}`;
    if (eyes === undefined) return expectRefusal(answer, FORGED, what);
    expectTouch(answer, { allowed, seen, what });
    if (allowed && !dry) facts.change(table, fact, changes);
  }

  async function remove(viewer: Viewer, table: string, fact: Fact): Promise<void> {
    const eyes = eyesOf(facts, viewer);
    const seen = eyes !== undefined && (SEES[table]?.(eyes, fact) ?? false);
    const allowed = eyes !== undefined && seen && (MAY_REMOVE[table]?.(eyes, fact) ?? false);
    const answer = await hands.write(sign(viewer), deleteOf(shape, table, fact));
    const what = `${nameOf(viewer)} removes from ${table} ${wordsOf(fact)}`;
    if (eyes === undefined) return expectRefusal(answer, FORGED, what);
    if (MAY_REMOVE[table] === undefined) return expectRefusal(answer, DENIED, what);
    expectTouch(answer, { allowed, seen, what });
    if (allowed && !dry) facts.forget(table, fact);
  }

  /** Research is shown by the function that writes down who read it, and by nothing else. */
  async function research(viewer: Viewer, part: Fact): Promise<void> {
    const eyes = eyesOf(facts, viewer);
    const isWriter = eyes !== undefined && ["administrator", "editor"].includes(eyes.role) && viewer.floor === 1;
    const key = { organisation_id: part["organisation_id"] ?? null, draft_id: part["draft_id"] ?? null };
    const current = facts.of("draft_part").filter((told) => has(told, { ...key, part_id: part["part_id"] ?? null, kind: "research", replaced_at: null }));
    const mayRead = isWriter && reachOf(eyes, part["organisation_id"], part["draft_id"]) === 1;
    const expected = mayRead
      ? facts.of("draft_research").filter((told) => current.some((revision) => has(told, { ...key, id: revision["id"] ?? null })))
      : [];
    const answer = await hands.read(sign(viewer), sql`select body from read_research(${part["organisation_id"]}, ${part["draft_id"]}, ${part["part_id"]})`);
    if (eyes === undefined) return expectRefusal(answer, FORGED, `${nameOf(viewer)}, who is no member any more, reads research`);
    const bodies = "refused" in answer ? answer.refused : answer.rows.map((row) => String(row["body"])).sort().join();
    if (bodies !== expected.map((told) => String(told["body"])).sort().join())
      throw new Discrepancy(`${nameOf(viewer)} reads research: expected ${expected.map(wordsOf).join() || "nothing"}, got ${bodies}`);
    if (!mayRead) return;
    for (const revision of current) {
      await tell("read_event", {
        ...key,
        level: 1,
        part_id: revision["part_id"] ?? null,
        reader_organisation_id: viewer.organisation,
        reader_person_id: viewer.person,
        session_id: null,
        at: draw.hour(),
      });
    }
  }

  /** A job does its part; any other job that tries it is refused. */
  async function jobMove(job: SystemActor, move: JobMove): Promise<boolean> {
    const { table } = move;
    const rule = JOB_WRITES[job]?.[table]?.[move.does];
    if (move.does === "add") {
      const fact = move.make(draw);
      if (fact === undefined) return false;
      const allowed = rule?.(fact) ?? false;
      expectAddition(await hands.write(job, insertOf(table, fact)), allowed, DENIED, `the ${job} adds to ${table} ${wordsOf(fact)}`);
      if (allowed) await tell(table, { ...FILLED_IN[table], ...fact });
      return true;
    }
    const candidates = facts.of(table).filter(move.which);
    if (candidates.length === 0) return false;
    const fact = random.pick(candidates);
    const seen = JOB_SEES[job]?.[table]?.(fact) ?? false;
    const allowed = seen && (rule?.(fact) ?? false);
    if (move.does === "change") {
      const changes = move.make(draw, fact);
      expectTouch(await hands.write(job, updateOf(shape, { table, fact, changes })), {
        allowed,
        seen: true,
        what: `the ${job} changes ${table} ${wordsOf(fact)} to ${wordsOf(changes)}`,
      });
      if (allowed && !dry) facts.change(table, fact, changes);
    } else {
      expectTouch(await hands.write(job, deleteOf(shape, table, fact)), { allowed, seen: true, what: `the ${job} removes from ${table} ${wordsOf(fact)}` });
      if (allowed && !dry) facts.forget(table, fact);
    }
    return true;
  }

  /** An id that the database chose is all that the oracle learns from it. */
  async function tell(table: string, fact: Fact): Promise<void> {
    if (dry) return;
    const missing = columnsOf(shape, table, "sluice_keeper").filter((column) => !(column in fact));
    if (missing.length === 0) return facts.tell(table, fact);
    if (missing.join() !== "id") throw new Discrepancy(`${table} has columns that the walk tells nothing of: ${missing.join()}`);
    const known = facts.of(table).map((told) => told["id"]);
    const fields = joined(
      Object.entries(fact).map(([column, value]) => sql`${identifier(column)} is not distinct from ${value}`),
      " and ",
    );
    const answer = await hands.read("keeper", sql`select id from ${identifier(table)} where ${fields} and id <> all (${known}::uuid[])`);
    const [row] = "refused" in answer ? [] : answer.rows;
    if (row === undefined) throw new Discrepancy(`what was added to ${table} is not there as it was stated: ${wordsOf(fact)}`);
    facts.tell(table, { ...fact, id: String(row["id"]) });
  }

  /** A writer begins a draft, as the service does. */
  async function found(viewer: Viewer): Promise<void> {
    const organisation = viewer.organisation;
    const id = draw.uuid();
    const steps: readonly (readonly [string, Fact])[] = [
      ["confidential_record", { organisation_id: organisation, id, kind: "draft-advisory", created_at: draw.hour() }],
      ["opening", { organisation_id: organisation, record_id: id, circle_id: organisation, level: 1, opened_by: "owner", opened_at: draw.hour() }],
      ["draft_advisory", { organisation_id: organisation, id, advisory_id: draw.text(), state: "open", created_by: viewer.person, created_at: draw.hour() }],
      ["release_plan", { organisation_id: organisation, draft_id: id, state: "writing", revision: 1 }],
    ];
    for (const [table, fact] of steps) if (!(await add(viewer, table, fact))) return;
  }

  /** An owner asks an organisation into its circle, and that accepts, signs and is in. */
  async function admit(): Promise<void> {
    const circle = draw.one("circle");
    const [owner, member] = [administratorOf(circle?.["organisation_id"]), administratorOf(draw.organisation())];
    if (circle === undefined || owner === undefined || member === undefined || owner.organisation === member.organisation) return;
    const place = { organisation_id: owner.organisation, circle_id: circle["id"] ?? null };
    const isTaken =
      facts.of("invitation").some((told) => has(told, { ...place, invited_organisation_id: member.organisation, state: "open" })) ||
      facts.of("circle_member").some((told) => has(told, { ...place, member_organisation_id: member.organisation, revoked_at: null }));
    if (isTaken) return;
    const offer = {
      ...place,
      invited_organisation_id: member.organisation,
      invited_by: owner.person,
      invited_at: draw.hour(),
      answer_by: draw.hour(DAY_MS),
      member_until: circle["longest_days"] === null && random.oneIn(2) ? "infinity" : draw.hour((1 + random.below(3)) * DAY_MS),
      sponsor_organisation_id: random.oneIn(2) || circle["needs_sponsor"] === true ? owner.organisation : null,
    };
    if (!(await add(owner, "invitation", offer))) return;
    const invitation = facts.of("invitation").find((told) => has(told, { ...offer, state: "open" }));
    if (invitation === undefined) return;
    await change(member, "invitation", { fact: invitation, changes: { state: "accepted", answered_by: member.person, answered_at: draw.hour() } });
    await add(member, "circle_member", {
      ...place,
      member_organisation_id: member.organisation,
      admitted_at: draw.hour(),
      admitted_by: owner.person,
      expires_at: offer.member_until,
      sponsor_organisation_id: offer.sponsor_organisation_id,
      invitation_id: invitation["id"] ?? null,
    });
    if (circle["agreement_sha256"] === null || random.oneIn(3)) return;
    const signature = { ...place, member_organisation_id: member.organisation, agreement_sha256: circle["agreement_sha256"] ?? null };
    if (facts.of("circle_signature").some((told) => has(told, signature))) return;
    await add(member, "circle_signature", { ...signature, signed_by: member.person, signed_at: draw.hour() });
  }

  function administratorOf(organisation: unknown): Viewer | undefined {
    const member = facts.of("member").find((told) => has(told, { organisation_id: String(organisation), role: "administrator", revoked_at: null }));
    return member && { organisation: String(organisation), person: String(member["person_id"]), floor: 1, secondFactor: true };
  }

  /** One move of anybody's that touches the table; false = nothing fitted. */
  async function moveAt(table: string): Promise<boolean> {
    const jobMoves = JOB_MOVES.filter((move) => move.table === table);
    const choice = random.below(10);
    if (jobMoves.length > 0 && (choice < 3 || ADDITIONS[table] === undefined)) {
      const move = random.pick(jobMoves);
      const doers = JOBS.filter((job) => JOB_WRITES[job]?.[table]?.[move.does] !== undefined);
      return jobMove(random.pick(doers.length === 0 || random.oneIn(8) ? JOBS : doers), move);
    }
    if (choice < 6 && ADDITIONS[table] !== undefined) return addAt(table);
    if (choice < 9 && CHANGES[table] !== undefined) return changeAt(table);
    if (MAY_REMOVE[table] !== undefined) return removeAt(table);
    if (table === "draft_research" || table === "read_event") return researchAt();
    return ADDITIONS[table] !== undefined && addAt(table);
  }

  async function addAt(table: string, { wanted = !random.oneIn(3), most = 8 } = {}): Promise<boolean> {
    let chosen: readonly [Viewer, Fact] | undefined;
    for (let tries = 0; tries < most; tries++) {
      const viewer = draw.viewer();
      const fact = ADDITIONS[table]?.(draw, viewer);
      if (fact === undefined) continue;
      chosen = [viewer, fact];
      const eyes = eyesOf(facts, viewer);
      if ((eyes !== undefined && (MAY_ADD[table]?.(eyes, fact) ?? false)) === wanted) break;
    }
    if (chosen === undefined) return false;
    await add(chosen[0], table, chosen[1]);
    return true;
  }

  async function changeAt(table: string, { wanted = !random.oneIn(3), most = 8 } = {}): Promise<boolean> {
    let chosen: readonly [Viewer, { readonly fact: Fact; readonly changes: Fact }] | undefined;
    for (let tries = 0; tries < most; tries++) {
      const viewer = draw.viewer();
      const fact = draw.one(table);
      const changes = fact && CHANGES[table]?.(draw, viewer, fact);
      if (fact === undefined || changes === undefined) continue;
      chosen = [viewer, { fact, changes }];
      const eyes = eyesOf(facts, viewer);
      const allowed = eyes !== undefined && (SEES[table]?.(eyes, fact) ?? false) && (MAY_CHANGE[table]?.(eyes, fact, changes) ?? false);
      if (allowed === wanted) break;
    }
    if (chosen === undefined) return false;
    await change(chosen[0], table, chosen[1]);
    return true;
  }

  async function removeAt(table: string): Promise<boolean> {
    const fact = draw.one(table);
    if (fact === undefined) return false;
    await remove(draw.viewer(), table, fact);
    return true;
  }

  async function researchAt(): Promise<boolean> {
    const parts = facts.of("draft_part").filter((told) => told["kind"] === "research");
    if (parts.length === 0) return false;
    await research(draw.viewer(), random.pick(parts));
    return true;
  }

  function passTime(): void {
    const step = random.oneIn(10) ? -MINUTE_MS * random.below(90) : random.oneIn(3) ? random.below(2 * DAY_MS) : random.below(60 * MINUTE_MS);
    facts.setNow(facts.nowMs() + step);
  }

  /** Something of everything, by whoever may: a world in which there is much to be shown to the wrong one. */
  async function grow(tables: readonly string[], rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      await found(draw.viewer());
      await admit();
      for (const table of tables.filter((name) => facts.of(name).length < 30)) {
        const moves = JOB_MOVES.filter((move) => move.table === table && move.does !== "remove");
        const move = moves.length === 0 ? undefined : random.pick(moves);
        const doer = move && JOBS.find((job) => JOB_WRITES[job]?.[table]?.[move.does] !== undefined);
        if (move !== undefined && doer !== undefined) await jobMove(doer, move);
        if (ADDITIONS[table] !== undefined) await addAt(table, { wanted: true, most: 30 });
        if (CHANGES[table] !== undefined && random.oneIn(4)) await changeAt(table, { wanted: true, most: 30 });
      }
      if (random.oneIn(3)) passTime();
    }
  }

  /** One thing happens, and somebody looks. */
  async function step(tables: readonly string[]): Promise<void> {
    const choice = random.below(20);
    if (choice === 0) passTime();
    else if (choice === 1) await found(draw.viewer());
    else if (choice === 2) await admit();
    else {
      const room = tables.filter((table) => facts.of(table).length < 40);
      for (let tries = 0; tries < 5; tries++) if (await moveAt(random.pick(room))) break;
    }
    const viewer = draw.viewer();
    if (random.oneIn(25)) await look(viewer, tables);
    else await look(viewer, [...new Set([random.pick(tables), random.pick(tables)])]);
    if (random.oneIn(4)) await peek(viewer, random.pick(tables));
    if (random.oneIn(12)) await forge(viewer);
    if (random.oneIn(12)) await lookAsJob(random.pick(JOBS), [random.pick(tables)]);
  }

  return { step, grow, look, peek, forge, lookAsJob, lookAsKeeper, moveAt, found, passTime, admit, researchAt };
}

function compareAll(
  answer: Awaited<ReturnType<Hands["read"]>>,
  tables: readonly string[],
  expectedOf: (table: string) => readonly Fact[],
  who: string,
): void {
  if ("refused" in answer) throw new Discrepancy(`${who} looks at ${tables.join(", ")}: refused with ${answer.refused}`);
  const shown = Map.groupBy(answer.rows, (row) => String(row["name"]));
  for (const table of tables) {
    const expected = expectedOf(table).map(wordsOf).sort();
    const got = (shown.get(table) ?? []).map((row) => wordsOf(factOf(String(row["fact"])))).sort();
    if (expected.length === got.length && expected.every((words, index) => words === got[index])) continue;
    const [leaked, missing] = [got.filter((words) => !expected.includes(words)), expected.filter((words) => !got.includes(words))];
    throw new Discrepancy(
      [`${who} looks at ${table}`, ...leaked.map((words) => `  is shown and must not be: ${words}`), ...missing.map((words) => `  is not shown and must be: ${words}`)].join("\n"),
    );
  }
}

function expectRefusal(answer: object, code: string, what: string): void {
  if (!("refused" in answer) || answer.refused !== code) throw new Discrepancy(`${what}: expected ${code}, got ${JSON.stringify(answer)}`);
}

/** Whoever may not is told so alike, whether what it named is there or not. */
function expectAddition(answer: WriteAnswer, allowed: boolean, code: string, what: string): void {
  if (!allowed) return expectRefusal(answer, code, what);
  if ("refused" in answer || answer.touched !== 1) throw new Discrepancy(`${what}: expected one row, got ${JSON.stringify(answer)}`);
}

type Touch = { readonly allowed: boolean; readonly seen: boolean; readonly what: string };

/** What is hidden is as if it were not there: nothing is touched, and nothing is refused. */
function expectTouch(answer: WriteAnswer, { allowed, seen, what }: Touch): void {
  const touched = "refused" in answer ? answer.refused : answer.touched;
  const expected = allowed ? [1] : seen ? [0, DENIED] : [0];
  if (!expected.includes(touched)) throw new Discrepancy(`${what}: expected ${expected.join(" or ")}, got ${touched}`);
}

function only(fact: Fact, keeps: (column: string) => boolean): Fact {
  return Object.fromEntries(Object.entries(fact).filter(([column]) => keeps(column)));
}

function strange(fact: Fact): Fact {
  return { ...fact, id: "00000000-0000-4000-8000-00000000dead", organisation_id: "00000000-0000-4000-8000-00000000beef", person_id: "00000000-0000-4000-8000-00000000cafe" };
}

function nameOf({ organisation, person, floor, secondFactor }: Viewer): string {
  return `member ${person} of ${organisation} (floor ${floor}${secondFactor ? "" : ", no second factor"})`;
}

export type { Actor };

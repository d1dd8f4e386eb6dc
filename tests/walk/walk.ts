import type { Actor, SignedActor, SystemActor } from "../../src/server/database/database.ts";
import { identifier, joined, sql, type SqlQuery } from "../../src/server/database/sql.ts";
import { ADDITIONS, FILLED_IN } from "./additions.ts";
import { CHANGES, SWEEPS } from "./changes.ts";
import { DAY_MS, MINUTE_MS, type Draw } from "./draw.ts";
import type { Hands, WriteAnswer } from "./hands.ts";
import { JOB_MOVES, type JobMove } from "./job-moves.ts";
import { has, type Fact } from "./oracle/facts.ts";
import { JOB_SEES, JOB_WRITES } from "./oracle/jobs.ts";
import { MAY_ADD, MAY_CHANGE, MAY_REMOVE } from "./oracle/who-may.ts";
import { eyesOf, isForEverybody, NEVER_TOLD, reachOf, SEES, type Eyes, type Viewer } from "./oracle/who-sees.ts";
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

/** What the rest hangs on. */
const MANY: ReadonlySet<string> = new Set(["circle_member", "opening", "draft_part", "invitation"]);
const FORGED = "SL001";
const DENIED = "42501";
export const JOBS = [
  "gatekeeper",
  "registrar",
  "releaser",
  "courier",
  "notary",
  "importer",
  "reader",
] as const satisfies readonly SystemActor[];

/** Moves by whoever may and whoever may not, and looks at what everybody is shown, each held against the oracle. */
export function createWalk({ hands, draw, shape, sign, signLongAgo, dry = false }: WalkParts) {
  const { random, facts } = draw;

  /** Everything of some tables, as a member: not one field more, and not one less. */
  async function look(viewer: Viewer, tables: readonly string[]): Promise<void> {
    const eyes = eyesOf(facts, viewer);
    const shown = tables.filter((table) => SEES[table] !== undefined && (eyes !== undefined || !isForEverybody(table)));
    if (shown.length > 0) {
      const answer = await hands.read(sign(viewer), everythingOf(shape, shown, "sluice_actor"));
      if (eyes === undefined) expectRefusal(answer, FORGED, `${nameOf(viewer)}, who is no member any more, looks at ${shown.join()}`);
      else compareAll(answer, shown, (table) => whatIsSeen(eyes, table), nameOf(viewer));
    }
    for (const table of tables.filter((name) => SEES[name] === undefined)) {
      expectRefusal(
        await hands.read(sign(viewer), sql`select count(*) from ${identifier(table)}`),
        DENIED,
        `${nameOf(viewer)} looks at ${table}`,
      );
    }
  }

  /** Single reads by true and by made-up ids, a count and a search: nothing but what the whole look shows. */
  async function peek(viewer: Viewer, table: string): Promise<void> {
    const eyes = eyesOf(facts, viewer);
    const fact = draw.one(table);
    if (eyes === undefined || fact === undefined || SEES[table] === undefined) return;
    const seen = facts.of(table).filter((told) => SEES[table]?.(eyes, told) ?? false);
    const readable = new Set(columnsOf(shape, table, "sluice_actor"));
    const marker = Object.entries(fact).find(
      ([column, value]) => readable.has(column) && typeof value === "string" && value.startsWith("told-"),
    );
    const keyed = shape.get(table)?.key.some((column) => column in strange({}) && typeof fact[column] === "string") ?? false;
    const questions: readonly (readonly [string, SqlQuery, number])[] = [
      ["by its key", sql`select 1 as one from ${identifier(table)} where ${keyIs(shape, table, fact)}`, seen.includes(fact) ? 1 : 0],
      ...(keyed
        ? ([
            ["by a key of nothing", sql`select 1 as one from ${identifier(table)} where ${keyIs(shape, table, strange(fact))}`, 0],
          ] as const)
        : []),
      ["by counting", sql`select 1 as one from generate_series(1, (select count(*) from ${identifier(table)}))`, seen.length],
      ...(marker === undefined
        ? []
        : ([
            [
              "by searching",
              sql`select 1 as one from ${identifier(table)} where ${identifier(marker[0])} like ${`%${String(marker[1]).slice(2)}%`}`,
              seen.filter((told) => told[marker[0]] === marker[1]).length,
            ],
          ] as const)),
    ];
    for (const [how, query, expected] of questions) {
      const answer = await hands.read(sign(viewer), query);
      if ("refused" in answer || answer.rows.length !== expected)
        throw new Discrepancy(
          `${nameOf(viewer)} asks ${table} ${how}: expected ${expected}, got ${"refused" in answer ? answer.refused : answer.rows.length}`,
        );
    }
  }

  /** A member's actor altered to be somebody else or to be shown more, and one that has expired. */
  async function forge(viewer: Viewer): Promise<void> {
    expectRefusal(
      await hands.read(signLongAgo(viewer), sql`select id from organisation`),
      FORGED,
      `${nameOf(viewer)} comes back with an old actor`,
    );
    const { signed } = sign(viewer);
    const seal = signed.slice(signed.lastIndexOf("."));
    const other = draw.viewer();
    for (const altered of [
      { ...viewer, organisation: other.organisation, person: other.person },
      { ...viewer, floor: 5 - viewer.floor },
    ]) {
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
      compareAll(
        answer,
        [table],
        () =>
          facts
            .of(table)
            .filter(sees)
            .map((fact) => only(fact, (column) => columns.has(column))),
        `the ${job}`,
      );
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
    const current = facts
      .of("draft_part")
      .filter((told) => has(told, { ...key, part_id: part["part_id"] ?? null, kind: "research", replaced_at: null }));
    const mayRead = isWriter && reachOf(eyes, part["organisation_id"], part["draft_id"]) === 1;
    const expected = mayRead
      ? facts.of("draft_research").filter((told) => current.some((revision) => has(told, { ...key, id: revision["id"] ?? null })))
      : [];
    const answer = await hands.read(
      sign(viewer),
      sql`select body from read_research(${part["organisation_id"]}, ${part["draft_id"]}, ${part["part_id"]})`,
    );
    if (eyes === undefined) return expectRefusal(answer, FORGED, `${nameOf(viewer)}, who is no member any more, reads research`);
    const bodies =
      "refused" in answer
        ? answer.refused
        : answer.rows
            .map((row) => String(row["body"]))
            .sort()
            .join();
    if (
      bodies !==
      expected
        .map((told) => String(told["body"]))
        .sort()
        .join()
    )
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
      const allowed = rule?.(fact, {}) ?? false;
      expectAddition(await hands.write(job, insertOf(table, fact)), allowed, DENIED, `the ${job} adds to ${table} ${wordsOf(fact)}`);
      if (allowed) await tell(table, { ...FILLED_IN[table], ...fact });
      return true;
    }
    const candidates = facts.of(table).filter(move.which);
    if (candidates.length === 0) return false;
    const fact = random.pick(candidates);
    const seen = JOB_SEES[job]?.[table]?.(fact) ?? false;
    const changes = move.does === "change" ? move.make(draw, fact) : {};
    const allowed = seen && (rule?.(fact, changes) ?? false);
    if (move.does === "change") {
      expectTouch(await hands.write(job, updateOf(shape, { table, fact, changes })), {
        allowed,
        seen: true,
        what: `the ${job} changes ${table} ${wordsOf(fact)} to ${wordsOf(changes)}`,
      });
      if (allowed && !dry) facts.change(table, fact, changes);
    } else {
      expectTouch(await hands.write(job, deleteOf(shape, table, fact)), {
        allowed,
        seen: true,
        what: `the ${job} removes from ${table} ${wordsOf(fact)}`,
      });
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
      [
        "opening",
        { organisation_id: organisation, record_id: id, circle_id: organisation, level: 1, opened_by: "owner", opened_at: draw.hour() },
      ],
      [
        "draft_advisory",
        { organisation_id: organisation, id, advisory_id: draw.text(), state: "open", created_by: viewer.person, created_at: draw.hour() },
      ],
      ["release_plan", { organisation_id: organisation, draft_id: id, state: "writing", revision: 1 }],
    ];
    for (const [table, fact] of steps) if (!(await add(viewer, table, fact))) return;
  }

  /** An owner asks an organisation into its circle, and that accepts, signs and is in. */
  async function admit({ joins = true } = {}): Promise<void> {
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
    await change(member, "invitation", {
      fact: invitation,
      changes: { state: "accepted", answered_by: member.person, answered_at: draw.hour() },
    });
    if (!joins) return;
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
    const member = facts
      .of("member")
      .find((told) => has(told, { organisation_id: String(organisation), role: "administrator", revoked_at: null }));
    return member && { organisation: String(organisation), person: String(member["person_id"]), floor: 1, secondFactor: true };
  }

  /** One move of anybody's that touches the table; false = nothing fitted. */
  async function moveAt(table: string): Promise<boolean> {
    const jobMoves = JOB_MOVES.filter((move) => move.table === table);
    const choice = random.below(10);
    if (jobMoves.length > 0 && (choice < 3 || (ADDITIONS[table] === undefined && CHANGES[table] === undefined))) {
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
    const chosen = chosenFrom(most, wanted, () => {
      const viewer = draw.viewer();
      const fact = ADDITIONS[table]?.(draw, viewer);
      const eyes = eyesOf(facts, viewer);
      return fact && { viewer, fact, eyes, allowed: eyes !== undefined && (MAY_ADD[table]?.(eyes, fact) ?? false) };
    });
    if (chosen === undefined) return false;
    await add(chosen.viewer, table, chosen.fact);
    return true;
  }

  async function changeAt(table: string, { wanted = !random.oneIn(3), most = 8 } = {}): Promise<boolean> {
    const chosen = chosenFrom(most, wanted, () => {
      const viewer = draw.viewer();
      const fact = draw.one(table);
      const changes = fact && CHANGES[table]?.(draw, viewer, fact);
      if (fact === undefined || changes === undefined) return undefined;
      const eyes = eyesOf(facts, viewer);
      const allowed = eyes !== undefined && (SEES[table]?.(eyes, fact) ?? false) && (MAY_CHANGE[table]?.(eyes, fact, changes) ?? false);
      return { viewer, fact, changes, eyes, allowed };
    });
    if (chosen === undefined) return false;
    await change(chosen.viewer, table, chosen);
    return true;
  }

  type Candidate = { readonly viewer: Viewer; readonly fact: Fact; readonly eyes: Eyes | undefined; readonly allowed: boolean };

  /** What is allowed, or what is not: then half of the time what comes nearest to being so. */
  function chosenFrom<C extends Candidate>(most: number, wanted: boolean, make: () => C | undefined): C | undefined {
    const candidates: C[] = [];
    for (let tries = 0; tries < most; tries++) {
      const candidate = make();
      if (candidate === undefined) continue;
      if (wanted && candidate.allowed) return candidate;
      candidates.push(candidate);
    }
    const refused = candidates.filter(({ allowed }) => !allowed);
    if (wanted || random.oneIn(2)) return refused[0] ?? candidates[0];
    return refused.toSorted((a, b) => nearness(b) - nearness(a))[0] ?? candidates[0];
  }

  function nearness({ viewer, fact, eyes }: Candidate): number {
    if (eyes === undefined) return 0;
    const record = fact["draft_id"] ?? fact["record_id"];
    const own = Object.values(fact).filter((value) => value === viewer.organisation || value === viewer.person).length;
    const sees = record !== undefined && reachOf(eyes, fact["organisation_id"], record) === 1;
    return 2 * own + (sees ? 2 : 0) + (eyes.role === "administrator" ? 2 : eyes.role === "editor" ? 1 : 0) + (viewer.floor === 1 ? 1 : 0);
  }

  /** A change without a condition, taken back: it reaches what the viewer may change, whatever else is there. */
  async function sweep(viewer: Viewer, table: string): Promise<void> {
    const changes = SWEEPS[table]?.(draw, viewer);
    const eyes = eyesOf(facts, viewer);
    if (changes === undefined || eyes === undefined) return;
    const expected = facts.of(table).filter((fact) => MAY_CHANGE[table]?.(eyes, fact, changes) ?? false).length;
    const answer = await hands.trial(sign(viewer), updateOf(shape, { table, fact: undefined, changes }));
    const touched = "refused" in answer ? answer.refused : answer.touched;
    if (touched !== expected)
      throw new Discrepancy(`${nameOf(viewer)} changes all of ${table} to ${wordsOf(changes)}: expected ${expected}, got ${touched}`);
  }

  /** A removal without a condition, taken back. */
  async function sweepAway(viewer: Viewer, table: string): Promise<void> {
    const eyes = eyesOf(facts, viewer);
    if (MAY_REMOVE[table] === undefined || eyes === undefined) return;
    const expected = facts.of(table).filter((fact) => MAY_REMOVE[table]?.(eyes, fact) ?? false).length;
    const answer = await hands.trial(sign(viewer), sql`delete from ${identifier(table)}`);
    const touched = "refused" in answer ? answer.refused : answer.touched;
    if (touched !== expected) throw new Discrepancy(`${nameOf(viewer)} removes all of ${table}: expected ${expected}, got ${touched}`);
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
    const step = random.oneIn(10)
      ? -MINUTE_MS * random.below(90)
      : random.oneIn(3)
        ? random.below(2 * DAY_MS)
        : random.below(60 * MINUTE_MS);
    facts.setNow(facts.nowMs() + step);
  }

  /** Something of everything, by whoever may: a world in which there is much to be shown to the wrong one. */
  async function grow(tables: readonly string[], rounds: number): Promise<void> {
    const open = JOB_MOVES.find((move) => move.table === "opening");
    for (let round = 0; round < rounds; round++) {
      await found(draw.viewer());
      for (let times = 0; times < 4; times++) {
        await admit();
        if (open !== undefined) await jobMove("releaser", open);
      }
      for (const table of tables.filter((name) => facts.of(name).length < (MANY.has(name) ? 40 : name === "draft_research" ? 3 : 12))) {
        const moves = JOB_MOVES.filter((move) => move.table === table && move.does !== "remove");
        const move = moves.length === 0 ? undefined : random.pick(moves);
        const doer = move && JOBS.find((job) => JOB_WRITES[job]?.[table]?.[move.does] !== undefined);
        if (move !== undefined && doer !== undefined) await jobMove(doer, move);
        if (ADDITIONS[table] !== undefined) await addAt(table, { wanted: true, most: 30 });
        if (CHANGES[table] !== undefined && random.oneIn(4)) await changeAt(table, { wanted: true, most: 30 });
      }
      facts.setNow(facts.nowMs() + random.below(90 * MINUTE_MS));
    }
    await lastThings();
  }

  /** What seldom comes by chance: somebody left, came just now, was only asked, knows nobody; a circle in use was closed. */
  async function lastThings(): Promise<void> {
    const leaving = facts.of("member").findLast((fact) => fact["role"] !== "administrator" && fact["revoked_at"] === null);
    const sender = leaving && administratorOf(leaving["organisation_id"]);
    if (leaving !== undefined && sender !== undefined)
      await change(sender, "member", { fact: leaving, changes: { revoked_at: draw.hour(), revoked_by: sender.person } });
    const used = facts.of("circle").find((circle) => circle["closed_at"] === null && isInUse(circle));
    const owner = used && administratorOf(used["organisation_id"]);
    if (used !== undefined && owner !== undefined) await change(owner, "circle", { fact: used, changes: { closed_at: draw.hour() } });
    for (let times = 0; times < 10; times++) await addAt("invitation", { wanted: true, most: 40 });
    const [organisation, person] = [draw.uuid(), draw.uuid()];
    await gatekeeperAdds("organisation", {
      id: organisation,
      kind: "lab",
      name: draw.text(),
      sector: null,
      country: null,
      has_intelligence_function: false,
      created_at: draw.hour(),
    });
    await gatekeeperAdds("person", { id: person, kind: "human", created_at: draw.hour() });
    const since = { since: draw.hour(), revoked_at: null, revoked_by: null };
    await gatekeeperAdds("member", {
      organisation_id: organisation,
      person_id: person,
      name: draw.text(),
      email: null,
      role: "editor",
      ...since,
    });
    for (let times = 0; times < 4; times++) await admit();
    facts.setNow(facts.nowMs() - 10 * MINUTE_MS);
    for (let times = 0; times < 6; times++) await admit({ joins: false });
  }

  /** Somebody who is not its owner sees something by it that is not public. */
  function isInUse(circle: Fact): boolean {
    return facts
      .of("member")
      .filter((member) => member["organisation_id"] !== circle["organisation_id"] && member["revoked_at"] === null)
      .some((member) => {
        const eyes = eyesOf(facts, {
          organisation: String(member["organisation_id"]),
          person: String(member["person_id"]),
          floor: 1,
          secondFactor: true,
        });
        return eyes?.openings.some(
          (opening) =>
            opening["circle_id"] === circle["id"] &&
            opening["organisation_id"] !== member["organisation_id"] &&
            Number(opening["level"]) < 5,
        );
      });
  }

  async function gatekeeperAdds(table: string, fact: Fact): Promise<void> {
    await jobMove("gatekeeper", { does: "add", table, make: () => fact });
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
    if (random.oneIn(8)) await sweep(viewer, random.pick(Object.keys(SWEEPS)));
    if (random.oneIn(20)) await sweepAway(viewer, random.pick(Object.keys(MAY_REMOVE)));
    if (random.oneIn(12)) await forge(viewer);
    if (random.oneIn(12)) await lookAsJob(random.pick(JOBS), [random.pick(tables)]);
  }

  return { step, grow, look, peek, forge, lookAsJob, lookAsKeeper, moveAt, found, passTime, admit, research, researchAt, sweep, sweepAway };
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
      [
        `${who} looks at ${table}`,
        ...leaked.map((words) => `  is shown and must not be: ${words}`),
        ...missing.map((words) => `  is not shown and must be: ${words}`),
      ].join("\n"),
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
  return {
    ...fact,
    id: "00000000-0000-4000-8000-00000000dead",
    organisation_id: "00000000-0000-4000-8000-00000000beef",
    person_id: "00000000-0000-4000-8000-00000000cafe",
  };
}

function nameOf({ organisation, person, floor, secondFactor }: Viewer): string {
  return `member ${person} of ${organisation} (floor ${floor}${secondFactor ? "" : ", no second factor"})`;
}

export type { Actor };

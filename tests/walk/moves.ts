import type { SystemActor } from "../../src/server/database/database.ts";
import { identifier, joined, sql } from "../../src/server/database/sql.ts";
import { FILLED_IN } from "./additions.ts";
import { SWEEPS } from "./changes.ts";
import { DENIED, Discrepancy, expectAddition, expectRefusal, expectTouch, FORGED, nameOf, OUTDATED, UNKEYED } from "./discrepancy.ts";
import type { JobMove } from "./job-moves.ts";
import { has, type Fact } from "./oracle/facts.ts";
import { JOB_SEES, JOB_WRITES } from "./oracle/jobs.ts";
import { isMisplaced, isOutdated } from "./oracle/who-may-with-models.ts";
import { MAY_ADD, MAY_CHANGE, MAY_REMOVE } from "./oracle/who-may.ts";
import { eyesOf, reachOf, SEES, type Viewer } from "./oracle/who-sees.ts";
import { columnsOf, deleteOf, insertOf, updateOf, wordsOf } from "./shape.ts";
import type { WalkParts } from "./walk-parts.ts";

export type Moves = ReturnType<typeof createMoves>;

/** One move of anybody's each: what the database makes of it is held against who may, and what is done is told to the oracle. */
export function createMoves({ hands, draw, shape, sign, dry = false }: WalkParts) {
  const { random, facts } = draw;

  async function add(viewer: Viewer, table: string, fact: Fact): Promise<boolean> {
    const eyes = eyesOf(facts, viewer);
    const allowed = eyes !== undefined && (MAY_ADD[table]?.(eyes, fact) ?? false);
    const answer = await hands.write(sign(viewer), insertOf(table, fact));
    const what = `${nameOf(viewer)} adds to ${table} ${wordsOf(fact)}`;
    if (allowed && isMisplaced(facts, table, fact)) {
      expectRefusal(answer, UNKEYED, what);
      return false;
    }
    if (allowed && isOutdated(facts, table, fact)) {
      expectRefusal(answer, OUTDATED, what);
      return false;
    }
    expectAddition(answer, allowed, eyes === undefined ? FORGED : DENIED, what);
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

  return { add, change, remove, research, jobMove, sweep, sweepAway };
}

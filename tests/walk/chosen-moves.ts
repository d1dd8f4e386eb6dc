import { ADDITIONS } from "./additions.ts";
import { CHANGES } from "./changes.ts";
import type { Draw } from "./draw.ts";
import { JOB_MOVES, JOBS } from "./job-moves.ts";
import type { Moves } from "./moves.ts";
import type { Fact } from "./oracle/facts.ts";
import { JOB_WRITES } from "./oracle/jobs.ts";
import { MAY_ADD, MAY_CHANGE, MAY_REMOVE } from "./oracle/who-may.ts";
import { eyesOf, reachOf, SEES, type Eyes, type Viewer } from "./oracle/who-sees.ts";

export type ChosenMoves = ReturnType<typeof createChosenMoves>;

/** Moves at a table: by whoever may, and by whoever almost may. */
export function createChosenMoves(draw: Draw, { add, change, remove, research, jobMove }: Moves) {
  const { random, facts } = draw;

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

  return { moveAt, addAt, changeAt };
}

import type { SystemActor } from "../../src/server/database/database.ts";
import { identifier, sql, type SqlQuery } from "../../src/server/database/sql.ts";
import { compareAll, DENIED, Discrepancy, expectRefusal, FORGED, nameOf } from "./discrepancy.ts";
import type { ReadAnswer } from "./hands.ts";
import type { Fact } from "./oracle/facts.ts";
import { JOB_SEES } from "./oracle/jobs.ts";
import { eyesOf, isForEverybody, NEVER_TOLD, SEES, type Eyes, type Viewer } from "./oracle/who-sees.ts";
import { columnsOf, everythingOf, keyIs } from "./shape.ts";
import type { WalkParts } from "./walk-parts.ts";

export type Looks = ReturnType<typeof createLooks>;

/** What everybody is shown, held against the oracle. */
export function createLooks({ hands, draw, shape, sign, signLongAgo }: WalkParts) {
  const { facts } = draw;

  /** Everything of some tables, as a member: not one field more, and not one less. */
  async function look(viewer: Viewer, tables: readonly string[]): Promise<void> {
    const eyes = eyesOf(facts, viewer);
    const shown = tables.filter((table) => SEES[table] !== undefined && (eyes !== undefined || !isForEverybody(table)));
    if (shown.length > 0) {
      const answer = await hands.read(sign(viewer), everythingOf(shape, shown, "sluice_actor"));
      if (eyes === undefined) expectNothing(answer, shown, viewer);
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

  /** A policy asks who looks with the first row that there is: over tables without a row nobody is asked, and nothing is shown. */
  function expectNothing(answer: ReadAnswer, tables: readonly string[], viewer: Viewer): void {
    const hasRow = tables.some((table) => facts.of(table).length > 0);
    if (!hasRow && "rows" in answer && answer.rows.length === 0) return;
    expectRefusal(answer, FORGED, `${nameOf(viewer)}, who is no member any more, looks at ${tables.join()}`);
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

  return { look, peek, forge, lookAsJob, lookAsKeeper };
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

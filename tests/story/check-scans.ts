import assert from "node:assert/strict";
import type { Client } from "../../src/contract/client.ts";
import type { AnswerOf } from "../../src/contract/endpoint.ts";
import { scanDocument } from "../../src/contract/endpoints/scans.ts";
import { OPERATORS, type Operator } from "./cast.ts";
import { AMENDED_DELTA, DRAFT_STORIES, type Draft } from "./drafts.ts";
import type { Oracle, ScanFacts } from "./oracle.ts";
import { reading } from "./perform.ts";
import type { Stage } from "./set-the-stage.ts";
import { msOf } from "./story-hour.ts";
import type { LoadedSystem } from "./systems.ts";
import { patchOf, summaryOf } from "./written-parts.ts";

export type Systems = ReadonlyMap<Operator, LoadedSystem>;

export async function loadSystems(load: (operator: Operator) => Promise<LoadedSystem>): Promise<Systems> {
  return new Map(await Promise.all(OPERATORS.map(async (one) => [one, await load(one)] as const)));
}

/** Operators scan what they run, as themselves and as a stranger: each answer says what it must, and nothing beside it. */
export async function checkScans(stage: Stage, oracle: Oracle, systems: Systems, asStrangersToo: boolean): Promise<void> {
  await Promise.all(
    [...systems].map(async ([operator, system]) => {
      const expected = oracle.scanOf(operator, system.runs);
      const answer = await scan(stage.as(operator), system);
      checkStaged(stage, answer, expected, operator);
      checkPublic(stage, answer, expected, `the scan of ${operator}`);
      if (!asStrangersToo) return;
      const strangers = await scan(stage.stranger, system);
      assert.equal(strangers.staged, undefined, "strangers are told nothing that is staged");
      checkPublic(stage, strangers, expected, `a stranger's scan of what ${operator} runs`);
    }),
  );
}

type Answer = AnswerOf<typeof scanDocument>;

function scan(client: Client, { lockfile, bytes }: LoadedSystem): Promise<Answer> {
  return reading(() => client(scanDocument, { body: bytes, query: { name: lockfile.split("/").at(-1) ?? lockfile } }));
}

function checkStaged(stage: Stage, { staged }: Answer, expected: ScanFacts, operator: Operator): void {
  const findings = (staged?.findings ?? []).map(({ draft, advisory, title, publicAt, components, patches }) => ({
    draft,
    advisory,
    title,
    publicMs: publicAt?.instantMs,
    components: components.map(wordsOf).sort(),
    hasPlaces: components.every(({ places }) => places.length > 0),
    patches: patches.map(({ text }) => text),
  }));
  assert.deepEqual(
    sorted(findings),
    sorted(
      [...expected.findings].map(([draft, components]) => ({
        ...headOf(stage, draft),
        title: summaryOf(draft),
        publicMs: publicHourOf(stage, draft),
        components: [...components],
        hasPlaces: true,
        patches: [patchOf(draft)],
      })),
    ),
    `what is staged at fix in the scan of ${operator}`,
  );
  const notices = (staged?.notices ?? []).map(({ draft, advisory, publicAt, ecosystem, name }) => ({
    draft,
    advisory,
    publicMs: publicAt?.instantMs,
    name: `${ecosystem} ${name.toLowerCase()}`,
  }));
  assert.deepEqual(
    sorted(notices),
    sorted(
      [...expected.notices].flatMap(([draft, names]) =>
        names.map((name) => ({ ...headOf(stage, draft), publicMs: publicHourOf(stage, draft), name })),
      ),
    ),
    `what is announced in the scan of ${operator}`,
  );
  assert.deepEqual(staged?.cannotCompare ?? [], [], `every version in the scan of ${operator} can be compared`);
}

function checkPublic(stage: Stage, { findings }: Answer, expected: ScanFacts, about: string): void {
  const found = findings.map(({ ids, components }) => ({ id: ids.join(" "), components: components.map(wordsOf).sort() }));
  const published = [...expected.published].map(([draft, components]) => ({
    id: headOf(stage, draft).advisory,
    components: [...components],
  }));
  assert.deepEqual(
    found.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    published.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    `what is public in ${about}`,
  );
}

type Component = NonNullable<Answer["staged"]>["findings"][number]["components"][number];

function wordsOf({ ecosystem, name, version, fix }: Pick<Component, "ecosystem" | "name" | "version" | "fix">): string {
  return `${ecosystem} ${name.toLowerCase()} ${version} until ${fix.kind === "version" ? fix.version : fix.kind}`;
}

function headOf(stage: Stage, draft: Draft): { readonly draft: string; readonly advisory: string } {
  const written = stage.drafts.get(draft);
  return { draft: written?.id ?? draft, advisory: written?.advisory ?? draft };
}

/** As the plan in force has it. */
function publicHourOf(stage: Stage, draft: Draft): number | undefined {
  const isAmended = draft === "delta" && (stage.drafts.get(draft)?.stages.size ?? 0) > DRAFT_STORIES.delta.stages.length;
  const stages = isAmended ? AMENDED_DELTA : DRAFT_STORIES[draft].stages;
  const hour = stages.find(({ to }) => to === undefined)?.opens;
  return hour === undefined ? undefined : msOf(hour);
}

function sorted<T>(rows: readonly T[]): readonly T[] {
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

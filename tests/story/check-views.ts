import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Client } from "../../src/contract/client.ts";
import { downloadDraftOsv, listDraftEvents, listDrafts, readDraft, readResearch } from "../../src/contract/endpoints/drafts.ts";
import { readReleasePlan } from "../../src/contract/endpoints/releases.ts";
import type { DraftLevel } from "../../src/vocabulary/level.ts";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { ORGANISATIONS, type Organisation } from "./cast.ts";
import { DRAFT_STORIES, type Draft } from "./drafts.ts";
import { kindsSeenAt, type Oracle } from "./oracle.ts";
import { reading } from "./perform.ts";
import { known, type Stage } from "./set-the-stage.ts";
import { partsOf, summaryOf } from "./written-parts.ts";

/** Everybody's list is what the oracle says: no draft is missing, none is there beside it, and each row says what its level shows. */
export async function checkLists(stage: Stage, oracle: Oracle): Promise<void> {
  await Promise.all(ORGANISATIONS.map((whom) => checkList(stage, oracle, whom, stage.as(whom))));
}

/** What everybody reads of these drafts is what the oracle says, and what is not for somebody is like nothing at all. */
export async function checkDrafts(stage: Stage, oracle: Oracle, drafts: Iterable<Draft>): Promise<void> {
  const asked = [...drafts];
  await Promise.all(
    ORGANISATIONS.map(async (whom) => {
      for (const draft of asked) await checkDraft(stage, oracle, whom, draft);
    }),
  );
}

/** Everything else that there is of a draft: its plan, its record, its events, its research. */
export async function checkDeeply(stage: Stage, oracle: Oracle, draft: Draft): Promise<void> {
  const written = stage.drafts.get(draft);
  if (written === undefined) return;
  const research = await researchIdOf(stage, draft);
  await Promise.all(ORGANISATIONS.map((whom) => checkRest(stage, oracle, { whom, draft, id: written.id, research })));
}

async function checkList(stage: Stage, oracle: Oracle, whom: Organisation, client: Client): Promise<void> {
  const { rows, next } = await reading(() => client(listDrafts, { query: { limit: 200 } }));
  assert.equal(next, undefined);
  const seen = rows.map(({ id, level, state, summary, owner }) => ({ id, level, state, summary, owner: owner?.organisation }));
  const expected = [...stage.drafts].flatMap(([draft, { id }]) => {
    if (!oracle.isListed(whom, draft)) return [];
    const level = known(oracle.levelOf(whom, draft), "level");
    const details = isAbove(level, "notice")
      ? { summary: summaryOf(draft), owner: stage.idOf(DRAFT_STORIES[draft].owner) }
      : { summary: undefined, owner: undefined };
    return [{ id, level, state: oracle.stateOf(draft), ...details }];
  });
  assert.deepEqual(sortedById(seen), sortedById(expected), `the list of ${whom}`);
}

async function checkDraft(stage: Stage, oracle: Oracle, whom: Organisation, draft: Draft): Promise<void> {
  const written = stage.drafts.get(draft);
  if (written === undefined) return;
  const client = stage.as(whom);
  const level = oracle.levelOf(whom, draft);
  const about = `${draft} as ${whom} sees it`;
  if (level === undefined) {
    assert.equal(await refusalOf(client, written.id, about), await missingWords(stage, client), `${about}: hidden is like missing`);
    return;
  }
  const read = await reading(() => client(readDraft, { params: { draft: written.id } }));
  assert.deepEqual([read.level, read.state], [level, oracle.stateOf(draft)], about);
  const isPublished = read.state === "published";
  assert.equal(read.advisory, isAbove(level, "notice") || isPublished ? written.advisory : undefined, `${about}: its id`);
  assert.equal(read.case !== undefined, level === "case", `${about}: who works on it`);
  assert.deepEqual(
    read.parts?.map(({ kind }) => kind).sort() ?? [],
    partsOf(draft)
      .map(({ kind }) => kind)
      .filter((kind) => kindsSeenAt(level).includes(kind))
      .sort(),
    `${about}: its parts`,
  );
  const packages = level === "public" ? [] : DRAFT_STORIES[draft].affects.map(({ ecosystem, name }) => ({ ecosystem, name }));
  assert.deepEqual(read.packages, packages, `${about}: packages`);
  const text = JSON.stringify(read);
  for (const { kind, body } of partsOf(draft)) {
    const words: string | undefined = "text" in body ? body.text : undefined;
    if (words === undefined) continue;
    const isShown: boolean = kind !== "research" && kindsSeenAt(level).includes(kind);
    assert.equal(text.includes(words), isShown, `${about}: the words of its ${kind}`);
  }
}

type Asked = { readonly whom: Organisation; readonly draft: Draft; readonly id: string; readonly research: string };

async function checkRest(stage: Stage, oracle: Oracle, { whom, draft, id, research }: Asked): Promise<void> {
  const client = stage.as(whom);
  const params = { draft: id };
  const level = oracle.levelOf(whom, draft);
  const about = `of ${draft}, for ${whom} at ${level ?? "nothing"}`;
  const seesFix = level !== undefined && isAbove(level, "notice");
  assert.equal((await answered(() => client(readReleasePlan, { params }))) !== undefined, level === "case", `the plan ${about}`);
  assert.equal((await answered(() => client(downloadDraftOsv, { params }))) !== undefined, seesFix, `the record ${about}`);
  const events = await answered(() => client(listDraftEvents, { params, query: { limit: 200 } }));
  assert.equal(events !== undefined, seesFix, `the events ${about}`);
  const tooMuch = events?.rows.filter((event) => level !== undefined && isAbove(event.level, level)) ?? [];
  assert.deepEqual(tooMuch, [], `the events ${about}`);
  if (level === "case") return;
  assert.equal(
    await answered(() => client(readResearch, { params: { ...params, part: research }, body: {} })),
    undefined,
    `the research ${about}`,
  );
}

/** The id of the part that only those who see the case are told of. */
async function researchIdOf(stage: Stage, draft: Draft): Promise<string> {
  const owner = stage.as(DRAFT_STORIES[draft].owner);
  const { parts = [] } = await reading(() => owner(readDraft, { params: { draft: stage.drafts.get(draft)?.id ?? "" } }));
  return known(
    parts.find(({ kind }) => kind === "research"),
    "research",
  ).id;
}

/** What one is told who asks for what is not for one. */
async function refusalOf(client: Client, draft: string, about: string): Promise<string> {
  try {
    await reading(() => client(readDraft, { params: { draft } }));
  } catch (error) {
    if (isCodedError(error, "not-found")) return error.message;
    throw error;
  }
  return assert.fail(`${about}: expected nothing, not even that it exists`);
}

/** What one is told who asks for what nobody has ever written. */
async function missingWords(stage: Stage, client: Client): Promise<string> {
  const told = missing.get(stage) ?? (await refusalOf(client, randomUUID(), "a draft that is none"));
  missing.set(stage, told);
  return told;
}

const missing = new WeakMap<Stage, string>();

/** Undefined = refused as not found, which is the only refusal that is expected here. */
async function answered<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await reading(ask);
  } catch (error) {
    if (isCodedError(error, "not-found")) return undefined;
    throw error;
  }
}

const ORDER: readonly DraftLevel[] = ["case", "build", "fix", "notice", "public"];

/** True when `level` is the more confidential one. */
function isAbove(level: DraftLevel, other: DraftLevel): boolean {
  return ORDER.indexOf(level) < ORDER.indexOf(other);
}

function sortedById<T extends { readonly id: string }>(rows: readonly T[]): readonly T[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { readDraft } from "../../src/contract/endpoints/drafts.ts";
import { readLedgerCheckpoint } from "../../src/contract/endpoints/ledger.ts";
import { readReleasePlan } from "../../src/contract/endpoints/releases.ts";
import { readSession } from "../../src/contract/endpoints/sign-in.ts";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { CAST, ORGANISATIONS } from "./cast.ts";
import { checkScans, loadSystems, type Systems } from "./check-scans.ts";
import { checkDeeply, checkDrafts, checkLists } from "./check-views.ts";
import { DRAFT_STORIES, DRAFTS, type Draft } from "./drafts.ts";
import { createOracle, type Oracle } from "./oracle.ts";
import { perform, reading } from "./perform.ts";
import { type Act, SCRIPT } from "./script.ts";
import { setTheStage, type Stage } from "./set-the-stage.ts";
import { hoursOfStory, msOf, type StoryHour } from "./story-hour.ts";
import type { StoryServer } from "./story-server.ts";

export type Told = {
  readonly stage: Stage;
  readonly oracle: Oracle;
  readonly systems: Systems;
  /** Of the ledger, as a stranger kept it after the first day. */
  readonly keptCheckpoint: () => string;
};

export type TellOptions = {
  /** Called before each thing that is done, and before each hour passes: where the server may be killed. */
  readonly before?: (what: Act | StoryHour) => void;
  /** Whether all that there is of a draft is looked at after each thing that is done with it; otherwise at the end alone. */
  readonly thoroughly: boolean;
};

/** An hour before anything is written. */
export const BEGINS_MS = msOf("Mon 07") - 3_600_000;

/** Goes through the story hour by hour, and holds everything that anybody is shown to the oracle after each step. */
export async function tellStory(server: StoryServer, { before = () => {}, thoroughly }: TellOptions): Promise<Told> {
  const oracle = createOracle(ORGANISATIONS, (whom) => CAST[whom].excluded === true);
  oracle.timeIs(BEGINS_MS);
  const stage = await setTheStage(server, oracle);
  let keptCheckpoint = "";
  const told: Told = { stage, oracle, systems: await loadSystems(), keptCheckpoint: () => keptCheckpoint };
  const changes = createChanges(oracle);
  for (const hour of hoursOfStory()) {
    const scene = SCRIPT.find(({ at }) => at === hour);
    await inHour(hour, async () => {
      before(hour);
      oracle.timeIs(msOf(hour));
      await server.setClock(msOf(hour));
      const changed = changes();
      await checkChanged(told, changed);
      if (changed.length > 0) await checkLists(stage, oracle);
      const hasPublished = changed.some((draft) => oracle.stateOf(draft) === "published");
      await checkScans(stage, oracle, changed.length > 0 ? told.systems : oneOf(told.systems, msOf(hour)), hasPublished);
    });
    if (hour === "Tue 07") keptCheckpoint = await reading(() => stage.stranger(readLedgerCheckpoint));
    if (scene === undefined) continue;
    for (const act of scene.acts) {
      await inHour(`${hour}: ${act.who} ${act.does}`, async () => {
        before(act);
        await perform(stage, oracle, act);
        await checkChanged(told, changes());
        if (thoroughly && isWeighty(act)) await checkDeeply(stage, oracle, act.draft);
      });
    }
    for (const [who, draft, level] of scene.known) {
      assert.equal(oracle.levelOf(who, draft) ?? "nothing", level, `${hour}, ${scene.title}: what ${who} knows of ${draft}`);
    }
    await inHour(`${hour}, ${scene.title}`, async () => {
      await checkLists(stage, oracle);
      if (scene.acts.length > 0) await checkScans(stage, oracle, told.systems, thoroughly);
      await checkEditor(stage, scene.acts);
    });
  }
  await inHour("the end", async () => {
    await checkDrafts(stage, oracle, DRAFTS);
    for (const draft of DRAFTS) await checkDeeply(stage, oracle, draft);
  });
  return told;
}

async function checkChanged({ stage, oracle }: Told, changed: readonly Draft[]): Promise<void> {
  await untilOpened(stage, oracle, changed);
  await checkDrafts(stage, oracle, changed);
}

/** In an hour in which nothing happens one operator looks, another one each hour. */
function oneOf(systems: Systems, ms: number): Systems {
  const all = [...systems];
  return new Map(all.slice((ms / 3_600_000) % all.length).slice(0, 1));
}

/** What more follows from than an opening. */
function isWeighty(act: Act): act is Extract<Act, { readonly draft: Draft }> {
  return ["ends-early", "excepts", "consents", "abandons"].includes(act.does);
}

/** Drafts of which somebody sees something else than when one last asked. */
function createChanges(oracle: Oracle): () => readonly Draft[] {
  const before = new Map<Draft, string>();
  return () =>
    DRAFTS.filter((draft) => {
      const levels = ORGANISATIONS.map((whom) => oracle.levelOf(whom, draft) ?? "nothing");
      if (levels.every((level) => level === "nothing")) return false;
      const now = [...levels, oracle.stateOf(draft), oracle.opened(draft).length].join(" ");
      const isOther = before.get(draft) !== now;
      before.set(draft, now);
      return isOther;
    });
}

const PATIENCE_MS = 30_000;
const LOOK_AGAIN_MS = 15;

/** The release job needs a moment. When all that should open has opened, what is shown is looked at, once. */
async function untilOpened(stage: Stage, oracle: Oracle, drafts: readonly Draft[]): Promise<void> {
  const givenUp = performance.now() + PATIENCE_MS;
  for (const draft of drafts) {
    while (!(await isSettled(stage, oracle, draft)) && performance.now() < givenUp) await pause(LOOK_AGAIN_MS);
  }
}

async function isSettled(stage: Stage, oracle: Oracle, draft: Draft): Promise<boolean> {
  const owner = stage.as(DRAFT_STORIES[draft].owner);
  const params = { draft: stage.drafts.get(draft)?.id ?? "" };
  const { opened } = await reading(() => owner(readReleasePlan, { params }));
  if (opened.length < oracle.opened(draft).length) return false;
  return (await reading(() => owner(readDraft, { params }))).state === oracle.stateOf(draft);
}

/** A failure says in which hour of the story it came. */
async function inHour(when: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (cause) {
    throw new Error(`${when}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The editor's token works until the editor is dismissed. */
async function checkEditor(stage: Stage, acts: readonly Act[]): Promise<void> {
  if (acts.some(({ does }) => does === "dismisses")) dismissed.add(stage);
  const answer = await reading(() => stage.editor.client(readSession)).catch((error: unknown) => error);
  assert.equal(isCodedError(answer, "credential-refused"), dismissed.has(stage), "a dismissed member's token opens nothing");
}

const dismissed = new WeakSet<Stage>();

import { setTimeout as pause } from "node:timers/promises";
import { readDraft } from "../../src/contract/endpoints/drafts.ts";
import { readReleasePlan } from "../../src/contract/endpoints/releases.ts";
import { DRAFT_STORIES, type Draft } from "./drafts.ts";
import type { Oracle } from "./oracle.ts";
import { reading } from "./perform.ts";
import type { Stage } from "./set-the-stage.ts";

const PATIENCE_MS = 30_000;
const LOOK_AGAIN_MS = 15;

/** The release job needs a moment. When all that should open has opened, or patience is over, what is shown is looked at, once. */
export async function untilOpened(stage: Stage, oracle: Oracle, drafts: readonly Draft[]): Promise<void> {
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

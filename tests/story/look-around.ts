import assert from "node:assert/strict";
import { readSession } from "../../src/contract/endpoints/sign-in.ts";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { ORGANISATIONS } from "./cast.ts";
import { checkAccess, checkRegister } from "./check-access.ts";
import { checkScans, type Systems } from "./check-scans.ts";
import { checkDeeply, checkDrafts, checkLists } from "./check-views.ts";
import { DRAFTS, type Draft } from "./drafts.ts";
import type { Oracle } from "./oracle.ts";
import { reading } from "./perform.ts";
import type { Act, Scene } from "./script.ts";
import type { Stage } from "./set-the-stage.ts";
import { msOf, type StoryHour } from "./story-hour.ts";
import { untilOpened } from "./until-opened.ts";

/**
 * `deeply`: at everybody's list and scan, at what everybody reads of each draft that changed, and after what weighs most at all that there is of it.
 * `each step`: at lists and scans. `never`: where only the end counts.
 */
export type Looks = "deeply" | "each step" | "never";

/** Looks around after each step of the story, and holds what is shown to the oracle. */
export type Lookout = {
  readonly afterHour: (hour: StoryHour) => Promise<void>;
  readonly afterAct: (act: Act) => Promise<void>;
  readonly afterScene: (scene: Scene) => Promise<void>;
  readonly atTheEnd: () => Promise<void>;
};

export type Watched = {
  readonly stage: Stage;
  readonly oracle: Oracle;
  /** Scanned after each step. */
  readonly systems: Systems;
  /** Scanned each evening and at the end, where one looks deeply. */
  readonly realSystems: Systems;
};

export function createLookout({ stage, oracle, systems, realSystems }: Watched, looks: Looks): Lookout {
  const before = new Map<Draft, string>();
  let isEditorDismissed = false;

  /** Waits for what should have opened, and returns the drafts of which somebody sees something else than when one last looked. */
  const changes = async (): Promise<readonly Draft[]> => {
    const changed = DRAFTS.filter((draft) => stage.drafts.has(draft) && before.get(draft) !== appearanceOf(oracle, draft));
    for (const draft of changed) before.set(draft, appearanceOf(oracle, draft));
    await untilOpened(stage, oracle, changed);
    return changed;
  };

  return {
    afterHour: async (hour) => {
      const changed = await changes();
      if (looks === "never") return;
      if (looks === "deeply") await checkDrafts(stage, oracle, changed);
      if (changed.length > 0) await checkLists(stage, oracle);
      const hasPublished = changed.some((draft) => oracle.stateOf(draft) === "published");
      await checkScans(stage, oracle, changed.length > 0 ? systems : oneOf(systems, hour), hasPublished);
      if (looks !== "deeply" || !hour.endsWith("20")) return;
      await checkScans(stage, oracle, realSystems, true);
      await checkAccess(stage, oracle);
    },
    afterAct: async (act) => {
      const changed = await changes();
      if (looks !== "deeply") return;
      await checkDrafts(stage, oracle, changed);
      if (isWeighty(act)) await checkDeeply(stage, oracle, act.draft);
    },
    afterScene: async ({ acts }) => {
      isEditorDismissed ||= acts.some(({ does }) => does === "dismisses");
      if (looks === "never") return;
      await checkLists(stage, oracle);
      if (acts.length > 0) await checkScans(stage, oracle, systems, looks === "deeply");
      await checkEditor(stage, isEditorDismissed);
    },
    atTheEnd: async () => {
      if (looks === "never") return;
      await checkDrafts(stage, oracle, DRAFTS);
      for (const draft of DRAFTS) await checkDeeply(stage, oracle, draft);
      await checkAccess(stage, oracle);
      await checkRegister(stage);
      if (looks === "deeply") await checkScans(stage, oracle, realSystems, true);
    },
  };
}

function appearanceOf(oracle: Oracle, draft: Draft): string {
  const levels = ORGANISATIONS.map((whom) => oracle.levelOf(whom, draft) ?? "nothing");
  return [...levels, oracle.stateOf(draft), oracle.opened(draft).length].join(" ");
}

/** In an hour in which nothing happens one operator looks, another one each hour. */
function oneOf(systems: Systems, hour: StoryHour): Systems {
  const all = [...systems];
  return new Map(all.slice((msOf(hour) / 3_600_000) % all.length).slice(0, 1));
}

/** What more follows from than an opening. */
function isWeighty(act: Act): act is Extract<Act, { readonly draft: Draft }> {
  return ["ends-early", "excepts", "consents", "abandons"].includes(act.does);
}

/** The editor's token works until the editor is dismissed. */
async function checkEditor(stage: Stage, isDismissed: boolean): Promise<void> {
  const answer = await reading(() => stage.editor.client(readSession)).catch((error: unknown) => error);
  assert.equal(isCodedError(answer, "credential-refused"), isDismissed, "a dismissed member's token opens nothing");
}

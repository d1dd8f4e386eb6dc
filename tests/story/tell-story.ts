import assert from "node:assert/strict";
import { readLedgerCheckpoint } from "../../src/contract/endpoints/ledger.ts";
import { CAST, ORGANISATIONS } from "./cast.ts";
import { loadSystems } from "./check-scans.ts";
import { createLookout, type Looks, type Watched } from "./look-around.ts";
import { createOracle } from "./oracle.ts";
import { perform, reading } from "./perform.ts";
import { type Act, SCRIPT } from "./script.ts";
import { setTheStage } from "./set-the-stage.ts";
import { hoursOfStory, msOf, type StoryHour } from "./story-hour.ts";
import type { StoryServer } from "./story-server.ts";
import { loadOwnSystem, loadRealSystem } from "./systems.ts";

/** The story at its end. `keptCheckpoint`: of the ledger, as a stranger kept it after the first day. */
export type Told = Watched & { readonly keptCheckpoint: string };

export type TellOptions = {
  readonly looks: Looks;
  /** Called before each thing that is done, and before each hour passes: where the server may be killed. */
  readonly before?: (what: Act | StoryHour) => void;
};

/** An hour before anything is written. */
export const BEGINS_MS = msOf("Mon 07") - 3_600_000;
const SECOND_MORNING: StoryHour = "Tue 07";

/** Goes through the story hour by hour, and holds what is shown to everybody to the oracle after each step. */
export async function tellStory(server: StoryServer, { looks, before = () => {} }: TellOptions): Promise<Told> {
  const oracle = createOracle(ORGANISATIONS, (whom) => CAST[whom].excluded === true);
  oracle.timeIs(BEGINS_MS);
  const stage = await setTheStage(server, oracle);
  const watched: Watched = { stage, oracle, systems: await loadSystems(loadOwnSystem), realSystems: await loadSystems(loadRealSystem) };
  const lookout = createLookout(watched, looks);
  let keptCheckpoint = "";
  for (const hour of hoursOfStory()) {
    await inHour(hour, async () => {
      before(hour);
      oracle.timeIs(msOf(hour));
      await server.setClock(msOf(hour));
      await lookout.afterHour(hour);
      if (hour === SECOND_MORNING) keptCheckpoint = await reading(() => stage.stranger(readLedgerCheckpoint));
    });
    const scene = SCRIPT.find(({ at }) => at === hour);
    if (scene === undefined) continue;
    for (const act of scene.acts) {
      await inHour(`${hour}: ${act.who} ${act.does}`, async () => {
        before(act);
        await perform(stage, oracle, act);
        await lookout.afterAct(act);
      });
    }
    for (const [who, draft, level] of scene.known) {
      assert.equal(oracle.levelOf(who, draft) ?? "nothing", level, `${hour}, ${scene.title}: what ${who} knows of ${draft}`);
    }
    await inHour(`${hour}, ${scene.title}`, () => lookout.afterScene(scene));
  }
  await inHour("the end", lookout.atTheEnd);
  return { ...watched, keptCheckpoint };
}

/** A failure says in which hour of the story it came. */
async function inHour(when: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (cause) {
    throw new Error(`${when}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

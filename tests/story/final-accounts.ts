import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { openLogSource } from "../../src/cli/ledger/log-source.ts";
import { listDraftEvents } from "../../src/contract/endpoints/drafts.ts";
import { listStatements, readLedger, readLedgerAdvisory, readReceipt } from "../../src/contract/endpoints/ledger.ts";
import { listNotifications } from "../../src/contract/endpoints/notifications.ts";
import { readReleasePlan } from "../../src/contract/endpoints/releases.ts";
import { parseReceipt, verifyReceipt } from "../../src/sealing/receipt.ts";
import { parseVerifierKey } from "../../src/sealing/signed-note.ts";
import { verifyLog } from "../../src/sealing/verify-log.ts";
import { allPages } from "./all-pages.ts";
import { CAST, ORGANISATIONS } from "./cast.ts";
import { DRAFTS, DRAFT_STORIES, type Draft } from "./drafts.ts";
import { reading } from "./perform.ts";
import { SCRIPT } from "./script.ts";
import { known, type Stage } from "./set-the-stage.ts";
import { msOf } from "./story-hour.ts";
import type { Told } from "./tell-story.ts";

/** Every stage opened at its hour and once, with one event; everything that was done is written down once. */
export async function checkEvents({ stage, oracle }: Told): Promise<void> {
  for (const draft of DRAFTS) {
    const { id, stages } = known(stage.drafts.get(draft), draft);
    const owner = stage.as(DRAFT_STORIES[draft].owner);
    const plan = await reading(() => owner(readReleasePlan, { params: { draft: id } }));
    const keyOf = (stageId: string): string => stages.get(stageId) ?? "a stage that nobody planned";
    const openedBy = (opened: readonly { readonly stage: string; readonly atMs: number; readonly by: string }[]): readonly string[] =>
      opened.map(({ stage: key, atMs, by }) => `${key} at ${new Date(atMs).toISOString()} by ${by}`).sort();
    const expected = openedBy(oracle.opened(draft));
    assert.deepEqual(openedBy(plan.opened.map((one) => ({ ...one, stage: keyOf(one.stage) }))), expected, `what opened of ${draft}`);

    const events = await allPages((after) => owner(listDraftEvents, { params: { draft: id }, query: { limit: 200, ...after } }));
    const openings = events.filter(({ kind }) => kind === "stage-opened");
    assert.deepEqual(
      openedBy(openings.map(({ details, atMs }) => ({ stage: keyOf(String(details["stage"])), atMs, by: String(details["by"]) }))),
      expected,
      `the events of what opened of ${draft}`,
    );
    const others = events.map(({ kind }) => kind).filter((kind) => kind !== "stage-opened" && kind !== "part-written");
    assert.deepEqual(others.sort(), eventsOf(draft, oracle.stateOf(draft)), `what happened to ${draft}`);
  }
}

/** Each organisation was told once of each opening that it may still know of, under an id of its own. */
export async function checkNotifications({ stage, oracle }: Told): Promise<void> {
  for (const organisation of ORGANISATIONS) {
    const expected = DRAFTS.flatMap((draft) => {
      // Nobody is told of what is its own.
      if (organisation === DRAFT_STORIES[draft].owner || !oracle.isListed(organisation, draft)) return [];
      return oracle
        .opened(draft)
        .filter(({ stage: key }) => key !== "everyone" && oracle.reachedBy(draft, key).includes(organisation))
        .map(({ atMs }) => `${draft} at ${new Date(atMs).toISOString()}`);
    }).sort();
    await eventually(async () => {
      const rows = await allPages((after) => stage.as(organisation)(listNotifications, { query: { limit: 200, ...after } }));
      assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, `${organisation}: every notification has an id of its own`);
      const told = rows
        .filter(({ kind }) => kind === "stage-opened")
        .map(({ draft, atMs }) => `${nameOf(stage, draft?.id)} at ${new Date(atMs).toISOString()}`);
      assert.deepEqual(told.sort(), expected, `what ${CAST[organisation].name} was told of openings`);
    });
  }
}

/**
 * The ledger holds for a stranger, from its first leaf and from a checkpoint kept on the way; so does every receipt of what was stated.
 * Leaves come into it batch by batch: hours pass until all are in.
 */
export async function checkLedger(told: Told, keptCheckpoint: string): Promise<void> {
  let nowMs = msOf("Thu 20");
  await eventually(async () => {
    nowMs += 3_600_000;
    await told.stage.server.setClock(nowMs);
    await checkLedgerNow(told, keptCheckpoint);
  });
}

async function checkLedgerNow({ stage, oracle }: Told, keptCheckpoint: string): Promise<void> {
  const ledger = await reading(() => stage.stranger(readLedger));
  assert.equal(ledger.refusal, undefined, "the ledger goes on");
  const keys = { log: ledger.verifierKeys.map(parseVerifierKey), witnesses: [] };
  const verified = await verifyLog(openLogSource(new URL("/ledger/", stage.server.url())), keys, keptCheckpoint);
  const published = DRAFTS.filter((draft) => oracle.stateOf(draft) === "published");
  assert.equal(verified.publicLeaves, published.length, "one public leaf an advisory");
  for (const draft of published) {
    const { advisory } = known(stage.drafts.get(draft), draft);
    const { rows } = await reading(() => stage.stranger(readLedgerAdvisory, { params: { id: advisory } }));
    assert.deepEqual(
      rows.map(({ version, index }) => [version, index !== undefined]),
      [[1, true]],
      `${draft} in the ledger`,
    );
  }
  for (const draft of DRAFTS) {
    const { owner } = DRAFT_STORIES[draft];
    const about = { record: known(stage.drafts.get(draft), draft).id, recordOwner: stage.idOf(owner) };
    const rows = await allPages((after) => stage.as(owner)(listStatements, { query: { ...about, limit: 200, ...after } }));
    // What was written into it is stated as well (`part.written` and its kin): that is tested where drafts are.
    const released = rows.flatMap(({ kind }) => (kind.startsWith("release.") ? [kind] : []));
    assert.deepEqual(released.sort(), statementsOf(draft, oracle), `what is stated of ${draft}`);
    for (const { id, index } of rows) {
      assert.notEqual(index, undefined, `a statement of ${draft} has its leaf`);
      const receipt = await reading(() => stage.as(owner)(readReceipt, { params: { id } }));
      const held = verifyReceipt(parseReceipt(JSON.stringify(receipt)), keys);
      assert.equal(held.included?.index, index);
    }
  }
}

/** Everything but openings and parts that happens to a draft in the script, by the kind of its event. */
function eventsOf(draft: Draft, state: string): readonly string[] {
  const done = SCRIPT.flatMap(({ acts }) => acts).flatMap((act): readonly string[] => {
    if (!("draft" in act) || act.draft !== draft) return [];
    switch (act.does) {
      case "writes":
        return ["draft-begun", "plan-written"];
      case "agrees":
        return ["plan-agreed"];
      case "holds":
        return ["release-held"];
      case "lifts":
        return ["release-resumed"];
      case "states":
        return ["release-event"];
      case "ends-early":
        return ["release-event", "release-event"];
      case "proposes":
        return ["amendment-proposed"];
      case "consents":
        return ["amendment-answered", "amendment-bound"];
      case "excepts":
        return ["exception-made"];
      case "abandons":
        return ["draft-abandoned"];
      case "reads-research":
        return [];
    }
  });
  return [...done, ...(state === "published" ? ["advisory-published"] : [])].sort();
}

/** What binds is stated in the ledger; what is only planned or proposed is not. */
function statementsOf(draft: Draft, oracle: Told["oracle"]): readonly string[] {
  const unstated = new Set(["draft-begun", "draft-abandoned", "plan-written", "amendment-proposed"]);
  const events = eventsOf(draft, oracle.stateOf(draft)).filter((kind) => !unstated.has(kind));
  return [...events, ...oracle.opened(draft).map(() => "stage-opened")].map((kind) => `release.${kind}`).sort();
}

function nameOf(stage: Stage, id: string | undefined): string {
  return [...stage.drafts].find(([, written]) => written.id === id)?.[0] ?? "a draft of nobody's";
}

const PATIENCE_MS = 20_000;

/** What the courier and the ledger do in their own time. */
async function eventually(check: () => Promise<void>): Promise<void> {
  const givenUp = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > givenUp) throw error;
      await pause(200);
    }
  }
}

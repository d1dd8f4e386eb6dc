import assert from "node:assert/strict";
import { listReads, reviewDraft } from "../../src/contract/endpoints/access-review.ts";
import { ORGANISATIONS } from "./cast.ts";
import { DRAFTS, DRAFT_STORIES } from "./drafts.ts";
import type { Oracle } from "./oracle.ts";
import { allPages } from "./all-pages.ts";
import { reading } from "./perform.ts";
import { SCRIPT } from "./script.ts";
import type { Stage } from "./set-the-stage.ts";

/** What a draft's owner is told of who can read it is what they read. */
export async function checkAccess(stage: Stage, oracle: Oracle): Promise<void> {
  for (const draft of DRAFTS) {
    const written = stage.drafts.get(draft);
    if (written === undefined) continue;
    const { owner } = DRAFT_STORIES[draft];
    const review = await reading(() => stage.as(owner)(reviewDraft, { params: { draft: written.id }, query: { limit: 200 } }));
    const reads = new Map(review.organisations.map((one) => [one.organisation.id, one.reads]));
    for (const whom of ORGANISATIONS) {
      if (whom === owner) continue;
      const told = reads.get(stage.idOf(whom)) ?? review.everyone ?? "nothing";
      assert.equal(told, oracle.levelOf(whom, draft) ?? "nothing", `who can read ${draft}: ${whom}`);
    }
  }
}

/** Whoever read research stands in the owner's register with it, and nobody else does. */
export async function checkRegister(stage: Stage): Promise<void> {
  const acts = SCRIPT.flatMap((scene) => scene.acts);
  for (const draft of DRAFTS) {
    const id = stage.drafts.get(draft)?.id ?? "";
    const owner = stage.as(DRAFT_STORIES[draft].owner);
    const rows = await allPages((after) => owner(listReads, { query: { draft: id, limit: 200, ...after } }));
    const readers = new Set(rows.filter(({ research }) => research).map(({ organisation }) => organisation.id));
    const expected = acts.flatMap((act) => (act.does === "reads-research" && act.draft === draft ? [stage.idOf(act.who)] : []));
    assert.deepEqual([...readers], expected, `who read the research of ${draft}`);
  }
}

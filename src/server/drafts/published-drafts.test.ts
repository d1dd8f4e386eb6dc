import assert from "node:assert/strict";
import { everyKind, scene } from "../../../tests/support/draft-scene.ts";
import { refused } from "../../../tests/support/refused.ts";
import { correctAdvisory, withdrawAdvisory } from "../../contract/endpoints/corrections.ts";
import { abandonDraft, createDraft, listDrafts, readDraft, writePart } from "../../contract/endpoints/drafts.ts";
import { sql } from "../database/sql.ts";

scene(
  "what is public is not written to any more, and who sees it as public alone is led to the record",
  async ({ database, actors, desk, owner, openTo }) => {
    const { id, advisory } = await desk.as(owner)(createDraft, { body: { parts: everyKind } });
    const anyone = desk.as(await openTo(id, "public"));
    await assert.rejects(anyone(readDraft, { params: { draft: id } }), refused("not-found"));
    await assert.rejects(desk.as(owner)(writePart, { params: { draft: id }, body: everyKind[1] as never }), refused("conflict"));
    await assert.rejects(desk.as(owner)(abandonDraft, { params: { draft: id }, body: { reason: "too late" } }), refused("conflict"));
    await database.query(
      "releaser",
      sql`update draft_advisory set state = 'published', published_at = ${new Date(actors.clock())} where id = ${id}`,
    );
    assert.deepEqual(await anyone(readDraft, { params: { draft: id } }), {
      id,
      level: "public",
      state: "published",
      packages: [],
      advisory,
      published: { isWithdrawn: false, mayCorrect: false, revisions: [{ version: 1, withdraws: false, atMs: actors.clock() }] },
    });
    const reason = "a word was wrong";
    const part = (await desk.as(owner)(readDraft, { params: { draft: id } })).parts?.find(({ kind }) => kind === "summary");
    const change = [{ kind: "summary" as const, body: { text: "put right" }, part: part?.id ?? "", revision: 1 }];
    await assert.rejects(anyone(correctAdvisory, { params: { draft: id }, body: { reason, change } }), refused("not-found"));
    await assert.rejects(anyone(withdrawAdvisory, { params: { draft: id }, body: { reason } }), refused("not-found"));
    const corrected = await desk.as(owner)(correctAdvisory, { params: { draft: id }, body: { reason, change } });
    assert.deepEqual(corrected, { advisory }, "it comes into the record with the release job, which this desk has not");
    const { published, parts } = await desk.as(owner)(readDraft, { params: { draft: id } });
    assert.deepEqual(
      [published?.mayCorrect, published?.revisions.map((one) => one.reason), parts?.find(({ kind }) => kind === "summary")?.body],
      [true, [undefined, reason], { text: "put right" }],
    );
    assert.deepEqual((await anyone(readDraft, { params: { draft: id } })).published?.revisions[1]?.reason, reason);
    assert.deepEqual((await anyone(listDrafts, { query: {} })).rows, []);
  },
);

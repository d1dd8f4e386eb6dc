import assert from "node:assert/strict";
import { enrol, testingWindow, toldTo, withAccessDesk } from "../../../tests/support/access-desk.ts";
import { listCertificates, readGrant, readModel } from "../../contract/endpoints/models.ts";

withAccessDesk("a testing window opens at its hour, closes by itself, and leaves a certificate of its credential's key", async (scene) => {
  const { desk, lab, evaluator, coordinator } = scene;
  const model = await enrol(scene);
  const { window, grant } = await testingWindow(scene, model.id);
  await scene.toDay(9);
  const before = await desk.as(lab)(readModel, { params: { model: model.id } });
  assert.equal(before.windows[0]?.state, "agreed");
  assert.equal(before.windows[0]?.credential, "given");
  await scene.toDay(10);
  const open = await desk.as(evaluator)(readGrant, { params: { grant } });
  assert.equal(open.window.state, "open");
  assert.deepEqual(open.left, { requests: 1000, tokens: 1_000_000 });
  assert.deepEqual(await toldTo(scene, evaluator.organisation), ["window-opened"]);
  await scene.toDay(40);
  const after = await desk.as(lab)(readModel, { params: { model: model.id } });
  assert.equal(after.windows[0]?.state, "closed");
  assert.equal(after.windows[0]?.closed?.by, "release");
  assert.equal(after.windows[0]?.credential, "destroyed");
  for (const seat of [lab, coordinator, evaluator]) {
    const { rows } = await desk.as(seat)(listCertificates, { query: {} });
    assert.deepEqual(
      rows.map((row) => [row.what, row.window, row.keyId, row.revokeUpstream]),
      [["credential", window, `grant-${window}-credential`, "asked"]],
    );
  }
  assert.equal((await desk.as(evaluator)(readGrant, { params: { grant } })).endedAtMs, scene.day(40).instantMs);
  assert.deepEqual(await toldTo(scene, evaluator.organisation), ["window-opened", "window-closed"]);
  assert.deepEqual(await toldTo(scene, lab.organisation), ["revocation-asked"]);
  assert.deepEqual(scene.errors, []);
});

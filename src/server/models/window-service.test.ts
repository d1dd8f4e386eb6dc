import assert from "node:assert/strict";
import {
  countSealed,
  enrol,
  insertToken,
  isRevoked,
  partnerStage,
  SECRET,
  statedKinds,
  testingWindow,
  toldTo,
  withAccessDesk,
} from "../../../tests/support/access-desk.ts";
import { takeSeat } from "../../../tests/support/subject-desk.ts";
import { addWindow, endWindow, extendWindow, giveCredential } from "../../contract/endpoints/access-windows.ts";
import { endGrant, makeGrant, readGrant } from "../../contract/endpoints/grants.ts";
import { listCertificates, listModelEvents, markRevokedUpstream } from "../../contract/endpoints/model-history.ts";
import { moveRelease, previewRelease, readModel, withdrawModel } from "../../contract/endpoints/models.ts";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";

const refused =
  (code: RefusalCode, words?: RegExp) =>
  (error: unknown): boolean =>
    isCodedError(error, code) && (words === undefined || words.test(error.message));

withAccessDesk(
  "a release that moves takes the bounds of testing windows with it, as the preview said, and what closed stays closed",
  async (scene) => {
    const { desk, lab, evaluator } = scene;
    const ask = desk.as(lab);
    const { id: model } = await enrol(scene);
    const { window, grant } = await testingWindow(scene, model);
    await scene.toDay(10);
    await scene.toDay(12);
    const state = async (): Promise<readonly unknown[]> => {
      const found = (await ask(readModel, { params: { model } })).windows.find(({ id }) => id === window);
      return [found?.state, found?.opens.by, found?.closes?.by, found?.closes?.at.instantMs];
    };
    assert.deepEqual(await state(), ["open", "lab", "release", scene.day(40).instantMs]);

    // Away: the bound moves past now, and nothing is destroyed.
    const away = { partnerRelease: scene.day(50) };
    const preview = await ask(previewRelease, { params: { model }, body: away });
    assert.deepEqual(
      preview.windows.map(({ id, destroysCredential, effects }) => [id, destroysCredential, effects.map(({ code }) => code)]),
      [[window, false, ["waits"]]],
    );
    assert.deepEqual(preview.problems, []);
    assert.deepEqual(await state(), ["open", "lab", "release", scene.day(40).instantMs], "a preview changes nothing");
    await ask(moveRelease, { params: { model }, body: away });
    assert.deepEqual((await state()).slice(0, 2), ["waiting", "bound"]);
    assert.equal((await desk.as(evaluator)(readGrant, { params: { grant } })).window.state, "waiting");
    assert.equal(await countSealed(scene), 1);
    // Back: it is open as before. Its days count from the first opening.
    await ask(moveRelease, { params: { model }, body: { partnerRelease: scene.day(41) } });
    assert.deepEqual(await state(), ["open", "bound", "first-opening", scene.day(40).instantMs]);

    // Behind now: it closes for good, and the preview says that it destroys.
    const behind = { partnerRelease: scene.day(11) };
    assert.deepEqual(
      (await ask(previewRelease, { params: { model }, body: behind })).windows.map(({ destroysCredential }) => destroysCredential),
      [true],
    );
    await ask(moveRelease, { params: { model }, body: behind });
    assert.equal(await countSealed(scene), 0);
    await ask(moveRelease, { params: { model }, body: { partnerRelease: scene.day(40) } });
    assert.deepEqual((await state())[0], "closed");
    const moves = (await desk.as(evaluator)(listModelEvents, { params: { model }, query: {} })).rows.filter(
      ({ kind }) => kind === "release-moved",
    );
    assert.equal(moves.length, 4);
    assert.deepEqual(scene.errors, []);
  },
);

withAccessDesk("partner stages and the release they follow move together, or not at all", async (scene) => {
  const { desk, lab } = scene;
  const ask = desk.as(lab);
  const { id: model } = await enrol(scene);
  const stage = await partnerStage(scene, model);
  const alone = { partnerRelease: scene.day(45) };
  assert.match((await ask(previewRelease, { params: { model }, body: alone })).problems.join(), /First partners/);
  await assert.rejects(ask(moveRelease, { params: { model }, body: alone }), refused("input-invalid", /First partners/));
  const together = { ...alone, stages: [{ window: stage, opens: scene.day(46) }] };
  const preview = await ask(previewRelease, { params: { model }, body: together });
  assert.deepEqual([preview.problems, preview.windows[0]?.effects.map(({ code }) => code)], [[], ["opens-at"]]);
  const moved = await ask(moveRelease, { params: { model }, body: together });
  assert.deepEqual([moved.partnerRelease, moved.windows[0]?.opens.at], [scene.day(45), scene.day(46)]);
  const testing = await ask(addWindow, { params: { model }, body: { kind: "testing-window", name: "w", opens: scene.day(20) } });
  for (const window of [testing.id, crypto.randomUUID()]) {
    const body = { partnerRelease: scene.day(46), stages: [{ window, opens: scene.day(47) }] };
    await assert.rejects(ask(moveRelease, { params: { model }, body }), refused("input-invalid", /partner stage of this model/));
  }
  await scene.toDay(46);
  const late = { partnerRelease: scene.day(45), stages: [{ window: stage, opens: scene.day(50) }] };
  await assert.rejects(ask(moveRelease, { params: { model }, body: late }), refused("input-invalid", /has not opened/));
});

withAccessDesk("when the lab ends a window, its credential is gone and its tokens are revoked by the time of the answer", async (scene) => {
  const { desk, lab, evaluator, coordinator, actors } = scene;
  const seat = (role: "editor" | "reader" | "auditor") => takeSeat(actors, { id: lab.organisation, kind: "lab" }, role);
  const ask = desk.as(await seat("editor"));
  const { id: model } = await enrol(scene);
  const { window, grant } = await testingWindow(scene, model);
  await scene.toDay(10);
  const token = await insertToken(scene, evaluator, lab.organisation, grant);
  assert.notEqual(actors.keys.heldGrantKey(`${window}-credential`), undefined);
  for (const role of ["reader", "auditor"] as const) {
    await assert.rejects(desk.as(await seat(role))(endWindow, { params: { window } }), refused("not-allowed", /model\.enrol/));
  }
  const ended = await ask(endWindow, { params: { window } });
  assert.deepEqual([ended.state, ended.closed?.by, ended.credential], ["closed", "ended", "destroyed"]);
  assert.equal(actors.keys.heldGrantKey(`${window}-credential`), undefined);
  assert.equal(await countSealed(scene), 0);
  assert.equal(await isRevoked(scene, token), true);
  assert.deepEqual((await statedKinds(scene, lab.organisation)).filter((kind) => /^(?:window|key)\./.test(kind)).toSorted(), [
    "key.destroyed",
    "window.added",
    "window.credential-given",
    "window.ended",
    "window.opened",
  ]);
  assert.deepEqual(await toldTo(scene, coordinator.organisation), ["model-offered", "window-closed", "window-opened"]);
  await assert.rejects(ask(endWindow, { params: { window } }), refused("conflict", /stays closed/));
  await assert.rejects(ask(giveCredential, { params: { window }, body: { credential: SECRET } }), refused("conflict", /not over/));
  await assert.rejects(ask(extendWindow, { params: { window }, body: {} }), refused("conflict"));
  const use = { organisation: coordinator.organisation, purposes: ["cyber evaluation"], budget: { requests: 1, tokens: 1 } };
  await assert.rejects(ask(makeGrant, { params: { window }, body: use }), refused("conflict", /not over/));

  const [certificate] = (await ask(listCertificates, { query: { model } })).rows;
  assert.match(certificate?.cannotReach.join(" ") ?? "", /backups of the directory of keys.*until the lab revokes it/);
  await ask(markRevokedUpstream, { params: { certificate: certificate?.id ?? "" } });
  const [marked] = (await desk.as(coordinator)(listCertificates, { query: { model } })).rows;
  assert.equal(marked?.revokeUpstream, "done");
  await assert.rejects(ask(markRevokedUpstream, { params: { certificate: certificate?.id ?? "" } }), refused("conflict"));
  // Nothing stands against a lab that ended it: it offers another window as before.
  const again = await testingWindow(scene, model, { opens: scene.day(11), name: "Again" });
  await scene.toDay(11);
  assert.equal((await desk.as(evaluator)(readGrant, { params: { grant: again.grant } })).window.state, "open");
  assert.deepEqual(scene.errors, []);
});

withAccessDesk("a grant ends with its tokens, and its organisation can be granted use anew", async (scene) => {
  const { desk, lab, evaluator } = scene;
  const { id: model } = await enrol(scene);
  const { window, grant } = await testingWindow(scene, model);
  await scene.toDay(10);
  const token = await insertToken(scene, evaluator, lab.organisation, grant);
  assert.equal((await desk.as(lab)(endGrant, { params: { grant } })).endedAtMs, scene.day(10).instantMs);
  assert.equal(await isRevoked(scene, token), true);
  await assert.rejects(desk.as(lab)(endGrant, { params: { grant } }), refused("conflict"));
  const use = { organisation: evaluator.organisation, purposes: ["cyber evaluation"], budget: { requests: 1, tokens: 1 } };
  const again = await desk.as(lab)(makeGrant, { params: { window }, body: use });
  assert.equal(again.endedAtMs, undefined);
  assert.deepEqual(await toldTo(scene, evaluator.organisation), ["window-opened", "window-opened"]);
});

withAccessDesk("a lab that withdraws a model ends every window of it, for good", async (scene) => {
  const { desk, lab, evaluator, coordinator } = scene;
  const ask = desk.as(lab);
  const { id: model } = await enrol(scene);
  const first = await testingWindow(scene, model);
  await partnerStage(scene, model);
  await scene.toDay(10);
  const withdrawn = await ask(withdrawModel, { params: { model } });
  assert.equal(withdrawn.withdrawnAtMs, scene.day(10).instantMs);
  assert.deepEqual(
    withdrawn.windows.map(({ state, closed, credential }) => [state, closed?.by, credential]),
    [
      ["closed", "withdrawn", "destroyed"],
      ["closed", "withdrawn", "destroyed"],
    ],
  );
  assert.equal(await countSealed(scene), 0);
  assert.equal((await ask(listCertificates, { query: { model } })).rows.length, 2);
  assert.notEqual((await desk.as(evaluator)(readGrant, { params: { grant: first.grant } })).endedAtMs, undefined);
  for (const seat of [evaluator, coordinator]) {
    assert.equal((await toldTo(scene, seat.organisation)).filter((kind) => kind === "model-withdrawn").length, 1);
  }
  await assert.rejects(ask(withdrawModel, { params: { model } }), refused("conflict", /withdrawn/));
  await assert.rejects(ask(moveRelease, { params: { model }, body: { partnerRelease: scene.day(50) } }), refused("conflict", /withdrawn/));
  const body = { kind: "testing-window" as const, name: "w", opens: scene.day(20) };
  await assert.rejects(ask(addWindow, { params: { model }, body }), refused("conflict", /withdrawn/));
  await scene.toDay(90);
  assert.equal((await ask(readModel, { params: { model } })).windows.length, 2);
  assert.deepEqual(scene.errors, []);
});

withAccessDesk("only the lab extends, and within every bound", async (scene) => {
  const { desk, lab } = scene;
  const ask = desk.as(lab);
  const { id: model } = await enrol(scene);
  const { window } = await testingWindow(scene, model, { closes: scene.day(15) });
  await scene.toDay(12);
  assert.equal(
    (await ask(extendWindow, { params: { window }, body: { closes: scene.day(20) } })).closes?.at.instantMs,
    scene.day(20).instantMs,
  );
  await assert.rejects(ask(extendWindow, { params: { window }, body: { closes: scene.day(18) } }), refused("conflict", /later hour/));
  await assert.rejects(
    ask(extendWindow, { params: { window }, body: { closes: scene.day(45) } }),
    refused("conflict", /within every bound/),
  );
  const latest = await ask(extendWindow, { params: { window }, body: {} });
  assert.deepEqual([latest.closes?.by, latest.closes?.at.instantMs], ["release", scene.day(40).instantMs]);
  // The hour that was extended closes nothing any more.
  await scene.toDay(21);
  assert.equal((await ask(readModel, { params: { model } })).windows[0]?.state, "open");
});

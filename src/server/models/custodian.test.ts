import assert from "node:assert/strict";
import {
  type AccessDesk,
  countSealed,
  DAY_MS,
  enrol,
  insertToken,
  isRevoked,
  statedKinds,
  testingWindow,
  toldTo,
  withAccessDesk,
} from "../../../tests/support/access-desk.ts";
import { until } from "../../../tests/support/until.ts";
import { addWindow, giveCredential } from "../../contract/endpoints/access-windows.ts";
import { readGrant } from "../../contract/endpoints/grants.ts";
import { listCertificates, listModelEvents } from "../../contract/endpoints/model-history.ts";
import { readModel } from "../../contract/endpoints/models.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { createCustodian } from "./custodian.ts";

async function stateOf({ desk, lab }: AccessDesk, model: string): Promise<string | undefined> {
  return (await desk.as(lab)(readModel, { params: { model } })).windows[0]?.state;
}

/** The database as a process has it that dies at its call number `calls`, before or after that call took effect. */
function cutOff(database: Database, calls: number, when: "before" | "after"): Database {
  let done = 0;
  const unlessDead = async <T>(work: () => Promise<T>): Promise<T> => {
    done += 1;
    if (done <= calls) return work();
    if (when === "after" && done === calls + 1) await work();
    throw new CodedError("database-unavailable", "cut off");
  };
  return {
    ...database,
    query: (actor, query, options) => unlessDead(() => database.query(actor, query, options)),
    transaction: (actor, work, options) => unlessDead(() => database.transaction(actor, work, options)),
  };
}

function isUnavailable(error: unknown): boolean {
  if (isCodedError(error, "database-unavailable")) return true;
  throw error;
}

/** How often each kind of event that happens once was written. */
async function onceEvents({ desk, lab }: AccessDesk, model: string): Promise<Readonly<Record<string, number>>> {
  const { rows } = await desk.as(lab)(listModelEvents, { params: { model }, query: {} });
  const counted: Record<string, number> = {};
  for (const { kind } of rows.filter(({ by }) => by === undefined)) counted[kind] = (counted[kind] ?? 0) + 1;
  return counted;
}

withAccessDesk("a window whose opening or end was cut short is finished by the next look, once, wherever it was cut", async (scene) => {
  const { lab, evaluator, actors, desk, database, custodian } = scene;
  let models = 0;
  for (const when of ["before", "after"] as const) {
    for (let calls = 0, wasCut = true; wasCut; calls += 1) {
      models += 1;
      actors.setClock(scene.day(0).instantMs);
      const { id: model } = await enrol(scene, { name: `Cut ${when} call ${calls}` });
      const { window, grant } = await testingWindow(scene, model);
      const settleCut = async (): Promise<boolean> => {
        const dying = await scene.anotherCustodian({ database: cutOff(database, calls, when) });
        const isCut = await dying.settle(model).then(() => false, isUnavailable);
        await dying.close();
        await custodian.settle(model);
        return isCut;
      };
      actors.setClock(scene.day(10).instantMs);
      await settleCut();
      const token = await insertToken(scene, evaluator, lab.organisation, grant);
      actors.setClock(scene.day(40).instantMs);
      wasCut = await settleCut();
      assert.equal(await isRevoked(scene, token), true);
      actors.keys.reload();
      assert.equal(actors.keys.heldGrantKey(`${window}-credential`), undefined);
      assert.deepEqual(await onceEvents(scene, model), { "window-opened": 1, "window-ended": 1, "window-closed": 1, "key-destroyed": 1 });
      const { rows } = await desk.as(lab)(listCertificates, { query: { model } });
      assert.deepEqual(
        rows.map(({ keyId, file }) => [keyId, file.endsWith(`/grant-${window}-credential.key`)]),
        [[`grant-${window}-credential`, true]],
      );
    }
  }
  // Reading what is live, ending, reading what is unfinished, and the two steps of finishing it at the least.
  assert.ok(models >= 10, `cut at ${models} places`);
  assert.equal(await countSealed(scene), 0);
  const told = await toldTo(scene, evaluator.organisation);
  assert.deepEqual([told.filter((kind) => kind === "window-opened").length, told.length], [models, 2 * models]);
  assert.deepEqual(scene.errors, []);
});

withAccessDesk("what the file of a key was destroyed for is written down after a kill in between", async (scene) => {
  const { lab, actors, database, custodian, desk } = scene;
  const { id: model } = await enrol(scene);
  const { window } = await testingWindow(scene, model);
  await scene.toDay(10);
  await database.query(
    "custodian",
    sql`update access_window set ended_at = ${new Date(actors.clock())}, ended_because = 'ended' where id = ${window}`,
  );
  actors.keys.destroyGrantKey(`${window}-credential`);
  await custodian.settle();
  assert.equal(await countSealed(scene), 0);
  assert.equal((await desk.as(lab)(listCertificates, { query: { model } })).rows[0]?.keyId, `grant-${window}-credential`);
});

withAccessDesk("a key that was made for a credential that was never written is destroyed with its window all the same", async (scene) => {
  const { lab, actors, desk } = scene;
  const { id: model } = await enrol(scene);
  const { id: window } = await desk.as(lab)(addWindow, {
    params: { model },
    body: { kind: "testing-window", name: "w", opens: scene.day(10) },
  });
  actors.keys.grantKey(`${window}-credential`);
  await scene.toDay(20);
  // Nothing can be reached: it has not opened, and its days have not begun.
  assert.equal(await stateOf(scene, model), "agreed");
  await scene.toDay(40);
  assert.equal(await stateOf(scene, model), "closed");
  assert.equal(actors.keys.heldGrantKey(`${window}-credential`), undefined);
  assert.equal((await desk.as(lab)(listCertificates, { query: { model } })).rows.length, 1);
});

withAccessDesk("a window without a credential opens when it is given one", async (scene) => {
  const { lab, desk, coordinator } = scene;
  const { id: model } = await enrol(scene);
  const { id: window } = await desk.as(lab)(addWindow, {
    params: { model },
    body: { kind: "testing-window", name: "w", opens: scene.day(10) },
  });
  await scene.toDay(20);
  const given = await desk.as(lab)(giveCredential, { params: { window }, body: { credential: "late" } });
  assert.deepEqual([given.state, given.firstOpenedMs], ["open", scene.day(20).instantMs]);
  assert.ok((await toldTo(scene, coordinator.organisation)).includes("window-opened"));
});

withAccessDesk("any number of servers open and end a window once", async (scene) => {
  const { lab, evaluator, custodian } = scene;
  const others = [await scene.anotherCustodian(), await scene.anotherCustodian()];
  const { id: model } = await enrol(scene);
  const { window } = await testingWindow(scene, model);
  for (const day of [10, 40]) {
    scene.actors.setClock(scene.day(day).instantMs);
    // Each has read the key before one of them destroys it.
    if (day === 40) for (const { keys } of others) keys.reload();
    await Promise.all([custodian, ...others].map((one) => one.settle()));
  }
  // Who was second forgets it with its next look.
  for (const other of others) await other.settle();
  for (const { keys } of others) assert.equal(keys.heldGrantKey(`${window}-credential`), undefined);
  assert.deepEqual(await onceEvents(scene, model), { "window-opened": 1, "window-ended": 1, "window-closed": 1, "key-destroyed": 1 });
  assert.deepEqual(await toldTo(scene, evaluator.organisation), ["window-opened", "window-closed"]);
  const kinds = (await statedKinds(scene, lab.organisation)).filter((kind) => /^(?:window\.(?:opened|ended)|key\.)/.test(kind));
  assert.deepEqual(kinds.toSorted(), ["key.destroyed", "window.ended", "window.opened"]);
  for (const other of others) await other.close();
  assert.deepEqual(scene.errors, []);
});

withAccessDesk("while the clocks are apart nothing opens, and what is to end ends", async (scene) => {
  const { lab, desk } = scene;
  let monotonicMs = 0;
  const doubting = await scene.anotherCustodian({ monotonic: () => monotonicMs });
  const { id: early } = await enrol(scene, { name: "Early" });
  await testingWindow(scene, early);
  await scene.toDay(10);
  const { id: later } = await enrol(scene, { name: "Later", partnerRelease: scene.day(42) });
  await testingWindow(scene, later, { opens: scene.day(12) });
  // The wall clock was put on by a month; nobody has looked.
  scene.actors.setClock(scene.day(41).instantMs);
  monotonicMs = 1000;
  await doubting.settle();
  assert.deepEqual([await stateOf(scene, early), await stateOf(scene, later)], ["closed", "agreed"]);
  // Put back by a day, it must not keep open what has been open for its days.
  const back = await scene.anotherCustodian({ monotonic: () => monotonicMs });
  monotonicMs += 1;
  await scene.toDay(41);
  assert.equal(await stateOf(scene, later), "open");
  scene.actors.setClock(scene.day(40).instantMs + DAY_MS / 2);
  monotonicMs += 1000 + DAY_MS;
  await back.settle();
  assert.equal((await desk.as(lab)(readModel, { params: { model: later } })).windows[0]?.closed?.by, "release");
  await doubting.close();
  await back.close();
});

withAccessDesk(
  "the key of a grant's recorded exchanges is destroyed when their retention is over, and its organisation is shown that",
  async (scene) => {
    const { lab, evaluator, coordinator, actors, custodian, desk, database } = scene;
    const { id: model } = await enrol(scene);
    const { window, grant } = await testingWindow(scene, model);
    await scene.toDay(10);
    actors.keys.grantKey(`${grant}-record`);
    await scene.toDay(40);
    await scene.toDay(69);
    assert.notEqual(actors.keys.heldGrantKey(`${grant}-record`), undefined);
    // A kill after the file was destroyed: that there was use tells that there was a key.
    actors.keys.destroyGrantKey(`${grant}-record`);
    await database.query(
      "gateway",
      sql`insert into access_use (organisation_id, grant_id, enrolment_id, desk_organisation_id, grantee_organisation_id, token_id, purpose, hour, requests,
          incomplete, input_tokens, output_tokens, charged_tokens, unknown_usage, first_at, last_at)
        values (${lab.organisation}, ${grant}, ${model}, ${coordinator.organisation}, ${evaluator.organisation}, ${grant}, 'cyber evaluation', now(), 1, 0, 1, 1, 1,
          0, now(), now())`,
    );
    await scene.toDay(71);
    await custodian.settle();
    const records = async (asker: typeof lab): Promise<readonly unknown[]> =>
      (await desk.as(asker)(listCertificates, { query: { model } })).rows
        .filter(({ what }) => what === "record")
        .map((row) => [row.grant, row.window, row.organisation?.id, row.keyId, row.revokeUpstream]);
    const expected = [[grant, window, evaluator.organisation, `grant-${grant}-record`, undefined]];
    for (const seat of [lab, coordinator, evaluator]) assert.deepEqual(await records(seat), expected);
    // A key that a gateway makes after that does not stay.
    actors.keys.grantKey(`${grant}-record`);
    await custodian.settle();
    assert.equal(actors.keys.heldGrantKey(`${grant}-record`), undefined);
    assert.deepEqual(await records(lab), expected);
    assert.equal((await desk.as(evaluator)(readGrant, { params: { grant } })).window.state, "closed");
    assert.deepEqual(scene.errors, []);
  },
);

withAccessDesk("what gateways held that were ended is charged with the custodian's rounds", async ({ actors, database }) => {
  let charged = 0;
  const custodian = createCustodian({
    database,
    keys: actors.keys,
    clock: actors.clock,
    lookAtClocks: () => ({ kind: "together" }),
    log: { error: () => {} },
    chargeEnded: async () => void charged++,
    lookEveryMs: 5,
  });
  custodian.start();
  await until(() => charged > 0);
  await custodian.close();
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type AccessDesk, enrol, testingWindow, withAccessDesk } from "../../../tests/support/access-desk.ts";
import { takeSeat } from "../../../tests/support/subject-desk.ts";
import { listProbes } from "../../contract/endpoints/probes.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { IdentityResult } from "../../vocabulary/identity-verdict.ts";
import { createGatewayService } from "../gateway/gateway-service.ts";

const falseAlarmRate = { alarms: 0, repeats: 10, estimate: 0, upper95: 0.259 };
const counts = { unheard: 5, compared: 12, sameUpTo: 1, differentFrom: 4 };
const swapped: IdentityResult = {
  verdict: "different",
  basis: [
    { code: "reported-model-changed", before: ["aurora-2-internal"], now: ["aurora-2-smaller"] },
    { code: "answers-differ", ...counts },
  ],
  falseAlarmRate,
};
const unsaid: IdentityResult = {
  verdict: "cannot-say",
  basis: [{ code: "too-few-answers", compared: 4, needed: 6, failures: { unreachable: 8 } }],
  falseAlarmRate,
};

/** What a gateway states, by the way that it states it. */
async function stateProbes({ database, actors }: AccessDesk, window: string, bases: readonly object[]): Promise<void> {
  const gateways = createGatewayService({ database, clock: actors.clock });
  for (const [index, basis] of bases.entries()) {
    const stated = { occasion: "daily", verdict: index === 0 ? "different" : "cannot-say", calls: 12, tokens: 700 } as const;
    const probe = { gateway: "g1", window, id: randomUUID(), basis: { ...basis }, atMs: actors.clock() - index, ...stated };
    assert.deepEqual(await gateways.probe({ kind: "beside" }, probe), { taken: true });
  }
}

withAccessDesk(
  "everyone who sees a window sees how its probes went, with numbers; what upstream calls itself is the lab's alone",
  async (scene) => {
    const { desk, lab, coordinator, evaluator, actors } = scene;
    const { window } = await testingWindow(scene, (await enrol(scene)).id);
    await scene.toDay(11);
    const told = { models: [{ model: "aurora-2", ...swapped }] };
    await stateProbes(scene, window, [told, { models: [{ model: "aurora-2", ...unsaid }] }, { cut: true }]);
    const read = async (seat: typeof lab) => (await desk.as(seat)(listProbes, { params: { window }, query: {} })).rows;
    const ofLab = await read(lab);
    assert.deepEqual(
      ofLab.map(({ verdict, isCut, calls, atMs, models }) => ({ verdict, isCut, calls, ago: actors.clock() - atMs, models })),
      [
        { verdict: "different", isCut: false, calls: 12, ago: 0, models: told.models },
        { verdict: "cannot-say", isCut: false, calls: 12, ago: 1, models: [{ model: "aurora-2", ...unsaid }] },
        { verdict: "cannot-say", isCut: true, calls: 12, ago: 2, models: [] },
      ],
    );
    for (const seat of [coordinator, evaluator]) {
      const rows = await read(seat);
      assert.deepEqual(rows[0]?.models[0]?.basis, [{ code: "reported-model-changed" }, { code: "answers-differ", ...counts }]);
      assert.deepEqual(rows.slice(1), ofLab.slice(1));
    }
    const stranger = takeSeat(actors, { id: await actors.makeOrganisation("Another lab", "lab"), kind: "lab" });
    await assert.rejects(read(await stranger), (error) => isCodedError(error, "not-found"));
  },
);

withAccessDesk("probes page by key, and a verdict stays whatever the gateway said that it rests on", async (scene) => {
  const { desk, evaluator } = scene;
  const { window } = await testingWindow(scene, (await enrol(scene)).id);
  await scene.toDay(11);
  const broken = {
    models: [
      { model: "aurora-2", ...unsaid, basis: [{ code: "because" }] },
      { model: "aurora-2", ...unsaid },
    ],
  };
  await stateProbes(scene, window, [{}, broken, { models: "all of them" }]);
  const seen: unknown[] = [];
  let after: string | undefined;
  do {
    const query = { limit: 1, ...(after === undefined ? {} : { after }) };
    const page = await desk.as(evaluator)(listProbes, { params: { window }, query });
    seen.push(...page.rows.map(({ verdict, models }) => [verdict, models.length]));
    after = page.next;
  } while (after !== undefined);
  assert.deepEqual(seen, [
    ["different", 0],
    ["cannot-say", 1],
    ["cannot-say", 0],
  ]);
});

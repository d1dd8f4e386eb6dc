import assert from "node:assert/strict";
import {
  type AccessDesk,
  agreedPartner,
  enrol,
  insertToken,
  isRevoked,
  partnerStage,
  testingWindow,
  toldTo,
  withAccessDesk,
} from "../../../tests/support/access-desk.ts";
import { type Seat, takeSeat } from "../../../tests/support/subject-desk.ts";
import { endGrant, listGrants, makeGrant, readGrant } from "../../contract/endpoints/grants.ts";
import { listModels, moveRelease } from "../../contract/endpoints/models.ts";
import { listProposals, proposePartner, turnPartnerKey, turnPartnerKeyBack, withdrawProposal } from "../../contract/endpoints/partners.ts";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import { sql } from "../database/sql.ts";
import { isStatementError } from "../database/statement-error.ts";

const refused =
  (code: RefusalCode, words?: RegExp) =>
  (error: unknown): boolean =>
    isCodedError(error, code) && (words === undefined || words.test(error.message));

const asked = { purpose: "cyber evaluation", budget: { requests: 100, tokens: 100_000 } };

async function partnerSeat({ actors }: AccessDesk, name: string): Promise<Seat> {
  return takeSeat(actors, { id: await actors.makeOrganisation(name, "vendor"), kind: "vendor" });
}

withAccessDesk("a stage lets in those on whom both keys were turned, and tells each once, whichever stages it stands in", async (scene) => {
  const { desk, lab, coordinator } = scene;
  const partners: Seat[] = [];
  for (let n = 0; n < 23; n += 1) partners.push(await partnerSeat(scene, `Partner ${n}`));
  const [first, oneKey, ...others] = partners;
  assert.ok(first !== undefined && oneKey !== undefined);
  const { id: model } = await enrol(scene);
  const stage = await partnerStage(scene, model);
  const second = await partnerStage(scene, model, { name: "More partners", opens: scene.day(45) });
  for (const { organisation } of [first, ...others]) await agreedPartner(scene, stage, organisation);
  await agreedPartner(scene, second, first.organisation);
  const waiting = await desk.as(coordinator)(proposePartner, {
    params: { window: stage },
    body: { ...asked, organisation: oneKey.organisation },
  });
  const turned = await desk.as(lab)(turnPartnerKey, { params: { proposal: waiting.id }, body: { statedSha256: waiting.statedSha256 } });
  assert.deepEqual([turned.state, turned.ownKey], ["lab-key", "lab"]);

  await scene.toDay(39);
  // Before its stage opens a partner knows of nothing.
  assert.deepEqual((await desk.as(first)(listModels, { query: {} })).rows, []);
  await assert.rejects(desk.as(first)(listProposals, { params: { model }, query: {} }), refused("not-found"));
  assert.deepEqual(await toldTo(scene, first.organisation), []);
  await scene.toDay(40);
  for (const partner of [first, ...others]) {
    const [grant, ...more] = (await desk.as(partner)(listGrants, { query: {} })).rows;
    assert.deepEqual([grant?.window.state, grant?.purposes, grant?.budget, more], ["open", ["cyber evaluation"], asked.budget, []]);
    assert.deepEqual(await toldTo(scene, partner.organisation), ["window-opened"]);
  }
  assert.deepEqual((await desk.as(oneKey)(listGrants, { query: {} })).rows, []);
  const states = (await desk.as(coordinator)(listProposals, { params: { model }, query: { window: stage } })).rows;
  assert.equal(states.filter(({ state }) => state === "admitted").length, 22);

  // The second key, while the stage is open, lets it in at once.
  const now = await desk.as(coordinator)(turnPartnerKey, {
    params: { proposal: waiting.id },
    body: { statedSha256: waiting.statedSha256 },
  });
  assert.equal(now.state, "admitted");
  assert.deepEqual(await toldTo(scene, oneKey.organisation), ["window-opened"]);
  await scene.toDay(45);
  assert.equal((await desk.as(first)(listGrants, { query: {} })).rows.length, 2);
  assert.deepEqual(await toldTo(scene, first.organisation), ["window-opened"]);
  // The custodian has said once to lab and desk that it opened.
  assert.equal((await toldTo(scene, coordinator.organisation)).filter((kind) => kind === "window-opened").length, 2);
  assert.deepEqual(scene.errors, []);
});

withAccessDesk("a key falls on exactly the text that was shown, and no key alone lets anybody in", async (scene) => {
  const { desk, lab, coordinator, evaluator, actors } = scene;
  const partner = await partnerSeat(scene, "Partner");
  const { id: model } = await enrol(scene);
  const stage = await partnerStage(scene, model);
  const { window: testing } = await testingWindow(scene, model);
  const propose = (seat: Seat, more: object = {}) =>
    desk.as(seat)(proposePartner, { params: { window: stage }, body: { ...asked, organisation: partner.organisation, ...more } });
  const proposal = await propose(coordinator);
  assert.deepEqual([proposal.state, proposal.keys, proposal.ownKey], ["proposed", {}, "government"]);
  assert.deepEqual(await toldTo(scene, lab.organisation), ["partner-proposed"]);
  assert.match(proposal.stated, /tokens at most: 100000/);
  const params = { proposal: proposal.id };
  const { statedSha256 } = proposal;
  const turn = (seat: Seat, sha256 = statedSha256) => desk.as(seat)(turnPartnerKey, { params, body: { statedSha256: sha256 } });
  await assert.rejects(turn(lab, "0".repeat(64)), refused("conflict", /not the one you were shown/));
  await turn(lab);
  await assert.rejects(turn(lab), refused("conflict", /turned already/));
  await assert.rejects(desk.as(coordinator)(turnPartnerKeyBack, { params }), refused("conflict"));
  assert.equal((await desk.as(lab)(turnPartnerKeyBack, { params })).state, "proposed");
  await turn(lab);
  assert.equal((await turn(coordinator)).state, "both");
  await assert.rejects(desk.as(lab)(turnPartnerKeyBack, { params }), refused("conflict", /state both/));

  // Another hour of its stage is another text: the keys count no more, until it is as it was.
  const to = (day: number) =>
    desk.as(lab)(moveRelease, {
      params: { model },
      body: { partnerRelease: scene.day(40), stages: [{ window: stage, opens: scene.day(day) }] },
    });
  const state = async () => (await desk.as(lab)(listProposals, { params: { model }, query: {} })).rows[0]?.state;
  await to(42);
  assert.equal(await state(), "superseded");
  await scene.toDay(42);
  assert.deepEqual((await desk.as(partner)(listGrants, { query: {} })).rows, []);
  // One proposed anew takes its place, and needs both keys anew.
  const anew = await propose(lab, { budget: { requests: 5, tokens: 5 } });
  assert.equal(anew.state, "proposed");
  await assert.rejects(turn(coordinator), refused("conflict", /withdrawn/));
  const rows = (await desk.as(lab)(listProposals, { params: { model }, query: {} })).rows;
  assert.deepEqual(rows.map((row) => row.state).toSorted(), ["proposed", "withdrawn"]);
  for (const seat of [lab, coordinator]) {
    await desk.as(seat)(turnPartnerKey, { params: { proposal: anew.id }, body: { statedSha256: anew.statedSha256 } });
  }
  const [grant] = (await desk.as(partner)(listGrants, { query: {} })).rows;
  assert.deepEqual(grant?.budget, { requests: 5, tokens: 5 });
  await assert.rejects(
    desk.as(coordinator)(withdrawProposal, { params: { proposal: anew.id } }),
    refused("conflict", /has become a grant/),
  );
  await assert.rejects(propose(coordinator), refused("conflict", /partner of this stage already/));

  // Nobody else has a key, and whoever is not told of the model is told nothing.
  const agency = await takeSeat(actors, { id: await actors.makeOrganisation("Another agency", "agency"), kind: "agency" });
  const rival = await takeSeat(actors, { id: await actors.makeOrganisation("Rival lab", "lab"), kind: "lab" });
  for (const seat of [agency, rival]) {
    await assert.rejects(propose(seat), refused("not-found"));
    await assert.rejects(turn(seat), refused("not-found"));
    await assert.rejects(desk.as(seat)(withdrawProposal, { params }), refused("not-found"));
    await assert.rejects(desk.as(seat)(listProposals, { params: { model }, query: {} }), refused("not-found"));
  }
  await assert.rejects(propose(evaluator), refused("not-allowed"));
  // The partner itself sees its grant and no proposal.
  assert.deepEqual((await desk.as(partner)(listProposals, { params: { model }, query: {} })).rows, []);
  const use = { organisation: evaluator.organisation, purposes: ["cyber evaluation"], budget: asked.budget };
  await assert.rejects(desk.as(lab)(makeGrant, { params: { window: stage }, body: use }), refused("conflict", /both keys/));
  const body = { ...asked, organisation: partner.organisation };
  await assert.rejects(desk.as(lab)(proposePartner, { params: { window: testing }, body }), refused("conflict"));
  const bad: readonly (readonly [object, RegExp])[] = [
    [{ purpose: "poetry" }, /"poetry"/],
    [{ closes: scene.day(41) }, /to come/],
    [{ closes: scene.day(61) }, /end of its stage/],
    [{ organisation: crypto.randomUUID() }, /no such thing/],
  ];
  for (const [more, words] of bad) {
    await assert.rejects(propose(coordinator, more), (error) => isCodedError(error) && words.test(error.message), String(words));
  }
  assert.deepEqual(scene.errors, []);
});

withAccessDesk("a partner's grant ends at its own hour, or by the lab's word, or with the public release", async (scene) => {
  const { desk, lab, coordinator } = scene;
  const [short, ended, long] = [await partnerSeat(scene, "Short"), await partnerSeat(scene, "Ended"), await partnerSeat(scene, "Long")];
  const { id: model } = await enrol(scene);
  const stage = await partnerStage(scene, model);
  const body = { ...asked, organisation: short.organisation, closes: scene.day(44) };
  const proposal = await desk.as(lab)(proposePartner, { params: { window: stage }, body });
  for (const seat of [coordinator, lab]) {
    await desk.as(seat)(turnPartnerKey, { params: { proposal: proposal.id }, body: { statedSha256: proposal.statedSha256 } });
  }
  for (const { organisation } of [ended, long]) await agreedPartner(scene, stage, organisation);
  await scene.toDay(40);
  const grantOf = async (seat: Seat): Promise<string> => (await desk.as(seat)(listGrants, { query: {} })).rows[0]?.id ?? "";
  const grants = [await grantOf(short), await grantOf(ended), await grantOf(long)] as const;
  const tokens = [
    await insertToken(scene, short, lab.organisation, grants[0]),
    await insertToken(scene, ended, lab.organisation, grants[1]),
    await insertToken(scene, long, lab.organisation, grants[2]),
  ] as const;
  // What both agreed is changed by no side alone, past the service either.
  await assert.rejects(
    scene.database.query(scene.actors.as(lab), sql`update access_grant set budget_tokens = 1 where id = ${grants[2]}`),
    (error) => isStatementError(error, "42501"),
  );
  await desk.as(lab)(endGrant, { params: { grant: grants[1] } });
  const standing = async (): Promise<readonly boolean[]> => Promise.all(tokens.map(async (token) => !(await isRevoked(scene, token))));
  assert.deepEqual(await standing(), [true, false, true]);
  await scene.toDay(44);
  assert.deepEqual(await standing(), [false, false, true]);
  assert.equal((await desk.as(short)(readGrant, { params: { grant: grants[0] } })).endedAtMs, scene.day(44).instantMs);
  await scene.toDay(60);
  assert.deepEqual(await standing(), [false, false, false]);
  assert.equal((await desk.as(long)(readGrant, { params: { grant: grants[2] } })).window.state, "closed");
  // Those whose grants had ended before are not told that the stage closed.
  assert.deepEqual(await toldTo(scene, long.organisation), ["window-opened", "window-closed"]);
  assert.deepEqual(await toldTo(scene, ended.organisation), ["window-opened"]);
  assert.deepEqual(scene.errors, []);
});

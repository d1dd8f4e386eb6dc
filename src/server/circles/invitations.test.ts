import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  admit,
  AGREEMENT,
  DAY_MS,
  inForce,
  invite,
  makeCircle,
  scene,
  sha256,
  stated,
  trailOf,
} from "../../../tests/support/circle-scene.ts";
import { refused } from "../../../tests/support/refused.ts";
import { type Seat, takeSeat } from "../../../tests/support/subject-desk.ts";
import { TEST_NOW } from "../../../tests/support/trusted-actors.ts";
import {
  acceptInvitation,
  createCircle,
  declineInvitation,
  inviteToCircle,
  leaveCircle,
  listCircleInvitations,
  listCircleMembers,
  listReceivedInvitations,
  withdrawCircleInvitation,
} from "../../contract/endpoints/circles.ts";

scene("an organisation is in a circle once its own administrator has accepted, and no sooner", async (scene) => {
  const { desk, vault, harbour } = scene;
  const circle = await makeCircle(scene);
  const invitation = await invite(scene, circle, vault);
  assert.deepEqual(await inForce(scene, vault), []);

  const { rows } = await desk.as(vault)(listReceivedInvitations);
  assert.deepEqual(
    rows.map((row) => [row.id, row.circle.name, row.circle.owner.name]),
    [[invitation, "Fixers", "Harbour desk"]],
  );
  const joined = await desk.as(vault)(acceptInvitation, { params: { invitation }, body: {} });
  assert.deepEqual([joined.membership?.standing, joined.owned], ["in-force", false]);
  assert.deepEqual(await inForce(scene, vault), [circle]);
  assert.deepEqual((await desk.as(vault)(listReceivedInvitations)).rows, []);
  assert.deepEqual(await trailOf(scene, harbour.organisation), ["circle.created", "circle.invited"]);
  assert.deepEqual(await trailOf(scene, vault.organisation), ["circle.joined"]);
});

scene("a circle's conditions hold for whom it invites", async (scene) => {
  const { desk, vault, harbour, actors } = scene;
  const ferry = await takeSeat(actors, { id: await actors.makeOrganisation("Ferry", "vendor") });
  const circle = await makeCircle(scene, { longestDays: 10, needsSponsor: true, needsSecondFactor: true });
  for (const [what, more] of [
    ["no sponsor", {}],
    ["its own sponsor", { sponsor: vault.organisation }],
    ["a sponsor outside the circle", { sponsor: ferry.organisation }],
    ["a sponsor that is nobody", { sponsor: randomUUID() }],
    ["an end in the past", { sponsor: harbour.organisation, memberUntilMs: TEST_NOW }],
    ["an end later than the circle allows", { sponsor: harbour.organisation, memberUntilMs: TEST_NOW + 10 * DAY_MS + 1 }],
  ] as const) {
    await assert.rejects(invite(scene, circle, vault, more), refused("input-invalid"), what);
  }
  const invitation = await invite(scene, circle, vault, { sponsor: harbour.organisation });
  const without = desk.as(vault, { secondFactor: false });
  await assert.rejects(without(acceptInvitation, { params: { invitation }, body: {} }), refused("conflict"));
  await desk.as(vault)(acceptInvitation, { params: { invitation }, body: {} });
  assert.deepEqual(await inForce(scene, vault, false), []);
  assert.deepEqual(await inForce(scene, vault), [circle]);
  // Whoever is in may sponsor.
  await admit(scene, circle, ferry, { sponsor: vault.organisation });
  const { rows } = await desk.as(harbour)(listCircleMembers, { params: { circle } });
  assert.equal(rows.find(({ organisation }) => organisation.id === ferry.organisation)?.sponsor?.name, "Vault bank");
  await desk.as(vault)(leaveCircle, { params: { circle } });
  const after = await desk.as(harbour)(listCircleMembers, { params: { circle } });
  const left = after.rows.filter(({ sponsorHasLeft }) => sponsorHasLeft === true).map(({ organisation }) => organisation.name);
  assert.deepEqual(left, ["Ferry"]);
});

scene("an invitation is answered once, by whom it is for, before it lapses or is withdrawn", async (scene) => {
  const { desk, vault, harbour, actors } = scene;
  const stranger = await takeSeat(actors, { id: await actors.makeOrganisation("Stranger") });
  const circle = await makeCircle(scene);
  const first = await invite(scene, circle, vault);
  const accept = (seat: Seat, invitation: string) => desk.as(seat)(acceptInvitation, { params: { invitation }, body: {} });
  for (const seat of [stranger, harbour]) await assert.rejects(accept(seat, first), refused("not-found"));
  await assert.rejects(desk.as(vault)(withdrawCircleInvitation, { params: { invitation: first } }), refused("not-found"));

  const second = await invite(scene, circle, vault);
  await assert.rejects(accept(vault, first), refused("conflict"), "a newer one takes its place");
  await desk.as(harbour)(withdrawCircleInvitation, { params: { invitation: second } });
  await assert.rejects(accept(vault, second), refused("conflict"));

  const third = await invite(scene, circle, vault);
  await desk.as(vault)(declineInvitation, { params: { invitation: third } });
  await assert.rejects(accept(vault, third), refused("conflict"));

  const fourth = await invite(scene, circle, vault);
  actors.setClock(TEST_NOW + 14 * DAY_MS);
  await assert.rejects(accept(vault, fourth), refused("conflict", "not-found"));
  const { rows } = await desk.as(harbour)(listCircleInvitations, { params: { circle } });
  assert.deepEqual(rows.map(({ state }) => state).sort(), ["declined", "lapsed", "withdrawn", "withdrawn"]);
  assert.deepEqual(await inForce(scene, vault), []);
});

scene(
  "of two administrators who accept at once one does, and of two owners who invite at once one invitation stays open",
  async (scene) => {
    const { desk, vault, harbour, actors } = scene;
    const other = await takeSeat(actors, { id: vault.organisation, kind: vault.kind });
    const circle = await makeCircle(scene, { agreement: AGREEMENT });
    const invitation = await invite(scene, circle, vault);
    const body = { agreementSha256: sha256(AGREEMENT) };
    const answers = await Promise.allSettled(
      [vault, other].map((seat) => desk.as(seat)(acceptInvitation, { params: { invitation }, body })),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assert.deepEqual(await inForce(scene, vault), [circle]);
    assert.deepEqual(await trailOf(scene, vault.organisation), ["circle.joined", "circle.signed"]);

    const second = await takeSeat(actors, { id: harbour.organisation, kind: harbour.kind });
    const ferry = await actors.makeOrganisation("Ferry");
    await Promise.all(
      [harbour, second].map((seat) => desk.as(seat)(inviteToCircle, { params: { circle }, body: { organisation: ferry } })),
    );
    const { rows } = await desk.as(harbour)(listCircleInvitations, { params: { circle } });
    const states = rows.filter((row) => row.organisation.id === ferry).map(({ state }) => state);
    assert.deepEqual(states.sort(), ["open", "withdrawn"]);
  },
);

scene("inviting does not tell whether there is such an organisation, nor what it is called", async (scene) => {
  const { desk, vault, actors } = scene;
  const owner = await takeSeat(actors, { id: await actors.makeOrganisation("Ferry", "vendor") });
  const { id: circle } = await desk.as(owner)(createCircle, { body: stated });
  const answers = [];
  for (const organisation of [vault.organisation, randomUUID()]) {
    const answer = await desk.as(owner)(inviteToCircle, { params: { circle }, body: { organisation } });
    answers.push({ ...answer, id: "", organisation: { ...answer.organisation, id: "" } });
  }
  assert.deepEqual(answers[0], answers[1]);
});

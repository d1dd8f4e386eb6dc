import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { admit, AGREEMENT, inForce, invite, makeCircle, scene, sha256, stated, statedWith } from "../../../tests/support/circle-scene.ts";
import { refused } from "../../../tests/support/refused.ts";
import { type Seat, takeSeat } from "../../../tests/support/subject-desk.ts";
import {
  acceptInvitation,
  changeCircle,
  closeCircle,
  createCircle,
  declineInvitation,
  inviteToCircle,
  leaveCircle,
  listCircleInvitations,
  listCircleMembers,
  listCircles,
  listReceivedInvitations,
  noteVetting,
  readCircle,
  revokeCircleMember,
  signAgreement,
  withdrawCircleInvitation,
} from "../../contract/endpoints/circles.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";

scene("whoever has nothing to do with a circle is told of it what it is told of one that is not there", async (scene) => {
  const { desk, vault, actors } = scene;
  const stranger = await takeSeat(actors, { id: await actors.makeOrganisation("Stranger") });
  const circle = await makeCircle(scene);
  await admit(scene, circle, vault);
  const invitation = await invite(scene, circle, vault);
  const asks = (known: string, invited: string): readonly (() => Promise<unknown>)[] => {
    const params = { circle: known };
    const ask = desk.as(stranger);
    return [
      () => ask(readCircle, { params }),
      () => ask(changeCircle, { params, body: stated }),
      () => ask(closeCircle, { params }),
      () => ask(listCircleMembers, { params }),
      () => ask(listCircleInvitations, { params }),
      () => ask(inviteToCircle, { params, body: { organisation: stranger.organisation } }),
      () => ask(signAgreement, { params, body: { agreementSha256: sha256("x") } }),
      () => ask(leaveCircle, { params }),
      () => ask(noteVetting, { params, body: { organisation: vault.organisation, note: "x" } }),
      () => ask(revokeCircleMember, { params: { ...params, organisation: vault.organisation }, body: { reason: "x" } }),
      () => ask(acceptInvitation, { params: { invitation: invited }, body: {} }),
      () => ask(declineInvitation, { params: { invitation: invited } }),
      () => ask(withdrawCircleInvitation, { params: { invitation: invited } }),
    ];
  };
  const words = async (all: readonly (() => Promise<unknown>)[]): Promise<readonly string[]> => {
    const said: string[] = [];
    for (const ask of all) {
      const error = await ask().then(
        () => "answered",
        (caught: unknown) => caught,
      );
      said.push(isCodedError(error) ? `${error.code} ${error.message}` : String(error));
    }
    return said;
  };
  const hidden = await words(asks(circle, invitation));
  assert.deepEqual(hidden, await words(asks(randomUUID(), randomUUID())));
  assert.ok(
    hidden.every((text) => text.startsWith("not-found ")),
    hidden.join("\n"),
  );
  assert.deepEqual((await desk.as(stranger)(listCircles)).rows, []);
});

scene("members see one another where the circle lists them, and never what vetting found; others' roles change nothing", async (scene) => {
  const { desk, vault, harbour, actors } = scene;
  const ferry = await takeSeat(actors, { id: await actors.makeOrganisation("Ferry") });
  const auditor = await takeSeat(actors, { id: harbour.organisation, kind: harbour.kind }, "auditor");
  const editor = await takeSeat(actors, { id: harbour.organisation, kind: harbour.kind }, "editor");
  const listed = await makeCircle(scene);
  const unlisted = await makeCircle(scene, { membersListed: false });
  for (const circle of [listed, unlisted]) {
    await admit(scene, circle, vault);
    await admit(scene, circle, ferry);
    await desk.as(harbour)(noteVetting, { params: { circle }, body: { organisation: ferry.organisation, note: "two references checked" } });
  }
  const seen = async (seat: Seat, circle: string): Promise<readonly (readonly [string | undefined, string | undefined])[]> => {
    const { rows } = await desk.as(seat)(listCircleMembers, { params: { circle } });
    return rows.map((row) => [row.organisation.name, row.vettingNote] as const).sort();
  };
  const note = "two references checked";
  assert.deepEqual(await seen(harbour, unlisted), [
    ["Ferry", note],
    ["Vault bank", undefined],
  ]);
  assert.deepEqual(await seen(auditor, unlisted), [
    ["Ferry", note],
    ["Vault bank", undefined],
  ]);
  assert.deepEqual(await seen(editor, unlisted), [
    ["Ferry", undefined],
    ["Vault bank", undefined],
  ]);
  assert.deepEqual(await seen(vault, listed), [
    ["Ferry", undefined],
    ["Vault bank", undefined],
  ]);
  assert.deepEqual(await seen(vault, unlisted), [["Vault bank", undefined]]);
  for (const seat of [auditor, editor]) {
    await assert.rejects(desk.as(seat)(closeCircle, { params: { circle: listed } }), refused("not-allowed"));
  }
  await assert.rejects(desk.as(vault)(closeCircle, { params: { circle: listed } }), refused("not-allowed"));
});

scene("whether another member has signed is told to the owner alone", async (scene) => {
  const { desk, harbour, vault, actors } = scene;
  const ferry = await takeSeat(actors, { id: await actors.makeOrganisation("Ferry") });
  const circle = await makeCircle(scene);
  for (const seat of [vault, ferry]) await admit(scene, circle, seat);
  await desk.as(harbour)(changeCircle, { params: { circle }, body: statedWith({ agreement: AGREEMENT }) });
  await desk.as(vault)(signAgreement, { params: { circle }, body: { agreementSha256: sha256(AGREEMENT) } });
  const standings = async (seat: Seat): Promise<readonly (readonly [string | undefined, string])[]> => {
    const { rows } = await desk.as(seat)(listCircleMembers, { params: { circle } });
    return rows.map(({ organisation, standing }) => [organisation.name, standing] as const).sort();
  };
  assert.deepEqual(await standings(harbour), [
    ["Ferry", "unsigned"],
    ["Vault bank", "in-force"],
  ]);
  assert.deepEqual(await standings(vault), [
    ["Ferry", "in-force"],
    ["Vault bank", "in-force"],
  ]);
  // Whoever has not signed sees itself alone.
  assert.deepEqual(await standings(ferry), [["Ferry", "unsigned"]]);
});

scene("a closed circle opens nothing, takes nobody and is not changed", async (scene) => {
  const { desk, harbour, vault } = scene;
  const circle = await makeCircle(scene);
  await admit(scene, circle, vault);
  const open = await invite(scene, circle, vault);
  await desk.as(harbour)(closeCircle, { params: { circle } });
  assert.deepEqual(await inForce(scene, vault), []);
  assert.equal((await desk.as(vault)(readCircle, { params: { circle } })).membership?.standing, "closed");
  await assert.rejects(desk.as(vault)(acceptInvitation, { params: { invitation: open }, body: {} }), refused("conflict"));
  assert.deepEqual((await desk.as(vault)(listReceivedInvitations)).rows, []);
  for (const work of [
    () => desk.as(harbour)(changeCircle, { params: { circle }, body: stated }),
    () => desk.as(harbour)(closeCircle, { params: { circle } }),
    () => invite(scene, circle, vault),
  ]) {
    await assert.rejects(work(), refused("conflict"));
  }
});

scene("lists go on where the page before ended", async (scene) => {
  const { desk, harbour } = scene;
  for (const name of ["c", "a", "b"]) await desk.as(harbour)(createCircle, { body: { ...stated, name } });
  const names: string[] = [];
  let after: string | undefined;
  do {
    const page = await desk.as(harbour)(listCircles, { query: { limit: 2, ...(after === undefined ? {} : { after }) } });
    names.push(...page.rows.map(({ name }) => name));
    after = page.next;
  } while (after !== undefined);
  assert.deepEqual(names, ["a", "b", "c"]);
  await assert.rejects(desk.as(harbour)(listCircles, { query: { after: "x" } }), refused("input-invalid"));
});

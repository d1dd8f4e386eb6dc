import assert from "node:assert/strict";
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
import { TEST_NOW } from "../../../tests/support/trusted-actors.ts";
import {
  acceptInvitation,
  changeCircle,
  leaveCircle,
  listCircleMembers,
  readCircle,
  revokeCircleMember,
  signAgreement,
} from "../../contract/endpoints/circles.ts";
import { sql } from "../database/sql.ts";

scene("accepting signs the text that was read, by its digest; another text suspends until it is signed too", async (scene) => {
  const { desk, vault, harbour } = scene;
  const circle = await makeCircle(scene, { agreement: AGREEMENT });
  const invitation = await invite(scene, circle, vault);
  const accept = (agreementSha256?: string) =>
    desk.as(vault)(acceptInvitation, { params: { invitation }, body: agreementSha256 === undefined ? {} : { agreementSha256 } });
  await assert.rejects(accept(), refused("input-invalid"));
  await assert.rejects(accept(sha256("another text")), refused("conflict"));
  assert.deepEqual(await inForce(scene, vault), []);

  const joined = await accept(sha256(AGREEMENT));
  assert.deepEqual([joined.agreement, joined.membership?.signedAtMs], [{ text: AGREEMENT, sha256: sha256(AGREEMENT) }, TEST_NOW]);
  assert.deepEqual(await inForce(scene, vault), [circle]);

  const next = `${AGREEMENT}Nor after it.\n`;
  await desk.as(harbour)(changeCircle, { params: { circle }, body: { ...stated, agreement: next } });
  assert.equal((await desk.as(vault)(readCircle, { params: { circle } })).membership?.standing, "unsigned");
  assert.deepEqual(await inForce(scene, vault), []);
  await assert.rejects(
    desk.as(vault)(signAgreement, { params: { circle }, body: { agreementSha256: sha256(AGREEMENT) } }),
    refused("conflict"),
  );
  const signed = await desk.as(vault)(signAgreement, { params: { circle }, body: { agreementSha256: sha256(next) } });
  assert.equal(signed.membership?.standing, "in-force");
  assert.deepEqual(await inForce(scene, vault), [circle]);
  assert.deepEqual(await trailOf(scene, vault.organisation), ["circle.joined", "circle.signed", "circle.signed"]);
  // Both can show later what was signed, word for word.
  for (const [organisation, verb] of [
    [vault.organisation, "circle.signed"],
    [harbour.organisation, "circle.%d"],
  ] as const) {
    const kept = await scene.database.query<{ details: string }>(
      "keeper",
      sql`select details from audit_event where organisation_id = ${organisation} and verb like ${verb} order by at, id`,
    );
    const texts = kept.map(({ details }) => JSON.stringify(JSON.parse(details)));
    for (const text of [AGREEMENT, next])
      assert.ok(
        texts.some((details) => details.includes(JSON.stringify(text))),
        `${verb}: ${text}`,
      );
  }
});

scene("a membership ends at its hour, by its owner or by leaving, at once, and stays to be shown", async (scene) => {
  const { desk, harbour, vault, actors } = scene;
  const circle = await makeCircle(scene, { longestDays: 30 });
  await admit(scene, circle, vault, { memberUntilMs: TEST_NOW + DAY_MS });
  actors.setClock(TEST_NOW + DAY_MS - 1);
  assert.deepEqual(await inForce(scene, vault), [circle]);
  actors.setClock(TEST_NOW + DAY_MS);
  assert.deepEqual(await inForce(scene, vault), []);
  assert.equal((await desk.as(vault)(readCircle, { params: { circle } })).membership?.standing, "expired");

  // An expired membership does not stand in the way of a new one, whose end the circle sets.
  await admit(scene, circle, vault);
  assert.equal((await desk.as(vault)(readCircle, { params: { circle } })).membership?.expiresAtMs, TEST_NOW + 31 * DAY_MS);
  await desk.as(harbour)(revokeCircleMember, { params: { circle, organisation: vault.organisation }, body: { reason: "task done" } });
  assert.deepEqual(await inForce(scene, vault), []);
  assert.deepEqual((await desk.as(vault)(readCircle, { params: { circle } })).membership?.endedBecause, "task done");

  await admit(scene, circle, vault);
  await desk.as(vault)(leaveCircle, { params: { circle } });
  assert.deepEqual(await inForce(scene, vault), []);
  await assert.rejects(desk.as(vault)(leaveCircle, { params: { circle } }), refused("conflict"));

  const { rows } = await desk.as(harbour)(listCircleMembers, { params: { circle } });
  assert.deepEqual(rows.map((row) => row.endedBecause).sort(), ["left", "replaced by new conditions", "task done"]);
});

scene("new conditions take the place of those in force only when they are accepted", async (scene) => {
  const { desk, vault, actors } = scene;
  const circle = await makeCircle(scene);
  await admit(scene, circle, vault);
  const invitation = await invite(scene, circle, vault, { memberUntilMs: TEST_NOW + 2 * DAY_MS });
  assert.equal((await desk.as(vault)(readCircle, { params: { circle } })).membership?.expiresAtMs, undefined);
  actors.setClock(TEST_NOW + 1000);
  await desk.as(vault)(acceptInvitation, { params: { invitation }, body: {} });
  assert.equal((await desk.as(vault)(readCircle, { params: { circle } })).membership?.expiresAtMs, TEST_NOW + 2 * DAY_MS);
});

import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { openSubjectDesk, type Seat, type SubjectDesk, takeSeat } from "../../../tests/support/subject-desk.ts";
import { TEST_NOW, type TrustedActors, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import {
  acceptInvitation,
  changeCircle,
  circleEndpoints,
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
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import type { OwnedDatabase } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { circleRoutes } from "./circle-routes.ts";
import { createCircleService } from "./circle-service.ts";
import { createInvitationService } from "./invitation-service.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const AGREEMENT = "Nothing of what is read here leaves the organisation before its hour.\n";

type Scene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly desk: SubjectDesk;
  readonly harbour: Seat;
  readonly vault: Seat;
};

function scene(title: string, work: (scene: Scene) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const parts = { database, clock: actors.clock };
      const desk = await openSubjectDesk(actors, circleEndpoints, circleRoutes(createCircleService(parts), createInvitationService(parts)));
      try {
        const harbour = await takeSeat(actors, { id: await actors.makeOrganisation("Harbour desk", "coordinator"), kind: "coordinator" });
        const vault = await takeSeat(actors, { id: await actors.makeOrganisation("Vault bank", "operator"), kind: "operator" });
        await work({ database, actors, desk, harbour, vault });
      } finally {
        await desk.close();
      }
    }),
  );
}

const stated = { name: "Fixers", purpose: "Build and test fixes", needsSecondFactor: false };

async function makeCircle({ desk, harbour }: Scene, more: Partial<Parameters<typeof statedWith>[0]> = {}): Promise<string> {
  return (await desk.as(harbour)(createCircle, { body: statedWith(more) })).id;
}

function statedWith(more: {
  readonly agreement?: string;
  readonly longestDays?: number;
  readonly needsSponsor?: boolean;
  readonly needsSecondFactor?: boolean;
  readonly membersListed?: boolean;
}) {
  return { ...stated, ...more };
}

async function invite(
  scene: Scene,
  circle: string,
  seat: Seat,
  more: { readonly memberUntilMs?: number; readonly sponsor?: string } = {},
): Promise<string> {
  const sent = await scene.desk.as(scene.harbour)(inviteToCircle, {
    params: { circle },
    body: { organisation: seat.organisation, ...more },
  });
  return sent.id;
}

async function admit(
  scene: Scene,
  circle: string,
  seat: Seat,
  more: { readonly memberUntilMs?: number; readonly sponsor?: string } = {},
): Promise<void> {
  const invitation = await invite(scene, circle, seat, more);
  await scene.desk.as(seat)(acceptInvitation, { params: { invitation }, body: {} });
}

/** The circles that count for what the member is shown now. */
async function inForce({ database, actors }: Scene, seat: Seat, secondFactor = true): Promise<readonly string[]> {
  const [row] = await database.query<{ ids: readonly string[] }>(actors.as(seat, { secondFactor }), sql`select circles() as ids`);
  return (row?.ids ?? []).filter((id) => id !== seat.organisation && !id.startsWith("00000000"));
}

async function trailOf({ database }: Scene, organisation: string): Promise<readonly string[]> {
  const rows = await database.query<{ verb: string }>(
    "keeper",
    sql`select verb from audit_event where organisation_id = ${organisation} order by at, verb`,
  );
  return rows.map(({ verb }) => verb);
}

const refused =
  (...codes: readonly RefusalCode[]) =>
  (error: unknown) =>
    isCodedError(error, ...codes);

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

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

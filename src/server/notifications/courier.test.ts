import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { openMailbox, type Mailbox } from "../../../tests/support/mailbox.ts";
import { TEST_NOW, withTrustedActors, type TestMember, type TrustedActors } from "../../../tests/support/trusted-actors.ts";
import { openWebhookReceiver, type WebhookReceiver } from "../../../tests/support/webhook-receiver.ts";
import { openSmtp } from "../../connectors/smtp/smtp.ts";
import { openWebhook } from "../../connectors/webhook/webhook.ts";
import { makeWebhookSecret, webhookSignature } from "../../sealing/webhook-signature.ts";
import { NOTIFICATION_KINDS, NOTIFICATION_RULES, type NotificationKind } from "../../vocabulary/notification.ts";
import { levelNumber, type DraftLevel } from "../../vocabulary/level.ts";
import type { OrganisationKind } from "../../vocabulary/organisation.ts";
import type { OwnedDatabase, Row } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import { announce } from "./announcement-service.ts";
import { createCourier, RETRY_AFTER_MS, type Courier } from "./courier.ts";
import { sealWebhook } from "./webhook-seal.ts";

const signal = AbortSignal.timeout(120_000);
const SERVER = "https://sluice.example";
const EVERYONE = "00000000-0000-0000-0000-000000000001";
/** No word of these may be in anything that goes out. */
const SECRET_WORDS = ["Halyard", "Fennel", "Corvid", "Tarnlib", "heap", "overflow"];

type Scene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly mailbox: Mailbox;
  readonly receiver: WebhookReceiver;
  readonly owner: TestMember;
  readonly newCourier: () => Courier;
  /** Rounds until nothing is left to do now. */
  readonly settle: () => Promise<void>;
};

function scene(title: string, work: (scene: Scene) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) => {
      const [mailbox, receiver] = [await openMailbox(), await openWebhookReceiver()];
      const webhooks = openWebhook({ allowedPrivateHosts: ["127.0.0.1"] });
      try {
        const owner = await actors.makeMember(await actors.makeOrganisation("Corvid Appliances"));
        const newCourier = (): Courier =>
          createCourier({
            database,
            keys: actors.keys,
            mail: openSmtp({ url: mailbox.url, from: "sluice@sluice.example" }),
            webhooks,
            serverUrl: () => SERVER,
            clock: actors.clock,
            log: { warn: () => assert.fail("a round failed") },
          });
        const courier = newCourier();
        const settle = async (): Promise<void> => {
          while ((await courier.round(signal)) > 0);
        };
        await work({ database, actors, mailbox, receiver, owner, newCourier, settle });
      } finally {
        webhooks.close();
        await Promise.all([mailbox.close(), receiver.close()]);
      }
    }),
  );
}

type Told = TestMember & { readonly email: string };

/** An organisation with one administrator who can be reached by mail. */
async function makeTold(
  { database, actors }: Scene,
  email: string,
  options: { kind?: OrganisationKind; excluded?: boolean } = {},
): Promise<Told> {
  const organisation = await actors.makeOrganisation(`Fennel ${email}`, options.kind ?? "operator", options.excluded ?? false);
  const member = await actors.makeMember(organisation);
  await database.query("keeper", sql`update member set email = ${email} where person_id = ${member.person}`);
  return { ...member, email };
}

async function makeCircle({ database, owner }: Scene, members: readonly Told[], agreement?: string): Promise<string> {
  const digest = agreement === undefined ? null : Buffer.alloc(32, agreement);
  const [circle] = await database.query<{ id: string } & Row>(
    "keeper",
    sql`insert into circle (organisation_id, name, purpose, agreement_text, agreement_sha256, needs_second_factor, needs_sponsor, members_listed, created_at)
        values (${owner.organisation}, 'Tarnlib responders', 'heap', ${agreement ?? null}, ${digest}, false, false, true, ${new Date(TEST_NOW)}) returning id`,
  );
  for (const { organisation } of members) {
    await database.query(
      "keeper",
      sql`insert into circle_member (organisation_id, circle_id, member_organisation_id, admitted_at, admitted_by)
          values (${owner.organisation}, ${circle?.id}, ${organisation}, ${new Date(TEST_NOW)}, ${owner.person})`,
    );
  }
  return circle?.id ?? "";
}

async function makeDraft({ database, owner }: Scene): Promise<string> {
  const id = randomUUID();
  await database.transaction("keeper", async (transaction) => {
    await transaction.run(
      sql`insert into confidential_record (organisation_id, id, kind, created_at) values (${owner.organisation}, ${id}, 'draft-advisory', ${new Date(TEST_NOW)})`,
    );
    await transaction.run(sql`insert into draft_advisory (organisation_id, id, advisory_id, state, created_by, created_at)
      values (${owner.organisation}, ${id}, 'Halyard-2026-1', 'open', ${owner.person}, ${new Date(TEST_NOW)})`);
  });
  await open({ database, owner } as Scene, id, owner.organisation, "case");
  return id;
}

async function open({ database, owner, actors }: Scene, draft: string, circle: string, level: DraftLevel): Promise<void> {
  await database.query(
    "keeper",
    sql`insert into opening (organisation_id, record_id, circle_id, level, opened_by, opened_at)
        values (${owner.organisation}, ${draft}, ${circle}, ${levelNumber(level)}, 'hour', ${new Date(actors?.clock() ?? TEST_NOW)})`,
  );
}

async function tell({ database, owner, actors }: Scene, kind: NotificationKind, circleId: string, recordId?: string): Promise<void> {
  await database.transaction("releaser", (transaction) =>
    announce(transaction, {
      kind,
      circleId,
      organisationId: owner.organisation,
      atMs: actors.clock(),
      ...(recordId === undefined ? {} : { recordId }),
    }),
  );
}

async function statesOf(database: OwnedDatabase): Promise<readonly string[]> {
  const rows = await database.query<{ state: string } & Row>("keeper", sql`select state from delivery order by id`);
  return rows.map(({ state }) => state);
}

const addressees = (mailbox: Mailbox): readonly string[] => mailbox.received.map(({ to }) => to).toSorted();

scene("what was announced is mailed once to the members who may do something about it", async (stage) => {
  const { database, actors, mailbox, settle } = stage;
  const told = await makeTold(stage, "admin@operator.example");
  const reader = await actors.makeMember(told.organisation, "reader");
  await database.query("keeper", sql`update member set email = 'reader@operator.example' where person_id = ${reader.person}`);
  await tell(stage, "circle-invitation", told.organisation);
  await settle();
  assert.deepEqual(addressees(mailbox), ["admin@operator.example"]);
  await settle();
  assert.equal(mailbox.received.length, 1);
  assert.deepEqual(await statesOf(database), ["delivered"]);
});

scene("nothing is announced by a transaction that does not hold", async (stage) => {
  const { database, mailbox, settle, owner } = stage;
  const told = await makeTold(stage, "admin@operator.example");
  const failure = new Error("the stage did not open after all");
  await assert.rejects(
    database.transaction("releaser", async (transaction) => {
      await announce(transaction, {
        kind: "circle-invitation",
        circleId: told.organisation,
        organisationId: owner.organisation,
        atMs: TEST_NOW,
      });
      throw failure;
    }),
    failure,
  );
  await settle();
  assert.deepEqual(mailbox.received, []);
});

scene("of a record only those are told who may see it at that level at that moment", async (stage) => {
  const { database, actors, mailbox, settle, owner } = stage;
  const names = ["in", "left", "expired", "unsigned", "outside", "later"] as const;
  const [inside, left, expired, unsigned, , later] = await Promise.all(names.map((name) => makeTold(stage, `${name}@x.example`)));
  const spy = await makeTold(stage, "spy@x.example", { kind: "agency", excluded: true });
  const excepted = await makeTold(stage, "excepted@x.example", { kind: "agency", excluded: true });
  assert.ok(inside && left && expired && unsigned && later);
  const circle = await makeCircle(stage, [inside, left, expired, unsigned, spy, excepted], "agreed");
  for (const { organisation, person } of [inside, left, expired, spy, excepted]) {
    await database.query(
      "keeper",
      sql`insert into circle_signature (organisation_id, circle_id, member_organisation_id, agreement_sha256, signed_by, signed_at)
          values (${owner.organisation}, ${circle}, ${organisation}, ${Buffer.alloc(32, "agreed")}, ${person}, ${new Date(TEST_NOW)})`,
    );
  }
  await database.query(
    "keeper",
    sql`update circle_member set revoked_at = ${new Date(TEST_NOW)} where member_organisation_id = ${left.organisation}`,
  );
  await database.query(
    "keeper",
    sql`update circle_member set expires_at = ${new Date(TEST_NOW)} where member_organisation_id = ${expired.organisation}`,
  );
  const draft = await makeDraft(stage);
  await database.query(
    "keeper",
    sql`insert into exclusion_exception (organisation_id, record_id, excepted_organisation_id, reason, made_by, made_at)
        values (${owner.organisation}, ${draft}, ${excepted.organisation}, 'they mend it', ${owner.person}, ${new Date(TEST_NOW)})`,
  );
  await open(stage, draft, circle, "fix");
  await tell(stage, "stage-opened", circle, draft);
  // Known from level case: nobody in the circle may know of it, whoever announced it to them.
  await tell(stage, "release-held", circle, draft);
  await settle();
  assert.deepEqual(addressees(mailbox), ["excepted@x.example", "in@x.example"]);

  await database.query(
    "keeper",
    sql`insert into circle_member (organisation_id, circle_id, member_organisation_id, admitted_at, admitted_by)
    values (${owner.organisation}, ${circle}, ${later.organisation}, ${new Date(TEST_NOW)}, ${owner.person})`,
  );
  actors.setClock(TEST_NOW + 1000);
  await settle();
  assert.equal(mailbox.received.length, 2);
});

scene("everyone signed in is told of what is opened to everyone, and the one who announces is not", async (stage) => {
  const { mailbox, settle } = stage;
  await Promise.all(["a@x.example", "b@x.example"].map((email) => makeTold(stage, email)));
  const draft = await makeDraft(stage);
  await open(stage, draft, EVERYONE, "notice");
  await tell(stage, "stage-opened", EVERYONE, draft);
  await settle();
  assert.deepEqual(addressees(mailbox), ["a@x.example", "b@x.example"]);
});

scene("a member who wants no mail gets none, nor one who was revoked, nor anybody once they may know no longer", async (stage) => {
  const { database, actors, mailbox, settle } = stage;
  const [quiet, gone, ended] = await Promise.all(
    ["quiet@x.example", "gone@x.example", "ended@x.example"].map((email) => makeTold(stage, email)),
  );
  assert.ok(quiet && gone && ended);
  await database.query(
    actors.as(quiet),
    sql`insert into mail_choice (organisation_id, person_id, wants_mail) values (${quiet.organisation}, ${quiet.person}, false)`,
  );
  const circle = await makeCircle(stage, [quiet, gone, ended]);
  const draft = await makeDraft(stage);
  await open(stage, draft, circle, "fix");
  mailbox.refuseWith({ code: 451, text: "later" });
  await tell(stage, "stage-opened", circle, draft);
  await settle();
  assert.deepEqual(await statesOf(database), ["waiting", "waiting"]);
  await database.query("keeper", sql`update member set revoked_at = ${new Date(TEST_NOW)} where person_id = ${gone.person}`);
  await database.query(
    "keeper",
    sql`update circle_member set revoked_at = ${new Date(TEST_NOW)} where member_organisation_id = ${ended.organisation}`,
  );
  mailbox.refuseWith(undefined);
  actors.setClock(TEST_NOW + 60_000);
  await settle();
  assert.deepEqual(mailbox.received, []);
  assert.deepEqual(await statesOf(database), ["withdrawn", "withdrawn"]);
});

scene("what is delayed is tried again after 1 m, 5 m, 30 m, 2 h and 12 h, and then it has failed", async (stage) => {
  const { database, actors, mailbox, settle } = stage;
  const told = await makeTold(stage, "admin@operator.example");
  mailbox.refuseWith({ code: 451, text: "greylisted" });
  await tell(stage, "circle-invitation", told.organisation);
  await settle();
  let atMs = TEST_NOW;
  for (const [index, wait] of RETRY_AFTER_MS.entries()) {
    const [row] = await database.query<{ attempts: number; state: string; next_at: Date; last_reason: string } & Row>(
      "keeper",
      sql`select * from delivery`,
    );
    assert.deepEqual([row?.attempts, row?.state, row?.next_at.getTime()], [index + 1, "waiting", atMs + wait]);
    assert.match(row?.last_reason ?? "", /greylisted/);
    actors.setClock(atMs + wait - 1);
    await settle();
    atMs += wait;
    actors.setClock(atMs);
    await settle();
  }
  assert.deepEqual(await statesOf(database), ["failed"]);
  const [row] = await database.query<{ attempts: number } & Row>("keeper", sql`select attempts from delivery`);
  assert.equal(row?.attempts, RETRY_AFTER_MS.length + 1);
});

scene("what is refused for good is not tried again, and shown with its reason", async (stage) => {
  const { database, actors, mailbox, settle } = stage;
  const told = await makeTold(stage, "nobody@operator.example");
  mailbox.refuseWith({ code: 550, text: "no such user" });
  await tell(stage, "circle-invitation", told.organisation);
  await settle();
  const rows = await database.query<Row>(actors.as(told), sql`select state, attempts, last_reason from delivery`);
  assert.equal(rows[0]?.["state"], "failed");
  assert.match(String(rows[0]?.["last_reason"]), /no such user/);
});

scene("a courier that dies loses nothing: another takes it over when the lease ends, under the same id", async (stage) => {
  const { database, actors, mailbox, newCourier, settle } = stage;
  const told = await makeTold(stage, "admin@operator.example");
  await tell(stage, "circle-invitation", told.organisation);
  const killed = new AbortController();
  const dying = createCourier({
    database,
    keys: actors.keys,
    // Sent, but the process ends before it can say so.
    mail: {
      location: "",
      send: async (mail) => {
        await openSmtp({ url: mailbox.url, from: "sluice@sluice.example" }).send(mail, signal);
        throw new Error("killed");
      },
    },
    webhooks: { send: async () => assert.fail("no webhook is set") },
    serverUrl: () => SERVER,
    clock: actors.clock,
    log: { warn: () => undefined },
  });
  await assert.rejects(dying.round(killed.signal), /killed/);
  await settle();
  assert.equal(mailbox.received.length, 1);
  actors.setClock(TEST_NOW + 3 * 60_000);
  await newCourier().round(signal);
  assert.equal(mailbox.received.length, 2);
  assert.equal(mailbox.received[0]?.messageId, mailbox.received[1]?.messageId);
  assert.deepEqual(await statesOf(database), ["delivered"]);
});

scene("a courier goes round by itself until it is stopped, in the middle of an attempt too", async (stage) => {
  const { database, actors, newCourier } = stage;
  const told = await makeTold(stage, "admin@operator.example");
  const stop = newCourier().start();
  await tell(stage, "circle-invitation", told.organisation);
  while (!(await statesOf(database)).includes("delivered")) await delay(20, undefined, { signal });
  await stop();
  await tell(stage, "circle-invitation", told.organisation);
  const begun = Promise.withResolvers<void>();
  const waiting = createCourier({
    database,
    keys: actors.keys,
    mail: {
      location: "",
      send: (_mail, ended) =>
        new Promise((_resolve, reject) => {
          ended.addEventListener("abort", () => reject(ended.reason as Error));
          begun.resolve();
        }),
    },
    webhooks: { send: async () => assert.fail("no webhook is set") },
    serverUrl: () => SERVER,
    clock: actors.clock,
    log: { warn: () => assert.fail("to be stopped is no failure") },
  }).start();
  await begun.promise;
  await waiting();
  assert.deepEqual((await statesOf(database)).toSorted(), ["delivered", "waiting"]);
});

scene("two couriers at once lose nothing and double nothing", async (stage) => {
  const { database, mailbox, newCourier } = stage;
  const told = await Promise.all(Array.from({ length: 12 }, (_, index) => makeTold(stage, `m${index}@x.example`)));
  for (const { organisation } of told) await tell(stage, "circle-invitation", organisation);
  const couriers = [newCourier(), newCourier()];
  for (let round = 0; round < 8; round += 1) await Promise.all(couriers.map((courier) => courier.round(signal)));
  assert.deepEqual(addressees(mailbox), told.map(({ email }) => email).toSorted());
  assert.ok((await statesOf(database)).every((state) => state === "delivered"));
});

scene("a webhook gets a signed document with an id that stays the same, and no mail is needed for it", async (stage) => {
  const { database, actors, receiver, settle } = stage;
  const organisation = await actors.makeOrganisation("Fennel bank", "operator");
  const secret = makeWebhookSecret();
  const member = await actors.makeMember(organisation);
  await database.query(
    actors.as(member),
    sql`insert into webhook (organisation_id, location, sealed, created_by, created_at)
        values (${organisation}, 'http://127.0.0.1', ${await sealWebhook(actors.keys, { url: receiver.url, secret })}, ${member.person}, ${new Date(TEST_NOW)})`,
  );
  receiver.answerWith(500);
  await tell(stage, "circle-invitation", organisation);
  await settle();
  receiver.answerWith(204);
  actors.setClock(TEST_NOW + 60_000);
  await settle();
  const [first, second] = receiver.received;
  assert.ok(first !== undefined && second !== undefined && receiver.received.length === 2);
  assert.equal(first.headers["webhook-id"], second.headers["webhook-id"]);
  for (const [index, { headers, body }] of receiver.received.entries()) {
    const timestamp = Number(headers["webhook-timestamp"]);
    assert.equal(timestamp, TEST_NOW / 1000 + index * 60);
    assert.equal(headers["webhook-signature"], webhookSignature(secret, { id: String(headers["webhook-id"]), timestamp, body }));
  }
  const [notification] = await database.query<{ id: string } & Row>("keeper", sql`select id from notification`);
  assert.deepEqual(JSON.parse(first.body), {
    type: "notification",
    timestamp: new Date(TEST_NOW).toISOString(),
    data: { id: notification?.id, link: `${SERVER}/notifications/${notification?.id}` },
  });
});

scene("a webhook whose key is gone has failed, and the reason says what to do", async (stage) => {
  const { database, actors, settle } = stage;
  const organisation = await actors.makeOrganisation("Fennel bank", "operator");
  const member = await actors.makeMember(organisation);
  await database.query(
    actors.as(member),
    sql`insert into webhook (organisation_id, location, sealed, created_by, created_at)
        values (${organisation}, 'https://x.example', ${Buffer.from("sealed by nobody")}, ${member.person}, ${new Date(TEST_NOW)})`,
  );
  await tell(stage, "circle-invitation", organisation);
  await settle();
  const [row] = await database.query<Row>(actors.as(member), sql`select state, last_reason from delivery`);
  assert.deepEqual(row, { state: "failed", last_reason: "its secret was sealed with a key that is gone; add the webhook again" });
});

scene("whatever the kind, no title, package, organisation or circle is in what goes out", async (stage) => {
  const { database, actors, mailbox, receiver, settle, owner } = stage;
  const told = await makeTold(stage, "admin@x.example", { kind: "coordinator" });
  await database.query(
    actors.as(told),
    sql`insert into webhook (organisation_id, location, sealed, created_by, created_at) values (${told.organisation}, 'http://127.0.0.1',
      ${await sealWebhook(actors.keys, { url: receiver.url, secret: makeWebhookSecret() })}, ${told.person}, ${new Date(TEST_NOW)})`,
  );
  const circle = await makeCircle(stage, [told]);
  const draft = await makeDraft(stage);
  await database.query(
    "keeper",
    sql`insert into draft_part (organisation_id, draft_id, revision, level, kind, body, author_organisation_id, author_person_id, written_at)
    values (${owner.organisation}, ${draft}, 1, 3, 'summary', '{"text":"heap overflow in Halyard"}', ${owner.organisation}, ${owner.person}, ${new Date(TEST_NOW)})`,
  );
  await open(stage, draft, circle, "case");
  for (const kind of NOTIFICATION_KINDS) await tell(stage, kind, circle, NOTIFICATION_RULES[kind].level === "public" ? undefined : draft);
  await settle();
  assert.equal(mailbox.received.length, NOTIFICATION_KINDS.length);
  assert.equal(receiver.received.length, NOTIFICATION_KINDS.length);
  const sent = [
    ...mailbox.received.map(({ text }) => text),
    ...receiver.received.map(({ body, headers }) => body + JSON.stringify(headers)),
  ];
  for (const text of sent) {
    for (const word of [...SECRET_WORDS, draft, circle, owner.organisation, told.organisation, owner.person, told.person])
      assert.ok(!text.toLowerCase().includes(word.toLowerCase()), `${word} is in ${text}`);
  }
  // But for the test, every kind looks the same from outside.
  const bare = (text: string): string => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID").replace(/^Date: .*$/m, "");
  const bodies = new Set(mailbox.received.map(({ text }) => bare(text)));
  assert.equal(bodies.size, 2);
});

import assert from "node:assert/strict";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { secretOf, signInAgain, whoIs, withSignInDesk } from "../../../tests/support/sign-in-desk.ts";
import { askPasskey, endSession, readSession, signInByPasskey, switchOrganisation } from "../../contract/endpoints/sign-in.ts";
import { inviteMember, joinByLink } from "../../contract/endpoints/one-time-links.ts";
import { readAccount, revokeSession } from "../../contract/endpoints/account.ts";
import { randomSecret } from "../../sealing/token.ts";
import { sql } from "../database/sql.ts";
import { SESSION_IDLE_MS, SESSION_MS } from "./session-rules.ts";

withTestDatabase("a passkey signs in again, and the session says who, for whom, and what it is worth", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    await ada.ask(endSession);
    assert.equal(await whoIs(ada), undefined);
    const { status, body, cookies } = await signInAgain(ada);
    assert.equal(status, 200);
    assert.deepEqual([body.way, body.shows, body.secondFactor, body.others], ["passkey", "case", true, []]);
    assert.match(cookies[0] ?? "", /^sluice=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    assert.equal((await whoIs(ada))?.person, body.person);
    const answered = await desk.app.inject({ url: "/api/session", headers: { host: "localhost", cookie: ada.cookie() } });
    assert.equal(answered.headers["cache-control"], "no-store", "what one actor is answered is nobody else's to see");
  });
});

withTestDatabase("over https the cookie is the one that no other host can set", async (database) => {
  const served = { publicUrl: "https://desk.example/", tls: false };
  await withSignInDesk(
    database,
    async (desk) => {
      const { cookies } = await signInAgain(await desk.administrator());
      assert.match(cookies[0] ?? "", /^__Host-sluice=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/);
    },
    { served, host: "desk.example" },
  );
});

withTestDatabase("a session is over after twelve hours, after an hour without use, and when it is ended", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const start = desk.clock();
    for (let at = start; at < start + SESSION_MS; at += SESSION_IDLE_MS - 1) {
      desk.setClock(at);
      assert.notEqual(await whoIs(ada), undefined);
    }
    desk.setClock(start + SESSION_MS);
    const stolen = ada.cookie();
    assert.equal((await ada.ask(readSession)).code, "credential-refused");
    assert.equal(ada.cookie(), "", "the browser is told to forget a session that is over");
    ada.carry(stolen);
    assert.equal((await ada.ask(readSession)).code, "credential-refused");

    await signInAgain(ada);
    desk.setClock(desk.clock() + SESSION_IDLE_MS);
    assert.equal((await ada.ask(readSession)).code, "credential-refused");

    await signInAgain(ada);
    const copied = ada.cookie();
    await ada.ask(endSession);
    assert.equal(ada.cookie(), "");
    ada.carry(copied);
    assert.equal((await ada.ask(readSession)).code, "credential-refused");
  });
});

withTestDatabase("last use is kept to the minute, and one's sessions can be ended from another device", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    desk.setClock(desk.clock() + 30_000);
    ada.forget();
    await signInAgain(ada);
    const second = ada.cookie();
    const lastUse = async (): Promise<readonly number[]> => (await ada.ask(readAccount)).body.sessions.map((each) => each.lastUsedAtMs);
    const before = await lastUse();
    desk.setClock(desk.clock() + 59_000);
    assert.deepEqual(await lastUse(), before);
    desk.setClock(desk.clock() + 1000);
    assert.equal(Math.max(...(await lastUse())), desk.clock());
    const { body } = await ada.ask(readAccount);
    assert.deepEqual(
      body.sessions.map(({ own, way, agent }) => [own, way, agent]),
      [
        [true, "passkey", "test browser"],
        [false, "passkey", "test browser"],
      ],
    );
    const first = body.sessions.find(({ own }) => !own);
    assert.equal((await ada.ask(revokeSession, { params: { session: first?.id ?? "" } })).status, 200);
    assert.equal((await ada.ask(revokeSession, { params: { session: first?.id ?? "" } })).code, "not-found");
    assert.equal(ada.cookie(), second);
    assert.equal((await ada.ask(readAccount)).body.sessions.length, 1);
  });
});

withTestDatabase("whoever signs in again in one browser leaves no session behind", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const before = ada.cookie();
    await signInAgain(ada);
    assert.notEqual(ada.cookie(), before);
    assert.equal((await ada.ask(readAccount)).body.sessions.length, 1);
    ada.carry(before);
    assert.equal((await ada.ask(readSession)).code, "credential-refused");
  });
});

withTestDatabase("what a page asks while nobody is before it keeps no session alive", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const start = desk.clock();
    for (const minutes of [20, 40, 59]) {
      desk.setClock(start + minutes * 60_000);
      const { status } = await ada.ask(readSession, { headers: { "sluice-unattended": "1" } });
      assert.equal(status, 200);
    }
    desk.setClock(start + SESSION_IDLE_MS);
    assert.equal((await ada.ask(readSession)).code, "credential-refused");
  });
});

withTestDatabase("one person's session is nobody else's to end", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const bo = await desk.member(ada, "reader");
    const [session] = (await bo.ask(readAccount)).body.sessions;
    assert.equal((await ada.ask(revokeSession, { params: { session: session?.id ?? "" } })).code, "not-found");
    assert.notEqual(await whoIs(bo), undefined);
  });
});

withTestDatabase("a revoked member's session dies at once, and signing in again opens nothing", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const bo = await desk.member(ada, "editor");
    const person = (await whoIs(bo))?.person;
    await database.query("keeper", sql`update member set revoked_at = ${new Date(desk.clock())} where person_id = ${person}`);
    assert.equal((await bo.ask(readSession)).code, "credential-refused");
    assert.equal((await signInAgain(bo)).code, "credential-refused");
  });
});

withTestDatabase("a person acts for one organisation at a time, and for those that invited them alone", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const [vendor] = await database.query<{ id: string }>(
      "keeper",
      sql`insert into organisation (kind, name, created_at) values ('vendor', 'Vendor', ${new Date(desk.clock())}) returning id`,
    );
    const invited = await ada.ask(inviteMember, {
      body: { name: "Bo", email: "bo@vendor.example", role: "administrator", organisation: vendor?.id ?? "" },
    });
    const bo = await desk.member(ada, "reader");
    assert.equal((await bo.ask(switchOrganisation, { body: { organisation: vendor?.id ?? "" } })).code, "not-found");
    const joined = await bo.ask(joinByLink, { body: { link: secretOf(invited.body.link) } });
    assert.equal(joined.body.acting.name, "Vendor");
    assert.equal((await bo.ask(joinByLink, { body: { link: secretOf(invited.body.link) } })).code, "credential-refused");
    const desks = (await whoIs(bo))?.others[0]?.organisation ?? "";
    assert.equal((await bo.ask(switchOrganisation, { body: { organisation: desks } })).body.acting.name, "Harbour desk");
    const { body } = await bo.ask(switchOrganisation, { body: { organisation: vendor?.id ?? "" } });
    assert.deepEqual(
      [body.acting.name, body.acting.role, body.others.map(({ name, role }) => [name, role])],
      ["Vendor", "administrator", [["Harbour desk", "reader"]]],
    );
    await bo.ask(endSession);
    assert.equal((await signInAgain(bo)).body.acting.name, "Vendor", "the organisation of last time");
    // Now the vendor has an administrator of its own, who invites; the installation's may not any more.
    const again = await ada.ask(inviteMember, {
      body: { name: "Eve", email: "eve@desk.example", role: "administrator", organisation: vendor?.id ?? "" },
    });
    assert.equal(again.code, "conflict");
    assert.equal((await ada.ask(switchOrganisation, { body: { organisation: vendor?.id ?? "" } })).code, "not-found");
  });
});

withTestDatabase("what the answer to a challenge may not be", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const question = async () => (await ada.ask(askPasskey)).body;
    const send = async (answer: unknown) => (await ada.ask(signInByPasskey, { body: answer as never })).code;

    const replayed = ada.device.get(await question());
    assert.equal(await send(replayed), undefined);
    assert.equal(await send(replayed), "challenge-refused", "given twice");

    const late = ada.device.get(await question());
    desk.setClock(desk.clock() + 5 * 60_000);
    assert.equal(await send(late), "challenge-refused", "after five minutes");

    assert.equal(await send(ada.device.get({ ...(await question()), challenge: randomSecret() })), "challenge-refused", "never asked");
    assert.equal(await send(ada.device.get(await question(), { origin: "http://localhost:9090" })), "challenge-refused", "another origin");
    assert.equal(await send(ada.device.get(await question(), { relyingPartyId: "evil.example" })), "challenge-refused", "another party");
    assert.equal(await send(ada.device.get(await question(), { userVerified: false })), "challenge-refused", "no finger, face or PIN");
    assert.equal(await send(ada.device.get(await question(), { spoiltSignature: true })), "challenge-refused", "another signature");
    assert.equal(await send(ada.device.get(await question(), { counter: 1 })), "challenge-refused", "a counter that went back");

    const own = ada.device.get(await question());
    assert.equal(
      await send({ ...own, response: { ...own.response, userHandle: "AAAAAAAAAAAAAAAAAAAAAA" } }),
      "credential-refused",
      "nobody's",
    );
    assert.equal(await send({ ...own, id: "AAAA", rawId: "AAAA" }), "challenge-refused", "spent by the try before");
    assert.equal(await send({}), "input-invalid");
    assert.equal(await send("x".repeat(70_000)), "document-too-large");
    assert.equal(await send(`{"id":`), "input-invalid");
    assert.equal(await send(ada.device.get(await question())), undefined, "and the device still signs in");
  });
});

withTestDatabase("another site's page can neither use a session nor begin one", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const foreign: readonly Readonly<Record<string, string>>[] = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
    ];
    for (const headers of foreign) {
      assert.equal((await ada.ask(endSession, { headers })).code, "cross-site");
      const answer = ada.device.get((await ada.ask(askPasskey)).body) as never;
      assert.equal((await desk.browser().ask(signInByPasskey, { body: answer, headers })).code, "cross-site");
    }
    assert.notEqual(await whoIs(ada), undefined);
  });
});

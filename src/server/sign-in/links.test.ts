import assert from "node:assert/strict";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { enrol, secretOf, signInAgain, type TestBrowser, whoIs, withSignInDesk } from "../../../tests/support/sign-in-desk.ts";
import { addPasskey, askNewPasskey, readAccount, revokePasskey } from "../../contract/endpoints/account.ts";
import {
  askPasskeyByLink,
  enrolByLink,
  enrolWithRecoveryCodes,
  inviteMember,
  issueRecoveryLink,
  joinByLink,
  listInvitations,
  readLink,
  signOnByLink,
  withdrawInvitation,
} from "../../contract/endpoints/one-time-links.ts";
import { switchOrganisation } from "../../contract/endpoints/sign-in.ts";
import { randomSecret } from "../../sealing/token.ts";
import { sql } from "../database/sql.ts";
import { MEMBER_LINK_MS } from "./link-service.ts";
import { FRESH_MS } from "./session-rules.ts";

const bo = { name: "Bo", email: "bo@desk.example", role: "reader" } as const;

async function invited(by: TestBrowser): Promise<string> {
  const { status, body } = await by.ask(inviteMember, { body: bo });
  assert.equal(status, 200);
  return secretOf(body.link);
}

withTestDatabase("an invitation says what it is for, works once, and lasts 72 hours", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const link = await invited(ada);
    const { body } = await desk.browser().ask(readLink, { body: { link } });
    assert.deepEqual(
      [body.purpose, body.organisation, body.name, body.email, body.role, body.signOn],
      ["invitation", "Harbour desk", "Bo", "bo@desk.example", "reader", false],
    );
    const replies = await Promise.all([desk.browser(), desk.browser()].map((browser) => enrol(browser, link, {})));
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 401]);
    const late = await invited(ada);
    desk.setClock(desk.clock() + MEMBER_LINK_MS);
    assert.equal((await enrol(desk.browser(), late, {})).code, "credential-refused");
  });
});

withTestDatabase("open invitations are listed without their links, and can be withdrawn", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const link = await invited(ada);
    const { body } = await ada.ask(listInvitations);
    assert.deepEqual(
      body.invitations.map(({ name, role }) => [name, role]),
      [["Bo", "reader"]],
    );
    assert.ok(!JSON.stringify(body).includes(link));
    const params = { invitation: body.invitations[0]?.id ?? "" };
    assert.equal((await ada.ask(withdrawInvitation, { params })).status, 200);
    assert.equal((await ada.ask(withdrawInvitation, { params })).code, "not-found");
    assert.equal((await enrol(desk.browser(), link, {})).code, "credential-refused");
  });
});

withTestDatabase("only administrators invite and let back in, and nobody themselves", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const person = (await whoIs(ada))?.person ?? "";
    for (const role of ["editor", "reader", "auditor"] as const) {
      const member = await desk.member(ada, role);
      assert.equal((await member.ask(inviteMember, { body: bo })).code, "not-allowed", role);
      assert.equal((await member.ask(issueRecoveryLink, { params: { member: person } })).code, "not-allowed", role);
    }
    assert.equal((await ada.ask(issueRecoveryLink, { params: { member: person } })).code, "not-allowed");
    const nobody = "0b9ad6f4-6f0c-4f5e-9a4e-0123456789ab";
    assert.equal((await ada.ask(issueRecoveryLink, { params: { member: nobody } })).code, "not-found");
  });
});

withTestDatabase("a second administrator lets a member back in, and both names stay in the trail", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const member = await desk.member(ada, "editor");
    const person = (await whoIs(member))?.person ?? "";
    const first = await ada.ask(issueRecoveryLink, { params: { member: person } });
    const second = await ada.ask(issueRecoveryLink, { params: { member: person } });
    const elsewhere = desk.browser();
    assert.equal((await enrol(elsewhere, secretOf(first.body.link), {})).code, "credential-refused", "replaced by the second");
    assert.equal((await enrol(elsewhere, secretOf(second.body.link), {})).body.person, person);
    assert.equal((await signInAgain(elsewhere)).body.acting.role, "editor");
    const trail = await database.query(
      "keeper",
      sql`select verb, person_id as person, subject from audit_event where verb in ('member.recovered', 'member.recovery-link-issued') order by verb desc limit 2`,
    );
    assert.deepEqual(trail, [
      { verb: "member.recovery-link-issued", person: (await whoIs(ada))?.person, subject: `member:${person}` },
      { verb: "member.recovery-link-issued", person: (await whoIs(ada))?.person, subject: `member:${person}` },
    ]);
    assert.deepEqual(await database.query("keeper", sql`select person_id as person from audit_event where verb = 'member.recovered'`), [
      { person },
    ]);
  });
});

withTestDatabase("whoever is let go does not come back by a link of their own", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const second = await desk.member(ada, "administrator", "Cy");
    const [invitation, person] = [await invited(second), (await whoIs(second))?.person ?? ""];
    const recovery = await second.ask(issueRecoveryLink, { params: { member: (await whoIs(ada))?.person ?? "" } });
    const link = secretOf(recovery.body.link);
    assert.equal((await desk.browser().ask(readLink, { body: { link } })).status, 200);
    await database.query("keeper", sql`update member set role = 'reader' where person_id = ${person}`);
    assert.equal((await enrol(desk.browser(), link, {})).code, "credential-refused", "no administrator any more");
    await database.query("keeper", sql`update member set revoked_at = ${new Date(desk.clock())} where person_id = ${person}`);
    assert.equal((await enrol(desk.browser(), invitation, {})).code, "credential-refused", "no member any more");
  });
});

withTestDatabase("a service account has tokens and no other way in", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const organisation = (await whoIs(ada))?.acting.organisation;
    const [machine] = await database.query<{ id: string }>(
      "keeper",
      sql`insert into person (kind, created_at) values ('service', now()) returning id`,
    );
    await database.query(
      "keeper",
      sql`insert into member (organisation_id, person_id, name, role, since) values (${organisation}, ${machine?.id}, 'Pipeline', 'reader', now())`,
    );
    assert.equal((await ada.ask(issueRecoveryLink, { params: { member: machine?.id ?? "" } })).code, "not-found");
  });
});

withTestDatabase("an organisation that lets itself in as its member comes into no other", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const [vendor] = await database.query<{ id: string }>(
      "keeper",
      sql`insert into organisation (kind, name, created_at) values ('vendor', 'Vendor', ${new Date(desk.clock())}) returning id`,
    );
    const member = await desk.member(ada, "reader");
    const person = (await whoIs(member))?.person ?? "";
    const toVendor = await ada.ask(inviteMember, { body: { ...bo, role: "administrator", organisation: vendor?.id ?? "" } });
    await member.ask(joinByLink, { body: { link: secretOf(toVendor.body.link) } });
    assert.equal((await whoIs(member))?.others.length, 1);

    desk.setClock(desk.clock() + 1000);
    const recovery = await ada.ask(issueRecoveryLink, { params: { member: person } });
    const insider = desk.browser();
    await enrol(insider, secretOf(recovery.body.link), {});
    assert.deepEqual([(await whoIs(insider))?.person, (await whoIs(insider))?.others], [person, []]);
    assert.equal((await insider.ask(switchOrganisation, { body: { organisation: vendor?.id ?? "" } })).code, "not-found");
    assert.equal((await signInAgain(insider)).body.acting.name, "Harbour desk");
    assert.equal((await insider.ask(switchOrganisation, { body: { organisation: vendor?.id ?? "" } })).code, "not-found");

    desk.setClock(desk.clock() + 1000);
    // Neither by a further passkey, nor by an invitation, nor does it see or remove what the person made.
    const question = await insider.ask(askNewPasskey);
    const passkey = insider.device.create(question.body as never) as never;
    assert.equal((await insider.ask(addPasskey, { body: { passkey, name: "One more" } })).status, 200);
    assert.equal((await signInAgain(insider)).body.others.length, 0);
    const again = await ada.ask(inviteMember, { body: bo });
    assert.equal((await insider.ask(joinByLink, { body: { link: secretOf(again.body.link) } })).code, "not-allowed");
    const seen = (await insider.ask(readAccount)).body.passkeys.map(({ name }) => name);
    assert.deepEqual(seen, ["Passkey", "One more"]);
    const own = (await member.ask(readAccount)).body.passkeys;
    assert.equal(own.length, 3);
    assert.equal((await insider.ask(revokePasskey, { params: { passkey: own[0]?.id ?? "" } })).code, "not-found");
    assert.equal((await signInAgain(member)).body.acting.name, "Vendor");
  });
});

withTestDatabase("what a link may not be used with", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const [mine, other] = [await invited(ada), await invited(ada)];
    const browser = desk.browser();
    const send = async (link: string, passkey: unknown) =>
      (await browser.ask(enrolByLink, { body: { link, passkey: passkey as never } })).code;
    const question = async (link: string) => (await browser.ask(askPasskeyByLink, { body: { link } })).body as never;

    assert.equal((await browser.ask(readLink, { body: { link: randomSecret() } })).code, "credential-refused", "never made");
    assert.equal((await browser.ask(readLink, { body: { link: "short" } })).code, "input-invalid");
    assert.equal(await send(other, browser.device.create(await question(mine))), "credential-refused", "a passkey made for another link");
    assert.equal(await send(mine, browser.device.create(await question(mine), { origin: "https://evil.example" })), "challenge-refused");
    const replayed = browser.device.create(await question(mine));
    assert.equal(await send(mine, replayed), undefined);
    assert.equal(await send(other, replayed), "challenge-refused", "a passkey made once already");
    assert.equal((await browser.ask(enrolWithRecoveryCodes, { body: { link: other } })).code, "unsupported", "codes where passkeys work");
    assert.equal((await browser.ask(signOnByLink, { body: { link: other } })).code, "unsupported", "a sign-on that there is not");
    assert.equal(
      (await browser.ask(enrolByLink, { body: { link: other, passkey: replayed as never }, headers: { "sec-fetch-site": "cross-site" } }))
        .code,
      "cross-site",
    );
    assert.equal((await enrol(browser, other, {})).status, 200);
  });
});

withTestDatabase("one's passkeys: one more, and never the last one fewer", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const [only] = (await ada.ask(readAccount)).body.passkeys;
    assert.equal((await ada.ask(revokePasskey, { params: { passkey: only?.id ?? "" } })).code, "conflict");
    const question = await ada.ask(askNewPasskey);
    assert.equal(question.body.excludeCredentials?.length, 1);
    const passkey = ada.device.create(question.body as never) as never;
    assert.equal((await ada.ask(addPasskey, { body: { passkey, name: "Security key" } })).status, 200);
    assert.equal((await ada.ask(addPasskey, { body: { passkey, name: "Security key" } })).code, "challenge-refused");
    assert.equal((await ada.ask(revokePasskey, { params: { passkey: only?.id ?? "" } })).status, 200);
    assert.deepEqual(
      (await ada.ask(readAccount)).body.passkeys.map(({ name }) => name),
      ["Security key"],
    );

    // The answer to another's question is none.
    const bos = await desk.member(ada, "reader");
    const swapped = bos.device.create((await bos.ask(askNewPasskey)).body as never) as never;
    assert.equal((await ada.ask(addPasskey, { body: { passkey: swapped, name: "Bo's" } })).code, "challenge-refused");
    // A session that has gone on for a while makes no other way in.
    desk.setClock(desk.clock() + FRESH_MS + 1);
    assert.equal((await ada.ask(askNewPasskey)).code, "not-allowed");
    await signInAgain(ada);
    assert.equal((await ada.ask(askNewPasskey)).status, 200);
  });
});

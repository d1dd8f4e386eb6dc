import assert from "node:assert/strict";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { type SignInDesk, type TestBrowser, whoIs, withSignInDesk } from "../../../tests/support/sign-in-desk.ts";
import { addPasskey, makeRecoveryCodes, readAccount } from "../../contract/endpoints/account.ts";
import { endSession, readSession } from "../../contract/endpoints/sign-in.ts";
import { inviteMember } from "../../contract/endpoints/one-time-links.ts";
import { issueToken, listTokens, revokeToken } from "../../contract/endpoints/access-tokens.ts";
import { makeToken } from "../../sealing/token.ts";
import { sql } from "../database/sql.ts";
import type { RequestHead } from "../http/caller.ts";

const scan = { name: "nightly scan", verbs: ["scan"] as "scan"[], days: 30 };
const bearer = (token: string): { readonly authorization: string } => ({ authorization: `Bearer ${token}` });
const headOf = (token: string): RequestHead => ({
  method: "GET",
  header: (name) => (name === "authorization" ? `Bearer ${token}` : undefined),
});

async function issued(browser: TestBrowser): Promise<{ readonly token: string; readonly id: string }> {
  const { status, body } = await browser.ask(issueToken, { body: scan });
  assert.equal(status, 200);
  return body;
}

withTestDatabase("a token is shown once, kept as a digest, and says who it acts as, with its scopes alone", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const bo = await desk.member(ada, "editor");
    const { token } = await issued(bo);
    const caller = await desk.service.sessions.authenticate(headOf(token));
    assert.deepEqual(
      [caller?.person, caller?.role, caller?.verbs, caller?.isToken, caller?.floor, caller?.secondFactor],
      [(await whoIs(bo))?.person, "editor", ["scan"], true, 1, true],
    );
    const stored = await database.query<{ row: string }>("keeper", sql`select t::text as row from access_token t`);
    assert.ok(!JSON.stringify(stored).includes(token.slice(4, 40)));
    const [listed] = (await bo.ask(listTokens)).body.tokens;
    assert.deepEqual([listed?.name, listed?.verbs, listed?.own, listed?.lastUsedAtMs], ["nightly scan", ["scan"], true, desk.clock()]);
    assert.ok(!JSON.stringify(listed).includes("slu_"));
  });
});

withTestDatabase("a token follows what its owner may do now", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const bo = await desk.member(ada, "editor");
    const { body } = await bo.ask(issueToken, { body: { ...scan, verbs: ["draft.write", "scan"] } });
    const person = (await whoIs(bo))?.person;
    await database.query("keeper", sql`update member set role = 'reader' where person_id = ${person}`);
    assert.deepEqual((await desk.service.sessions.authenticate(headOf(body.token)))?.verbs, ["scan"]);
    await database.query("keeper", sql`update member set revoked_at = ${new Date(desk.clock())} where person_id = ${person}`);
    await assert.rejects(desk.service.sessions.authenticate(headOf(body.token)), /in force/);
  });
});

const asked: readonly { readonly title: string; readonly body: object; readonly code: string }[] = [
  { title: "a verb above the owner's", body: { ...scan, verbs: ["member.manage"] }, code: "not-allowed" },
  { title: "more than a year", body: { ...scan, days: 366 }, code: "input-invalid" },
  { title: "no verb", body: { ...scan, verbs: [] }, code: "input-invalid" },
  { title: "a verb that is none", body: { ...scan, verbs: ["everything"] }, code: "input-invalid" },
  { title: "no name", body: { ...scan, name: " " }, code: "input-invalid" },
  { title: "no end", body: { name: "x", verbs: ["scan"] }, code: "input-invalid" },
  { title: "somebody else as owner", body: { ...scan, member: "0b9ad6f4-6f0c-4f5e-9a4e-0123456789ab" }, code: "not-allowed" },
];
withTestDatabase("what a token cannot be issued with", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const bo = await desk.member(await desk.administrator(), "editor");
    for (const { title, body, code } of asked) assert.equal((await bo.ask(issueToken, { body: body as never })).code, code, title);
    assert.deepEqual((await bo.ask(listTokens)).body.tokens, []);
  });
});

withTestDatabase("a token that does not hold is refused in the same words, whatever is wrong with it", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const revoked = await issued(ada);
    await ada.ask(revokeToken, { params: { token: revoked.id } });
    const expiring = await issued(ada);
    const session = ada.cookie().split("=")[1] ?? "";
    const bad: Readonly<Record<string, string>> = {
      revoked: bearer(revoked.token).authorization,
      foreign: bearer(makeToken()).authorization,
      "cut short": bearer(expiring.token.slice(0, -2)).authorization,
      "a session's secret": bearer(session).authorization,
      "another scheme": "Basic YTpi",
      "two at once": `Bearer ${expiring.token}, Bearer ${expiring.token}`,
      "a digest": bearer(`slu_${Buffer.alloc(36).toString("base64url")}x`).authorization,
    };
    const words = new Set<string>();
    const stranger = desk.browser();
    for (const [title, authorization] of Object.entries(bad)) {
      const { status, code, body } = await stranger.ask(readSession, { headers: { authorization } });
      assert.deepEqual([status, code], [401, "credential-refused"], title);
      words.add((body as { detail?: string }).detail ?? "");
    }
    desk.setClock(desk.clock() + 30 * 86_400_000);
    const { code, body } = await stranger.ask(readSession, { headers: bearer(expiring.token) });
    assert.equal(code, "credential-refused");
    words.add((body as { detail?: string }).detail ?? "");
    assert.equal(words.size, 1);
  });
});

withTestDatabase("a token does what its scopes say and changes no ways in", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const { token, id } = await issued(ada);
    const machine = desk.browser();
    const headers = bearer(token);
    assert.equal((await machine.ask(issueToken, { body: scan, headers })).code, "not-allowed", "its scopes lack the verb");
    const { body: wide } = await ada.ask(issueToken, { body: { ...scan, verbs: ["token.issue", "member.manage"] } });
    assert.equal(
      (await machine.ask(issueToken, { body: scan, headers: bearer(wide.token) })).code,
      "not-allowed",
      "a token issues no token",
    );
    assert.equal((await machine.ask(readAccount, { headers })).code, "not-allowed");
    assert.equal((await machine.ask(makeRecoveryCodes, { headers })).code, "not-allowed");
    assert.equal((await machine.ask(endSession, { headers })).code, "not-allowed");
    assert.equal((await machine.ask(addPasskey, { body: {} as never, headers })).code, "input-invalid");
    assert.deepEqual((await machine.ask(readSession, { headers })).body, {});
    assert.equal((await machine.ask(revokeToken, { params: { token: id }, headers })).status, 200, "it may end itself");
    assert.equal((await machine.ask(listTokens, { headers })).code, "credential-refused");
  });
});

async function serviceAccount(desk: SignInDesk, database: Parameters<typeof withSignInDesk>[0], organisation: string): Promise<string> {
  const at = new Date(desk.clock());
  const [row] = await database.query<{ id: string }>(
    "keeper",
    sql`insert into person (kind, created_at) values ('service', ${at}) returning id`,
  );
  const person = row?.id ?? "";
  await database.query(
    "keeper",
    sql`insert into member (organisation_id, person_id, name, role, since) values (${organisation}, ${person}, 'Pipeline', 'reader', ${at})`,
  );
  return person;
}

withTestDatabase("administrators issue for service accounts, within both their rights, and see and revoke everyone's", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const bo = await desk.member(ada, "reader");
    const organisation = (await whoIs(ada))?.acting.organisation ?? "";
    const member = await serviceAccount(desk, database, organisation);
    const { body } = await ada.ask(issueToken, { body: { ...scan, member } });
    assert.equal((await desk.service.sessions.authenticate(headOf(body.token)))?.person, member);
    assert.equal((await ada.ask(issueToken, { body: { ...scan, verbs: ["draft.write"], member } })).code, "not-allowed");
    assert.equal(
      (await ada.ask(issueToken, { body: { ...scan, member: (await whoIs(bo))?.person ?? "" } })).code,
      "not-found",
      "a person's own",
    );
    const bos = await issued(bo);
    assert.deepEqual((await ada.ask(listTokens)).body.tokens.map(({ owner, own }) => [owner.name, own]).sort(), [
      ["Bo", false],
      ["Pipeline", false],
    ]);
    assert.deepEqual(
      (await bo.ask(listTokens)).body.tokens.map(({ id }) => id),
      [bos.id],
    );
    assert.equal((await bo.ask(revokeToken, { params: { token: body.id } })).code, "not-found", "another's");
    assert.equal((await ada.ask(revokeToken, { params: { token: bos.id } })).status, 200);
    await assert.rejects(desk.service.sessions.authenticate(headOf(bos.token)), /in force/);
    const verbs = await database.query("keeper", sql`select verb from audit_event where verb like 'token%' order by verb`);
    assert.deepEqual(
      verbs.map(({ verb }) => verb),
      ["token.issued", "token.issued", "token.revoked"],
    );
  });
});

withTestDatabase("another organisation's tokens are as if they were not there", async (database) => {
  await withSignInDesk(database, async (desk) => {
    const ada = await desk.administrator();
    const { id } = await issued(ada);
    const [vendor] = await database.query<{ id: string }>(
      "keeper",
      sql`insert into organisation (kind, name, created_at) values ('vendor', 'Vendor', ${new Date(desk.clock())}) returning id`,
    );
    const vic = await desk.member(ada, "administrator", "Vic", vendor?.id ?? "");
    assert.deepEqual((await vic.ask(listTokens)).body.tokens, []);
    const hidden = await vic.ask(revokeToken, { params: { token: id } });
    const missing = await vic.ask(revokeToken, { params: { token: "0b9ad6f4-6f0c-4f5e-9a4e-0123456789ab" } });
    assert.deepEqual([hidden.status, hidden.body], [missing.status, missing.body]);
    const organisation = (await whoIs(ada))?.acting.organisation ?? "";
    assert.equal(
      (await vic.ask(inviteMember, { body: { name: "Eve", email: "eve@x.example", role: "reader", organisation } })).code,
      "not-allowed",
    );
  });
});

import assert from "node:assert/strict";
import type { Mail, MailServer } from "../../connectors/smtp/smtp.ts";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { enrol, secretOf, type SignInDesk, type TestBrowser, whoIs, withSignInDesk } from "../../../tests/support/sign-in-desk.ts";
import { askMailedLink, askPasskey, signInByMailedLink, signInByRecoveryCode, signInWays } from "../../contract/endpoints/sign-in.ts";
import { enrolWithRecoveryCodes, inviteMember } from "../../contract/endpoints/one-time-links.ts";
import { issueToken } from "../../contract/endpoints/access-tokens.ts";
import { makeRecoveryCodes, readAccount } from "../../contract/endpoints/account.ts";
import { sql } from "../database/sql.ts";
import { MAILED_LINK_MS } from "./mailed-link-service.ts";

const unsuitable = { served: { publicUrl: undefined, tls: false }, host: "10.0.0.5:8080" };
const origin = "http://10.0.0.5:8080";

/** Keeps what would go out. */
function outbox(): { readonly mail: MailServer; readonly sent: Mail[] } {
  const sent: Mail[] = [];
  return {
    sent,
    mail: {
      location: "memory",
      send: async (mail) => {
        sent.push(mail);
        return { kind: "delivered" };
      },
    },
  };
}

async function administratorByCodes(desk: SignInDesk): Promise<{ readonly browser: TestBrowser; readonly codes: readonly string[] }> {
  const browser = desk.browser();
  const link = secretOf((await desk.service.links.firstAdministrator(origin))?.link);
  const { status, body } = await browser.ask(enrolWithRecoveryCodes, {
    body: { link, name: "Ada", email: "ada@desk.example", organisation: "Harbour desk" },
  });
  assert.equal(status, 200);
  return { browser, codes: body.codes };
}

withTestDatabase("where passkeys cannot work the server says what is missing, and offers codes", async (database) => {
  await withSignInDesk(
    database,
    async (desk) => {
      const { body } = await desk.browser().ask(signInWays);
      assert.deepEqual(
        [body.standing, body.missing, body.recoveryCode, body.mailedLink, body.server.address],
        ["unsuitable", ["PUBLIC_URL", "TLS"], true, false, origin],
      );
      const refused = await desk.browser().ask(askPasskey);
      assert.equal(refused.code, "unsupported");
      assert.match((refused.body as unknown as { detail: string }).detail, /expected PUBLIC_URL and TLS to be set/);
      const link = secretOf((await desk.service.links.firstAdministrator(origin))?.link);
      assert.equal(
        (await enrol(desk.browser(), link, { name: "Ada", email: "ada@desk.example", organisation: "Desk" })).code,
        "unsupported",
      );
    },
    unsuitable,
  );
});

withTestDatabase("a recovery code works once, shows nothing above notice, and is kept as a digest", async (database) => {
  await withSignInDesk(
    database,
    async (desk) => {
      const { browser, codes } = await administratorByCodes(desk);
      assert.equal(codes.length, 10);
      assert.deepEqual([(await whoIs(browser))?.shows, (await whoIs(browser))?.secondFactor], ["notice", false]);
      const stored = JSON.stringify(await database.query("keeper", sql`select r::text as row from recovery_code r`));
      assert.ok(codes.every((code) => !stored.includes(code)));

      const again = desk.browser();
      const [code = "", other = ""] = codes;
      const { body } = await again.ask(signInByRecoveryCode, { body: { code: code.toLowerCase().replaceAll("-", " ") } });
      assert.deepEqual([body.way, body.shows, body.secondFactor], ["recovery-code", "notice", false]);
      assert.equal((await desk.browser().ask(signInByRecoveryCode, { body: { code } })).code, "credential-refused", "used");
      assert.equal((await desk.browser().ask(signInByRecoveryCode, { body: { code: "AAAA-BBBB-CCCC-DDDD" } })).code, "credential-refused");
      assert.equal((await desk.browser().ask(signInByRecoveryCode, { body: { code: "no code" } })).code, "input-invalid");
      const twice = await Promise.all(
        [desk.browser(), desk.browser()].map((each) => each.ask(signInByRecoveryCode, { body: { code: other } })),
      );
      assert.deepEqual(twice.map(({ status }) => status).sort(), [200, 401], "of two at once one");
      assert.equal((await again.ask(readAccount)).body.recoveryCodesLeft, 8);

      const fresh = await again.ask(makeRecoveryCodes);
      assert.equal(fresh.body.codes.length, 10);
      assert.equal(
        (await desk.browser().ask(signInByRecoveryCode, { body: { code: codes[5] ?? "" } })).code,
        "credential-refused",
        "replaced",
      );
    },
    unsuitable,
  );
});

withTestDatabase("a token from a session that sees little sees no more", async (database) => {
  await withSignInDesk(
    database,
    async (desk) => {
      const { browser } = await administratorByCodes(desk);
      const asked = { name: "scan", verbs: ["scan"] as "scan"[], days: 1 };
      assert.equal((await browser.ask(issueToken, { body: { ...asked, shows: "fix" } })).code, "not-allowed");
      const { body } = await browser.ask(issueToken, { body: asked });
      const caller = await desk.service.sessions.authenticate({
        method: "GET",
        header: (name) => (name === "authorization" ? `Bearer ${body.token}` : undefined),
      });
      assert.deepEqual([caller?.floor, caller?.secondFactor], [4, false]);
    },
    unsuitable,
  );
});

withTestDatabase("the database itself keeps a weak session below notice", async (database) => {
  await withSignInDesk(
    database,
    async (desk) => {
      await administratorByCodes(desk);
      await assert.rejects(database.query("keeper", sql`update session set floor = 1`), /violates check constraint/);
      await assert.rejects(database.query("gatekeeper", sql`update session set floor = 1`), /permission denied/);
    },
    unsuitable,
  );
});

const plainName = { served: { publicUrl: "http://desk.example/", tls: false }, host: "desk.example" };

withTestDatabase("a mailed link signs in once, within ten minutes, sees notice at most and manages nothing", async (database) => {
  const { mail, sent } = outbox();
  await withSignInDesk(
    database,
    async (desk) => {
      await administratorByCodes(desk);
      const browser = desk.browser();
      assert.equal((await browser.ask(signInWays)).body.mailedLink, true);
      const known = await browser.ask(askMailedLink, { body: { email: "Ada@desk.example" } });
      const unknown = await browser.ask(askMailedLink, { body: { email: "nobody@desk.example" } });
      assert.deepEqual([known.status, known.body], [unknown.status, unknown.body], "the same answer for both");
      await desk.service.mailedLinks.settled();
      assert.deepEqual(
        sent.map(({ to, subject }) => [to, subject]),
        [["Ada@desk.example", "Sign in to Sluice"]],
      );
      assert.match(sent[0]?.text ?? "", /^http:\/\/desk\.example\/sign-in\/link#[\w-]{43}$/m);
      const link = keyIn(sent[0]);
      const { status, body } = await browser.ask(signInByMailedLink, { body: { link } });
      assert.equal(status, 200);
      assert.deepEqual([body.way, body.shows, body.secondFactor, body.others], ["mailed-link", "notice", false, []]);
      assert.deepEqual([...body.verbs].sort(), ["draft.read", "draft.write", "notification.manage", "scan"]);
      assert.equal((await desk.browser().ask(signInByMailedLink, { body: { link } })).code, "credential-refused");
      for (const endpoint of [makeRecoveryCodes] as const) assert.equal((await browser.ask(endpoint)).code, "not-allowed");
      assert.equal(
        (await browser.ask(inviteMember, { body: { name: "Eve", email: "eve@x.example", role: "administrator" } })).code,
        "not-allowed",
      );
      assert.equal((await browser.ask(issueToken, { body: { name: "x", verbs: ["scan"], days: 1 } })).code, "not-allowed");
    },
    { ...plainName, mail },
  );
});

withTestDatabase("mailed links end, are few, and are of no use where passkeys work", async (database) => {
  const { mail, sent } = outbox();
  await withSignInDesk(
    database,
    async (desk) => {
      await administratorByCodes(desk);
      const browser = desk.browser();
      for (let round = 0; round < 5; round += 1) {
        assert.equal((await browser.ask(askMailedLink, { body: { email: "ada@desk.example" } })).status, 200);
        await desk.service.mailedLinks.settled();
      }
      assert.equal(sent.length, 3, "three within ten minutes");
      desk.setClock(desk.clock() + MAILED_LINK_MS);
      assert.equal((await browser.ask(signInByMailedLink, { body: { link: keyIn(sent[0]) } })).code, "credential-refused", "too late");
      await browser.ask(askMailedLink, { body: { email: "ada@desk.example" } });
      await desk.service.mailedLinks.settled();
      assert.equal(sent.length, 4);
    },
    { ...unsuitable, mail },
  );
});

withTestDatabase("where passkeys work neither codes nor mailed links are taken", async (database) => {
  const { mail } = outbox();
  await withSignInDesk(
    database,
    async (desk) => {
      const ada = await desk.administrator();
      const { body } = await ada.ask(makeRecoveryCodes);
      const browser = desk.browser();
      assert.deepEqual(
        [(await browser.ask(signInWays)).body.recoveryCode, (await browser.ask(signInWays)).body.mailedLink],
        [false, false],
      );
      assert.equal((await browser.ask(signInByRecoveryCode, { body: { code: body.codes[0] ?? "" } })).code, "unsupported");
      assert.equal((await browser.ask(askMailedLink, { body: { email: "ada@desk.example" } })).code, "unsupported");
      assert.equal((await browser.ask(signInByMailedLink, { body: { link: "A".repeat(43) } })).code, "unsupported");
    },
    { mail },
  );
});

withTestDatabase("without PUBLIC_URL the mail holds a key and no address, which whoever asks could choose", async (database) => {
  const { mail, sent } = outbox();
  await withSignInDesk(
    database,
    async (desk) => {
      await administratorByCodes(desk);
      const browser = desk.browser();
      await browser.ask(askMailedLink, { body: { email: "ada@desk.example" }, headers: { host: "evil.example" } });
      await desk.service.mailedLinks.settled();
      assert.doesNotMatch(sent[0]?.text ?? "", /evil|http|10\.0\.0\.5/);
      assert.equal((await browser.ask(signInByMailedLink, { body: { link: keyIn(sent[0]) } })).status, 200);
    },
    { ...unsuitable, mail },
  );
});

/** What the link of a mail ends with, or the key that stands there alone. */
function keyIn(mail: Mail | undefined): string {
  return /(?:^|#)([\w-]{43})$/m.exec(mail?.text ?? "")?.[1] ?? "";
}

import assert from "node:assert/strict";
import type { OwnedDatabase } from "../database/database.ts";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { type IdentityProvider, openIdentityProvider } from "../../../tests/support/identity-provider.ts";
import { secretOf, type SignInDesk, type TestBrowser, whoIs, withSignInDesk } from "../../../tests/support/sign-in-desk.ts";
import { addSignOn, endSignOn, listSignOns } from "../../contract/endpoints/sign-ons.ts";
import { beginSignOn, finishSignOn, signInWays } from "../../contract/endpoints/sign-in.ts";
import { inviteMember, issueRecoveryLink, readLink, signOnByLink } from "../../contract/endpoints/one-time-links.ts";
import { readAccount } from "../../contract/endpoints/account.ts";
import { sql } from "../database/sql.ts";
import { FLOW_MS } from "./sign-on-service.ts";

type Scene = { readonly desk: SignInDesk; readonly ada: TestBrowser; readonly provider: IdentityProvider; readonly signOn: string };

async function withSignOn(database: OwnedDatabase, work: (scene: Scene) => Promise<void>): Promise<void> {
  const provider = await openIdentityProvider();
  try {
    await withSignInDesk(database, async (desk) => {
      const ada = await desk.administrator();
      const { status, body } = await ada.ask(addSignOn, {
        body: {
          organisation: (await whoIs(ada))?.acting.organisation ?? "",
          issuer: provider.issuer,
          clientId: provider.clientId,
          clientSecret: provider.clientSecret,
          emailDomains: ["Desk.example"],
        },
      });
      assert.equal(status, 200);
      assert.equal(body.redirectUri, "http://localhost:8080/sign-in/return");
      await work({ desk, ada, provider, signOn: body.id });
    });
  } finally {
    await provider.close();
  }
}

async function joinBySignOn({ desk, ada, provider }: Scene, subject: string): Promise<TestBrowser> {
  const invited = await ada.ask(inviteMember, { body: { name: subject, email: `${subject}@desk.example`, role: "editor" } });
  const link = secretOf(invited.body.link);
  const browser = desk.browser();
  assert.equal((await browser.ask(readLink, { body: { link } })).body.signOn, true);
  provider.signInAs(subject, { email: `${subject}@desk.example` });
  const { body } = await browser.ask(signOnByLink, { body: { link } });
  const finished = await browser.ask(finishSignOn, { body: { returned: await provider.authorize(body.url) } });
  assert.equal(finished.status, 200);
  return browser;
}

withTestDatabase("an invited member joins and then signs in by the organisation's own sign-on", async (database) => {
  await withSignOn(database, async (scene) => {
    const { desk, provider } = scene;
    const joined = await joinBySignOn(scene, "bo");
    const person = (await whoIs(joined))?.person;
    const browser = desk.browser();
    assert.equal((await browser.ask(signInWays)).body.signOn, true);
    const { body } = await browser.ask(beginSignOn, { body: { email: "bo@DESK.example" } });
    assert.match(browser.cookie(), /^sluice-flow=[\w-]{43}$/);
    const { body: session } = await browser.ask(finishSignOn, { body: { returned: await provider.authorize(body.url ?? "") } });
    assert.deepEqual(
      [session.person, session.way, session.acting.role, session.shows, session.secondFactor],
      [person, "oidc", "editor", "case", false],
    );
    assert.deepEqual(
      (await browser.ask(readAccount)).body.identities.map(({ organisation, email }) => [organisation, email]),
      [["Harbour desk", "bo@desk.example"]],
    );
  });
});

withTestDatabase("a second factor counts where the sign-on says that one was used", async (database) => {
  await withSignOn(database, async (scene) => {
    await joinBySignOn(scene, "bo");
    scene.provider.signInAs("bo", { amr: ["pwd", "mfa"] });
    const browser = scene.desk.browser();
    const { body } = await browser.ask(beginSignOn, { body: { email: "bo@desk.example" } });
    const { body: session } = await browser.ask(finishSignOn, { body: { returned: await scene.provider.authorize(body.url ?? "") } });
    assert.equal(session.secondFactor, true);
  });
});

withTestDatabase("what a return from the sign-on may not be", async (database) => {
  await withSignOn(database, async (scene) => {
    const { desk, provider } = scene;
    await joinBySignOn(scene, "bo");
    const browser = desk.browser();
    const begin = async (): Promise<string> => (await browser.ask(beginSignOn, { body: { email: "bo@desk.example" } })).body.url ?? "";
    const finish = async (by: TestBrowser, returned: string) => (await by.ask(finishSignOn, { body: { returned } })).code;

    const returned = await provider.authorize(await begin());
    const flow = browser.cookie();
    assert.equal(await finish(desk.browser(), returned), "challenge-refused", "in another browser");
    assert.equal(await finish(browser, returned), undefined);
    browser.carry(flow);
    assert.equal(await finish(browser, returned), "challenge-refused", "given twice");

    const late = await provider.authorize(await begin());
    desk.setClock(desk.clock() + FLOW_MS);
    assert.equal(await finish(browser, late), "challenge-refused", "after ten minutes");

    await begin();
    assert.equal(await finish(browser, "?code=guessed&state=guessed"), "challenge-refused", "made up");
    assert.equal(await finish(browser, "?error=access_denied"), "challenge-refused", "refused there");
    const foreign = await provider.authorize(await begin());
    assert.equal(
      (await browser.ask(finishSignOn, { body: { returned: foreign }, headers: { "sec-fetch-site": "cross-site" } })).code,
      "cross-site",
    );

    for (const misstatement of [
      { audience: "another" },
      { issuer: "https://elsewhere.example" },
      { expiresInS: -60 },
      { foreignKey: true },
      { nonce: "x" },
    ]) {
      provider.misstate(misstatement);
      assert.equal(await finish(browser, await provider.authorize(await begin())), "challenge-refused", JSON.stringify(misstatement));
    }
    provider.misstate({});
    await provider.rotateKey();
    assert.equal(await finish(browser, await provider.authorize(await begin())), undefined, "a rotated key");
    provider.signInAs("stranger");
    assert.equal(await finish(browser, await provider.authorize(await begin())), "credential-refused", "nobody was enrolled as that");
  });
});

withTestDatabase("a revoked member's sign-on opens nothing, and an invitation lets the same person back", async (database) => {
  await withSignOn(database, async (scene) => {
    const { desk, provider } = scene;
    const person = (await whoIs(await joinBySignOn(scene, "bo")))?.person;
    await database.query("keeper", sql`update member set revoked_at = ${new Date(desk.clock())} where person_id = ${person}`);
    const browser = desk.browser();
    const { body } = await browser.ask(beginSignOn, { body: { email: "bo@desk.example" } });
    assert.equal(
      (await browser.ask(finishSignOn, { body: { returned: await provider.authorize(body.url ?? "") } })).code,
      "credential-refused",
    );
    assert.equal((await whoIs(await joinBySignOn(scene, "bo")))?.person, person);
  });
});

withTestDatabase("a recovery by sign-on is the member's own or nobody's", async (database) => {
  await withSignOn(database, async (scene) => {
    const { desk, ada, provider } = scene;
    await joinBySignOn(scene, "bo");
    const cy = await desk.member(ada, "reader", "Cy");
    const recover = async (): Promise<string> => {
      const { body } = await ada.ask(issueRecoveryLink, { params: { member: (await whoIs(cy))?.person ?? "" } });
      const browser = desk.browser();
      const sent = await browser.ask(signOnByLink, { body: { link: secretOf(body.link) } });
      const { code, body: session } = await browser.ask(finishSignOn, { body: { returned: await provider.authorize(sent.body.url) } });
      return code ?? session.name;
    };
    provider.signInAs("bo");
    assert.equal(await recover(), "conflict");
    provider.signInAs("cy");
    assert.equal(await recover(), "Cy");
  });
});

withTestDatabase("sign-ons are the installation's to set up, and their secret is sealed", async (database) => {
  await withSignOn(database, async (scene) => {
    const { desk, ada, provider, signOn } = scene;
    const editor = await desk.member(ada, "editor");
    assert.equal((await editor.ask(listSignOns)).code, "not-allowed");
    assert.deepEqual(
      (await ada.ask(listSignOns)).body.signOns.map(({ issuer, emailDomains }) => [issuer, emailDomains]),
      [[provider.issuer, ["desk.example"]]],
    );
    assert.ok(!JSON.stringify((await ada.ask(listSignOns)).body).includes(provider.clientSecret));
    const stored = await database.query<{ secret: Uint8Array }>("keeper", sql`select sealed_secret as secret from sign_on`);
    assert.ok(!Buffer.from(stored[0]?.secret ?? []).includes(provider.clientSecret));

    const organisation = (await whoIs(ada))?.acting.organisation ?? "";
    const again = { organisation, issuer: provider.issuer, clientId: "x", emailDomains: ["desk.example"] };
    assert.equal((await ada.ask(addSignOn, { body: again })).code, "conflict", "a domain goes to one sign-on");
    const nowhere = { ...again, emailDomains: ["other.example"], issuer: "http://10.0.0.1/" };
    assert.equal((await ada.ask(addSignOn, { body: nowhere })).code, "feed-unreachable", "a private address");
    assert.equal((await ada.ask(addSignOn, { body: { ...nowhere, issuer: `${provider.issuer}/none` } })).code, "feed-invalid");
    assert.equal((await ada.ask(addSignOn, { body: { ...nowhere, emailDomains: ["not a domain"] } })).code, "input-invalid");

    await database.query("keeper", sql`update sign_on set sealed_secret = ${new Uint8Array(100)}`);
    assert.equal(
      (await desk.browser().ask(beginSignOn, { body: { email: "bo@desk.example" } })).code,
      "conflict",
      "sealed with other keys",
    );

    assert.equal((await ada.ask(endSignOn, { params: { signOn } })).status, 200);
    assert.equal((await ada.ask(endSignOn, { params: { signOn } })).code, "not-found");
    assert.deepEqual((await desk.browser().ask(beginSignOn, { body: { email: "bo@desk.example" } })).body, {});
  });
});

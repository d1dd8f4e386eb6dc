import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { CDPSession, Page } from "playwright-core";
import { assertHoldsUp } from "./page-checks.ts";
import { type IdentityProvider, openIdentityProvider } from "../support/identity-provider.ts";
import { noBrowser, openConsole, settled, type OpenConsole, type Visit } from "./console.ts";

describe("signing in, with the browser's own authenticator", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;
  let provider: IdentityProvider;

  before(async () => {
    provider = await openIdentityProvider();
    console = await openConsole(undefined, { allowedPrivateHosts: ["127.0.0.1"] });
  });
  after(async () => {
    await console.close();
    await provider.close();
  });

  /** CTAP2, with finger or PIN always given, as a device has it. */
  async function addAuthenticator(page: Page, transport: "internal" | "usb" = "internal"): Promise<CDPSession> {
    const session = await page.context().newCDPSession(page);
    await session.send("WebAuthn.enable");
    await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport,
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return session;
  }

  let visit: Visit;

  it("the link of the first start makes the first administrator with a passkey", async () => {
    visit = await console.visit("/sign-in");
    const { page } = visit;
    await page.getByText("No administrator yet").waitFor();
    await assertHoldsUp(page, "sign-in");
    await addAuthenticator(page);
    await page.goto(await console.firstAdministratorLink());
    await page.getByRole("heading", { name: "Become the first administrator" }).waitFor();
    await assertHoldsUp(page, "first-administrator");
    assert.equal(await page.getByRole("button", { name: "Make a passkey" }).isDisabled(), true);
    await page.getByRole("textbox", { name: "Your name" }).fill("Ada");
    await page.getByRole("textbox", { name: "Work e-mail" }).fill("ada@desk.example");
    await page.getByRole("textbox", { name: "Organisation" }).fill("Harbour desk");
    await page.getByRole("button", { name: "Make a passkey" }).click();
    await page.getByRole("button", { name: /^Acting as Coordinator, Harbour desk/ }).waitFor();
    assert.deepEqual(await visit.complaints(), []);
  });

  it("signs out, and in again with the passkey, by the keyboard alone, to the place one wanted", async () => {
    const { page } = visit;
    await page.getByRole("button", { name: /^Acting as/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    await page.goto(`${console.url}/account`);
    await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Use a passkey" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Account: Ada" }).waitFor();
    assert.deepEqual(await visit.complaints(), []);
  });

  it("shows one's ways in, and adds and removes a passkey", async () => {
    const { page } = visit;
    await settled(page);
    await page.getByText("your only way in").waitFor();
    await assertHoldsUp(page, "account");
    const session = await addAuthenticator(page, "usb");
    await page.getByRole("textbox", { name: "Name of a new passkey" }).fill("Security key");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByRole("table", { name: "Passkeys" }).getByText("Security key").waitFor();
    await page.getByRole("button", { name: "Remove Security key" }).click();
    await page.getByRole("button", { name: "Remove the passkey" }).click();
    await page.getByText("your only way in").waitFor();
    await session.detach();
  });

  it("issues a token that is shown once, and revokes it", async () => {
    const { page } = visit;
    await page.getByRole("button", { name: "Issue a token" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("nightly scan");
    await page.getByRole("button", { name: "Issue the token" }).click();
    const token = await page.locator(".account-token code").first().innerText();
    assert.match(token, /^slu_[\w-]{49}$/);
    const asToken = (): Promise<number> =>
      fetch(`${console.url}/api/tokens`, { headers: { authorization: `Bearer ${token}` } }).then(({ status }) => status);
    assert.equal(await asToken(), 200);
    await page.reload();
    await settled(page);
    assert.equal(await page.getByText("slu_", { exact: false }).count(), 0);
    await page.getByRole("button", { name: "Revoke nightly scan" }).click();
    await page.getByRole("button", { name: "Revoke the token" }).click();
    await page.getByText("revoked", { exact: true }).waitFor();
    assert.equal(await asToken(), 401);
  });

  it("makes recovery codes and shows them once", async () => {
    const { page } = visit;
    await page.getByRole("button", { name: "Make ten codes" }).click();
    const codes = page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
    await codes.first().waitFor();
    assert.equal(await codes.count(), 10);
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("10 codes left").waitFor();
    assert.deepEqual(await visit.complaints(), []);
  });

  it("a browser without the passkey is told for which address there is none", async () => {
    const other = await console.visit("/sign-in");
    const session = await addAuthenticator(other.page);
    await other.page.getByRole("button", { name: "Use a passkey" }).click();
    await other.page.getByRole("alert").getByText("No passkey for this address").waitFor();
    await assertHoldsUp(other.page, "sign-in-refused");
    await session.detach();
    await other.close();
  });

  it("a link that was used opens nothing, and says what to do", async () => {
    const other = await console.visit(`/join#${"A".repeat(43)}`);
    await other.page.getByRole("alert").getByText("This link opens nothing").waitFor();
    await assertHoldsUp(other.page, "join-refused");
    await other.page.goto(`${console.url}/join`);
    await other.page.getByRole("textbox", { name: "Link" }).fill("https://elsewhere.example/");
    await other.page.getByRole("button", { name: "Open" }).click();
    await other.page.getByText("Expected the whole link").waitFor();
    await other.page.goto(`${console.url}/sign-in/lost`);
    await assertHoldsUp(other.page, "sign-in-lost");
    await other.close();
  });

  it("an organisation's own sign-on is set up, lets an invited member in, and signs them in again", async () => {
    const { page } = visit;
    await page.goto(`${console.url}/sign-ons`);
    await page.getByText("No sign-on yet").waitFor();
    await page.getByRole("button", { name: /Organisation$/ }).click();
    await page.getByRole("option", { name: "Harbour desk" }).click();
    await page.getByRole("textbox", { name: "Issuer" }).fill(provider.issuer);
    await page.getByRole("textbox", { name: "Client ID" }).fill(provider.clientId);
    await page.getByRole("textbox", { name: "Client secret" }).fill(provider.clientSecret);
    await page.getByRole("textbox", { name: "Domains of e-mail addresses" }).fill("desk.example");
    await page.getByRole("button", { name: "Set up the sign-on" }).click();
    await page.getByRole("table", { name: "Sign-ons" }).getByText(provider.issuer).waitFor();
    await assertHoldsUp(page, "sign-ons");

    const invited = await page.request.post(`${console.url}/api/invitations`, {
      headers: { origin: console.url },
      data: { name: "Bo", email: "bo@desk.example", role: "reader" },
    });
    const { link } = (await invited.json()) as { readonly link: string };
    provider.signInAs("bo", { email: "bo@desk.example" });
    const other = await console.visit(new URL(link).pathname + new URL(link).hash);
    await other.page.getByRole("heading", { name: "Join Harbour desk" }).waitFor();
    await assertHoldsUp(other.page, "join");
    await other.page.getByRole("button", { name: "Use the organisation’s own sign-on" }).click();
    await other.page.getByRole("button", { name: /^Acting as Coordinator, Harbour desk/ }).click();
    await other.page.getByRole("menuitem", { name: "Sign out" }).click();
    await other.page.getByRole("link", { name: "Sign in" }).click();
    await other.page.getByRole("textbox", { name: "Work e-mail" }).fill("bo@elsewhere.example");
    await other.page.getByRole("button", { name: "Continue" }).click();
    await other.page.getByText("Expected an address whose organisation has its own sign-on here").waitFor();
    await assertHoldsUp(other.page, "sign-in-with-sign-on");
    await other.page.getByRole("textbox", { name: "Work e-mail" }).fill("bo@desk.example");
    await other.page.getByRole("button", { name: "Continue" }).click();
    await other.page.getByRole("button", { name: /^Acting as/ }).waitFor();
    await other.page.goto(`${console.url}/sign-in/return?code=replayed&state=replayed`);
    await other.page.getByRole("heading", { name: "The sign-on did not sign you in" }).waitFor();
    assert.deepEqual(await other.complaints(), []);
    await other.close();
  });

  it("a session that ended elsewhere leaves the public pages as they are", async () => {
    const { page } = visit;
    await page.goto(`${console.url}/account`);
    await settled(page);
    const cookie = (await page.context().cookies()).find(({ name }) => name === "sluice");
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, "Strict"]);
    await fetch(`${console.url}/api/session/end`, {
      method: "POST",
      headers: { cookie: `sluice=${cookie?.value ?? ""}`, origin: console.url },
    });
    await page.goto(`${console.url}/vulnerabilities`);
    await settled(page);
    assert.equal(await page.getByRole("alert").count(), 0);
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    await visit.close();
  });
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { createCircle, inviteToCircle } from "../../src/contract/endpoints/circles.ts";
import { createDraft } from "../../src/contract/endpoints/drafts.ts";
import { listNotifications } from "../../src/contract/endpoints/notifications.ts";
import { createOrganisation } from "../../src/contract/endpoints/organisations.ts";
import { agreeReleasePlan, readReleasePlan, writeReleasePlan } from "../../src/contract/endpoints/releases.ts";
import { inviteMember, joinByLink } from "../../src/contract/endpoints/one-time-links.ts";
import type { OrganisationKind } from "../../src/vocabulary/organisation.ts";
import type { HttpMember } from "../support/http-member.ts";
import { openMailbox, type Mailbox } from "../support/mailbox.ts";
import { openWebhookReceiver, type WebhookReceiver } from "../support/webhook-receiver.ts";
import { noBrowser, openConsole, writeScreenshot, type OpenConsole } from "./console.ts";
import { assertHoldsUp, axeFindings, sidewaysScrolls } from "./page-checks.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

describe("the console for members", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;
  let mailbox: Mailbox;
  let receiver: WebhookReceiver;
  /** Administrator of the coordinators, and of an operator beside it. */
  let ada: HttpMember;
  let bo: HttpMember;

  before(async () => {
    [mailbox, receiver] = [await openMailbox(), await openWebhookReceiver()];
    console = await openConsole(undefined, {
      mail: { url: mailbox.url, from: "sluice@sluice.example" },
      allowedPrivateHosts: ["127.0.0.1"],
    });
  });
  after(async () => {
    await console.close();
    await Promise.all([mailbox.close(), receiver.close()]);
  });

  function as(member: HttpMember | undefined, path: string, work: (page: Page) => Promise<void>): Promise<void> {
    return console.at(path, work, { member, reducedMotion: "reduce" });
  }

  async function addOrganisation(name: string, kind: OrganisationKind): Promise<string> {
    return (await ada.ask(createOrganisation, { body: { name, kind, hasIntelligenceFunction: false } })).id;
  }

  it("a stranger is told of the first start, and of the way in", () =>
    as(undefined, "/", async (page) => {
      await page.getByRole("region", { name: "First start" }).getByText("No administrator yet").waitFor();
      assert.equal(await page.getByRole("link", { name: "Sign in" }).getAttribute("href"), "/sign-in");
      await page.getByRole("heading", { level: 1, name: "Find out what of yours is vulnerable, and what to change." }).waitFor();
    }));

  it("the first administrator finds what is left of the setting up, and where the embedded database ends", async () => {
    ada = await console.firstAdministrator();
    await as(ada, "/", async (page) => {
      await page.getByRole("heading", { level: 1, name: "4 things wait for the desk" }).waitFor();
      const rows = page.getByRole("table", { name: "What waits" });
      for (const name of ["Make recovery codes", "Invite a second administrator", "Make the first circle"])
        await rows.getByRole("link", { name }).waitFor();
      await rows.getByText("Set the address people use").waitFor();
      await page.getByRole("region", { name: "Database" }).getByText("For trying and for public data").waitFor();
      const words = page.getByRole("navigation", { name: "Main" }).getByRole("link");
      assert.deepEqual(
        (await words.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim()),
        ["Queue 4 waiting", "Releases", "Models", "Notifications", "Record"],
      );
    });
    await as(undefined, "/", async (page) => assert.equal(await page.getByRole("region", { name: "First start" }).count(), 0));
  });

  it("the record is the same for everyone, under one word with words of its own", () =>
    as(ada, "/", async (page) => {
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Record" }).click();
      const words = page.getByRole("navigation", { name: "Record" });
      await words.waitFor();
      assert.equal(await page.getByRole("region", { name: "Database" }).count(), 0);
      await words.getByRole("link", { name: "Packages" }).click();
      await page.waitForURL("**/packages");
      assert.equal(
        await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Record" }).getAttribute("aria-current"),
        "page",
      );
    }));

  it("an invitation, a release plan and what was told stand on the front page of whom they are for, and lead on", async () => {
    const hospital = await addOrganisation("Northgate Hospital", "operator");
    bo = await ada.invite({ name: "Bo", role: "administrator", organisation: hospital });
    const conditions = { needsSecondFactor: false, needsSponsor: false, membersListed: false };
    const circle = await ada.ask(createCircle, { body: { name: "Critical operators", purpose: "Patch early", ...conditions } });
    await ada.ask(inviteToCircle, { params: { circle: circle.id }, body: { organisation: hospital, answerDays: 14 } });
    const draft = await ada.ask(createDraft, {
      body: {
        parts: [
          { kind: "summary", body: { text: "Heap overflow in halyard" } },
          { kind: "notice", body: { packages: [{ ecosystem: "npm", name: "halyard" }] } },
        ],
      },
    });
    const hour = (days: number) => ({ instantMs: Math.ceil((Date.now() + days * DAY_MS) / 60_000) * 60_000, zone: "Europe/Brussels" });
    await ada.ask(writeReleasePlan, {
      params: { draft: draft.id },
      body: {
        stages: [
          { circle: circle.id, level: "fix", opens: hour(2), on: [] },
          { level: "public", opens: hour(6), on: [] },
        ],
      } as never,
    });
    const { revision } = await ada.ask(readReleasePlan, { params: { draft: draft.id } });
    await ada.ask(agreeReleasePlan, { params: { draft: draft.id }, body: { revision } });
    await as(ada, "/", async (page) => {
      const days = page.getByRole("region", { name: "The next 14 days" }).getByRole("listitem");
      assert.deepEqual(
        (await days.getByRole("link").allInnerTexts()).map((text) => text.trim()),
        ["Heap overflow in halyard: fix to Critical operators", "Heap overflow in halyard: public"],
      );
    });
    await as(bo, "/", async (page) => {
      await page.getByRole("heading", { level: 1, name: /^\d things? waits? for you$/ }).waitFor();
      await page.getByRole("table", { name: "What waits" }).getByRole("link", { name: "Join Critical operators?" }).waitFor();
      await page.getByText("Harbour desk invites your organisation.").waitFor();
    });
  });

  it("what one was told is opened once from the front page, and counted until then", () =>
    as(bo, "/", async (page) => {
      const main = page.getByRole("navigation", { name: "Main" });
      await main.getByRole("link", { name: "Notifications 1 waiting" }).waitFor();
      await page
        .getByRole("table", { name: "Told, and not opened yet" })
        .getByRole("link", { name: "You are invited to a circle." })
        .click();
      await page.getByRole("heading", { level: 1, name: "You are invited to a circle" }).waitFor();
      assert.equal(await page.getByRole("link", { name: "Open the circles" }).getAttribute("href"), "/circles");
      await main.getByRole("link", { name: "Notifications", exact: true }).click();
      await page.getByRole("table", { name: "Told" }).getByText("opened", { exact: true }).waitFor();
    }));

  it("another organisation's notification and one that is not there say the same", async () => {
    const [told] = (await bo.ask(listNotifications, { query: {} })).rows;
    const texts: string[] = [];
    for (const id of [told?.id ?? "", crypto.randomUUID(), "no-id"]) {
      await as(ada, `/notifications/${id}`, async (page) => {
        await page.getByRole("heading", { level: 1, name: "Nothing here for you" }).waitFor();
        texts.push(await page.getByRole("main").innerText());
      });
    }
    assert.equal(new Set(texts).size, 1);
  });

  it("a stranger is told to sign in whatever the address, and comes back to it", () =>
    as(undefined, "/notifications/0b5c1d52-0c53-4b0e-9a53-93c2a5f6a3b1", async (page) => {
      assert.equal(
        await page.getByRole("main").getByRole("link", { name: "Sign in" }).getAttribute("href"),
        "/sign-in?to=%2Fnotifications%2F0b5c1d52-0c53-4b0e-9a53-93c2a5f6a3b1",
      );
    }));

  it("mail is tried, seen to arrive, and switched off", async () => {
    await as(bo, "/notifications", async (page) => {
      await page.getByRole("button", { name: "Send me a test" }).click();
      // The mail about the invitation is one, the test is the other.
      await page.getByRole("table", { name: "Deliveries" }).getByText("delivered").nth(1).waitFor();
      await page.getByRole("switch", { name: "Mail to me is on" }).focus();
      await page.keyboard.press("Space");
      await page.getByRole("switch", { name: "Mail to me is off" }).waitFor();
      await page.reload();
      await page.getByRole("switch", { name: "Mail to me is off" }).waitFor();
    });
    assert.ok(mailbox.received.some(({ to, text }) => to === "bo@members.example" && text.includes("A test of mail from Sluice")));
    assert.ok(mailbox.received.some(({ to, text }) => to === "bo@members.example" && text.includes("Something in Sluice needs you")));
  });

  it("a webhook is added, its secret shown once, tried, and removed after a word of what that means", () =>
    as(bo, "/notifications", async (page) => {
      const field = page.getByRole("textbox", { name: "Add a webhook" });
      await field.fill("http://example.com/hook");
      await page.keyboard.press("Enter");
      await page.getByText("expected an https URL").waitFor();
      assert.equal(await field.inputValue(), "http://example.com/hook");
      await field.fill(receiver.url);
      await page.keyboard.press("Enter");
      const secret = page.getByRole("region", { name: "Secret of the new webhook" });
      await secret.getByText(/^whsec_/).waitFor();
      assert.deepEqual(await axeFindings(page), []);
      assert.deepEqual(await sidewaysScrolls(page), []);
      await page.setViewportSize({ width: 1440, height: 900 });
      await secret.getByRole("button", { name: "It is kept" }).click();
      const { origin } = new URL(receiver.url);
      await page.getByRole("button", { name: `Send ${origin} a test` }).click();
      await page.getByRole("table", { name: "Deliveries" }).getByRole("row").filter({ hasText: origin }).getByText("delivered").waitFor();
      assert.equal((JSON.parse(receiver.received[0]?.body ?? "{}") as { type?: string }).type, "test");
      await page.getByRole("button", { name: `Remove the webhook to ${origin}` }).focus();
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("alertdialog", { name: `Remove the webhook to ${origin}` });
      await dialog.waitFor();
      assert.deepEqual(await axeFindings(page), []);
      await writeScreenshot(page, "webhook-removal");
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Remove");
      await page.keyboard.press("Enter");
      await dialog.getByRole("button", { name: "Remove the webhook" }).click();
      await page.getByText("No webhook yet").waitFor();
    }));

  it("who acts for two organisations switches by keyboard, and sees the other's things and words", async () => {
    const link = new URL(
      (
        await ada.ask(inviteMember, {
          body: {
            name: "Ada",
            email: "ada@vendor.example",
            role: "editor",
            organisation: await addOrganisation("Corvid Appliances", "vendor"),
          },
        })
      ).link,
    );
    await ada.ask(joinByLink, { body: { link: link.hash.slice(1) } });
    await as(ada, "/notifications", async (page) => {
      const menu = page.getByRole("button", { name: /^Acting as Vendor, Corvid Appliances/ });
      await menu.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("menuitem", { name: /Harbour desk/ }).waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: /^Acting as Coordinator, Harbour desk/ }).waitFor();
      await page.waitForFunction(() => document.querySelector("output[aria-live=polite]")?.textContent === "You act for Harbour desk");
      await page.getByRole("heading", { level: 1, name: /wait for the desk$/ }).waitFor();
    });
  });

  it("J and K move through what waits, and Enter opens it", () =>
    as(ada, "/", async (page) => {
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.keyboard.press("k");
      assert.equal(await page.locator("tr.data-row-current .work-number").innerText(), "1");
      const target = await page.evaluate(() => document.activeElement?.getAttribute("href"));
      await page.keyboard.press("Enter");
      await page.waitForURL(`**${target}`);
    }));

  const places: readonly (readonly [string, () => HttpMember | undefined, string, ((page: Page) => Promise<void>)?])[] = [
    ["work-coordinator", () => ada, "/"],
    ["work-operator", () => bo, "/"],
    ["notifications", () => bo, "/notifications", async (page) => page.getByRole("textbox", { name: "Add a webhook" }).fill(receiver.url)],
    ["notification", () => bo, "/notifications/none"],
    ["members-only", () => undefined, "/notifications"],
    ["record", () => bo, "/record"],
    ["role-menu", () => ada, "/", async (page) => page.getByRole("button", { name: /^Acting as/ }).click()],
  ];
  for (const [name, member, path, prepare] of places) {
    it(`axe finds nothing on ${name}, it fits 320 px, and what is pressed is large enough`, () =>
      as(member(), path, async (page) => {
        await prepare?.(page);
        await assertHoldsUp(page, name);
      }));
  }

  it("signing out leads to the front door, and nothing of the member stays", () =>
    as(bo, "/notifications", async (page) => {
      await page.getByRole("button", { name: /^Acting as Operator, Northgate Hospital/ }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
      await page.getByRole("banner").getByRole("link", { name: "Sign in" }).waitFor();
      await page.getByRole("heading", { level: 1, name: "Find out what of yours is vulnerable, and what to change." }).waitFor();
      assert.equal(await page.getByText("Northgate Hospital").count(), 0);
    }));
});

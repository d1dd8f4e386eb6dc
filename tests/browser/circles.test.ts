import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { acceptInvitation, createCircle, inviteToCircle, listReceivedInvitations } from "../../src/contract/endpoints/circles.ts";
import { createDraft, readDraft } from "../../src/contract/endpoints/drafts.ts";
import { createOrganisation } from "../../src/contract/endpoints/organisations.ts";
import { agreeReleasePlan, readReleasePlan, stateReleaseEvent, writeReleasePlan } from "../../src/contract/endpoints/releases.ts";
import type { HttpMember } from "../support/http-member.ts";
import { noBrowser, openConsole, type OpenConsole } from "./console.ts";
import { assertHoldsUp } from "./page-checks.ts";

const AGREEMENT = "What is read here stays with whoever read it, until its hour.\nIt is used to prepare, and for nothing else.";

describe("organisations, circles and access in the console", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;
  /** Administrators of the coordinators and of a hospital, and a reader beside the first. */
  let ada: HttpMember;
  let bo: HttpMember;
  let rita: HttpMember;
  let hospital: string;
  let circle: string;
  let draft: string;

  before(async () => {
    console = await openConsole();
    ada = await console.firstAdministrator();
    const body = { name: "Northgate Hospital", kind: "operator", sector: "health", country: "DE" } as const;
    hospital = (await ada.ask(createOrganisation, { body })).id;
    bo = await ada.invite({ name: "Bo", role: "administrator", organisation: hospital });
    rita = await ada.invite({ name: "Rita", role: "reader" });
  });
  after(() => console.close());

  function as(member: HttpMember | undefined, path: string, work: (page: Page) => Promise<void>): Promise<void> {
    return console.at(path, work, { member, reducedMotion: "reduce" });
  }

  it("an administrator invites a member by a link that is shown once, and withdraws it", () =>
    as(ada, "/organisation", async (page) => {
      await page.getByRole("heading", { level: 1, name: "Harbour desk" }).waitFor();
      await page.getByText("1 alone").waitFor();
      await page.getByRole("button", { name: "Invite a member" }).click();
      const form = page.getByRole("form", { name: "Invite a member" });
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Invite a member");
      await form.getByText("A name and an address are needed.").waitFor();
      await form.getByRole("textbox", { name: "Name" }).fill("Cem");
      await form.getByRole("textbox", { name: "E-mail" }).fill("cem@desk.example");
      await page.keyboard.press("Enter");
      const link = page.getByRole("region", { name: "The link for Cem" });
      assert.match(await link.innerText(), /\/join#[\w-]{43}/);
      await link.getByRole("button", { name: "It is handed over" }).click();
      await page.getByRole("button", { name: "Withdraw the link for Cem" }).click();
      await page.getByText("Nobody is invited").waitFor();
    }));

  it("the last administrator is told why it stays, and what it typed stays too", () =>
    as(ada, "/organisation", async (page) => {
      await page.getByRole("button", { name: "Change Ada" }).click();
      const form = page.getByRole("form", { name: "Change Ada" });
      await form.getByRole("textbox", { name: "Name" }).fill("Ada of the desk");
      await form.getByRole("button", { name: /^administrator Role/ }).press("Enter");
      await page.getByRole("option", { name: "editor" }).click();
      await form.getByRole("button", { name: "Change the member" }).click();
      await form.getByText("this is the organisation's last one").waitFor();
      assert.equal(await form.getByRole("textbox", { name: "Name" }).inputValue(), "Ada of the desk");
      await form.getByRole("button", { name: "Go back" }).click();
      await page.getByRole("button", { name: "Make a service account" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("Nightly scan");
      await page.keyboard.press("Enter");
      await page.getByRole("table", { name: "Members" }).getByText("service account").waitFor();
      await page.getByRole("button", { name: "Token for Nightly scan" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("in the pipeline");
      // Nothing that its role does not allow is offered.
      assert.equal(await page.getByRole("checkbox", { name: /Manage/ }).count(), 0);
      await page.getByRole("button", { name: "Issue the token" }).click();
      await page.getByText(/^slu_/).waitFor();
    }));

  it("a reader sees who is in the organisation, and nothing to press", () =>
    as(rita, "/organisation", async (page) => {
      await page.getByRole("table", { name: "Members" }).getByText("Rita").waitFor();
      assert.equal(await page.getByRole("main").getByRole("button").count(), 0);
    }));

  it("a coordinator adds an organisation and comes by the link for its first administrator", () =>
    as(ada, "/organisations", async (page) => {
      await page.getByRole("button", { name: "Add an organisation" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("Corvid Appliances");
      await page.getByRole("textbox", { name: "Country" }).fill("Germany");
      await page.keyboard.press("Enter");
      await page.getByText("expected two capital letters").waitFor();
      await page.getByRole("textbox", { name: "Country" }).fill("de");
      await page.keyboard.press("Enter");
      const form = page.getByRole("form", { name: "Invite the first administrator of Corvid Appliances" });
      await form.getByRole("textbox", { name: "Name" }).fill("Dana");
      await form.getByRole("textbox", { name: "E-mail" }).fill("dana@corvid.example");
      await page.keyboard.press("Enter");
      await page.getByRole("region", { name: "The link for Dana of Corvid Appliances" }).waitFor();
      await page.getByRole("table", { name: "Organisations" }).getByText("Corvid Appliances").waitFor();
    }));

  it("a circle is made, an organisation invited, and it joins by the keyboard once it has said that it read", async () => {
    await as(ada, "/circles", async (page) => {
      await page.getByText("No circle yet").waitFor();
      await page.getByRole("button", { name: "Make a circle" }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("Critical operators");
      await page.getByRole("textbox", { name: "Purpose" }).fill("Patch before everyone knows");
      await page.getByRole("textbox", { name: "Agreement" }).fill(AGREEMENT);
      await page.getByRole("button", { name: "Make the circle" }).click();
      await page.getByRole("heading", { level: 1, name: "Critical operators" }).waitFor();
      circle = new URL(page.url()).pathname.split("/").at(-1) ?? "";
      await page.getByRole("button", { name: "Invite an organisation" }).click();
      await page.getByRole("button", { name: /^Choose one Organisation/ }).click();
      await page.getByRole("option", { name: "Northgate Hospital (operator)" }).click();
      await page.getByRole("textbox", { name: "Vetting note" }).fill("Two references checked");
      await page.getByRole("button", { name: "Send the invitation" }).click();
      await page.getByRole("table", { name: "Invitations sent" }).getByText("waits for an answer").waitFor();
    });
    await as(bo, "/circles", async (page) => {
      await page.getByRole("table", { name: "Invitations to answer" }).getByRole("link", { name: "Critical operators" }).click();
      await page.getByText("It is used to prepare, and for nothing else.").waitFor();
      const accept = page.getByRole("button", { name: "Accept and sign" });
      assert.ok(await accept.isDisabled());
      await page.getByRole("checkbox", { name: /^I have read the agreement/ }).focus();
      await page.keyboard.press("Space");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Accept and sign");
      await page.keyboard.press("Enter");
      await page.getByText("signed by you").waitFor();
      assert.equal(await page.getByText("Two references checked").count(), 0);
      await page.waitForFunction(
        () => document.querySelector("output[aria-live=polite]")?.textContent === "Northgate Hospital is in Critical operators",
      );
    });
    await as(ada, `/circles/${circle}`, (page) => page.getByText("Vetting: Two references checked").waitFor());
  });

  it("a circle one has nothing to do with and one that is not there say the same", async () => {
    const conditions = { needsSecondFactor: false, needsSponsor: false, membersListed: false };
    const hidden = await ada.ask(createCircle, { body: { name: "Hidden", purpose: "x", ...conditions } });
    const texts: string[] = [];
    for (const id of [hidden.id, crypto.randomUUID(), "no-id"]) {
      await as(bo, `/circles/${id}`, async (page) => {
        await page.getByRole("heading", { level: 1, name: "No such circle for you" }).waitFor();
        texts.push(await page.getByRole("main").innerText());
      });
    }
    assert.equal(new Set(texts).size, 1);
  });

  it("the review says who reads a draft and why, and the register who did", async () => {
    const made = await ada.ask(createDraft, { body: { parts: [{ kind: "summary", body: { text: "Heap overflow in halyard" } }] } });
    draft = made.id;
    await ada.ask(writeReleasePlan, {
      params: { draft },
      body: {
        stages: [
          { circle, level: "fix", on: ["patch-ready"] },
          {
            level: "public",
            opens: { instantMs: Math.ceil((Date.now() + 600_000_000) / 60_000) * 60_000, zone: "Europe/Brussels" },
            on: [],
          },
        ],
      } as never,
    });
    const { revision } = await ada.ask(readReleasePlan, { params: { draft } });
    await ada.ask(agreeReleasePlan, { params: { draft }, body: { revision } });
    await ada.ask(stateReleaseEvent, { params: { draft }, body: { event: "patch-ready", reason: "built" } });
    await bo.ask(readDraft, { params: { draft } });
    await as(ada, "/access", async (page) => {
      await page.getByRole("table", { name: "Draft advisories to review" }).getByRole("link").first().click();
      const readers = page.getByRole("table", { name: "Organisations that can read it" });
      await readers.getByText("Northgate Hospital").waitFor();
      await readers
        .getByText(/^Member of Critical operators since .* by stage 1 on .*because the patch was ready; agreement signed on/)
        .waitFor();
      await page.getByRole("table", { name: "Read-in register" }).getByText("Northgate Hospital").waitFor();
      await readers.getByRole("link", { name: "Northgate Hospital" }).click();
      await page.getByRole("heading", { level: 1, name: "What Northgate Hospital can read" }).waitFor();
    });
    await as(bo, "/account", (page) => page.getByRole("table", { name: "What you read" }).getByText("Harbour desk").waitFor());
  });

  it("ending a membership asks for its reason, and the review says so at once", async () => {
    await as(ada, `/circles/${circle}`, async (page) => {
      await page.getByRole("button", { name: "End the membership of Northgate Hospital" }).click();
      const form = page.getByRole("form", { name: "End the membership of Northgate Hospital" });
      assert.ok(await form.getByRole("button", { name: "End the membership" }).isDisabled());
      await form.getByRole("textbox", { name: "Reason" }).fill("task done");
      await page.keyboard.press("Enter");
      await page.getByRole("table", { name: "Members of the circle" }).getByText("task done").waitFor();
    });
    await as(ada, `/access/drafts/${draft}`, async (page) => {
      await page
        .getByRole("table", { name: "Organisations that can not read it" })
        .getByText(/the membership ended on .* \(task done\)/)
        .waitFor();
    });
    await as(bo, `/circles/${circle}`, (page) => page.getByText("task done").first().waitFor());
  });

  it("who may not review is told who may, and a draft of another is not there", async () => {
    await as(rita, "/access", (page) => page.getByText("Administrators and auditors of Harbour desk review access").waitFor());
    await as(bo, `/access/drafts/${draft}`, (page) => page.getByRole("heading", { level: 1, name: "No such draft of yours" }).waitFor());
  });

  it("the audit trail says who did what, and leaves as JSON lines", () =>
    as(ada, "/access", async (page) => {
      await page.getByRole("list", { name: "Audit trail" }).getByText("ended a membership in a circle").waitFor();
      await page.getByRole("button", { name: /^All Events/ }).click();
      await page.getByRole("option", { name: "Ended a membership in a circle" }).click();
      await page.waitForURL("**/access?event=circle.member-revoked");
      const trail = page.getByRole("list", { name: "Audit trail" });
      await trail.getByText("added an organisation").first().waitFor({ state: "detached" });
      await trail.getByText("ended a membership in a circle").waitFor();
      await page.getByRole("button", { name: /^Remove .*Event/ }).click();
      await page.getByRole("list", { name: "Audit trail" }).getByText("added an organisation").first().waitFor();
      const coming = page.waitForEvent("download");
      await page.getByRole("link", { name: "Export the audit trail" }).click();
      const file = await coming;
      assert.equal(file.suggestedFilename(), "sluice-audit.jsonl");
      const chunks: Buffer[] = [];
      for await (const chunk of await file.createReadStream()) chunks.push(Buffer.from(chunk as Uint8Array));
      const lines = Buffer.concat(chunks).toString("utf8").trimEnd().split("\n");
      assert.match(lines.at(-1) ?? "", /^\{"kind":"end"/);
      assert.ok(lines.some((line) => line.includes('"circle.member-revoked"')));
    }));

  it("is looked at with every part of the pages open", async () => {
    await ada.ask(inviteToCircle, { params: { circle }, body: { organisation: hospital, answerDays: 14 } });
    const own = await ada.ask(inviteToCircle, {
      params: { circle },
      body: { organisation: ada.session.acting.organisation, answerDays: 14 },
    });
    const received = (await ada.ask(listReceivedInvitations)).rows.find(({ id }) => id === own.id);
    await ada.ask(acceptInvitation, {
      params: { invitation: own.id },
      body: { agreementSha256: received?.agreement?.sha256 ?? "" },
    });
  });

  const places: readonly (readonly [string, () => HttpMember, () => string, ((page: Page) => Promise<void>)?])[] = [
    ["organisation", () => ada, () => "/organisation", (page) => page.getByRole("button", { name: "Invite a member" }).click()],
    ["organisation-reader", () => rita, () => "/organisation"],
    ["organisations", () => ada, () => "/organisations", (page) => page.getByRole("button", { name: "Add an organisation" }).click()],
    ["circles", () => bo, () => "/circles"],
    ["circle-new", () => ada, () => "/circles", (page) => page.getByRole("button", { name: "Make a circle" }).click()],
    ["circle-invited", () => bo, () => `/circles/${circle}`],
    ["circle-owner", () => ada, () => `/circles/${circle}`, (page) => page.getByRole("button", { name: "Invite an organisation" }).click()],
    ["circle-missing", () => bo, () => "/circles/none"],
    ["access", () => ada, () => "/access"],
    ["access-draft", () => ada, () => `/access/drafts/${draft}`],
    ["access-organisation", () => ada, () => `/access/organisations/${hospital}`],
    ["access-member", () => ada, () => `/access/members/${ada.session.person}`],
    ["access-refused", () => rita, () => "/access"],
  ];
  for (const [name, member, path, prepare] of places) {
    it(`axe finds nothing on ${name}, it fits 320 px, and what is pressed is large enough`, () =>
      as(member(), path(), async (page) => {
        await prepare?.(page);
        await assertHoldsUp(page, name);
      }));
  }
});

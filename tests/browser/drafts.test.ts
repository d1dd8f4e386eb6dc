import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { acceptInvitation, createCircle, inviteToCircle } from "../../src/contract/endpoints/circles.ts";
import { abandonDraft, changePart, createDraft, readDraft } from "../../src/contract/endpoints/drafts.ts";
import { createOrganisation } from "../../src/contract/endpoints/organisations.ts";
import { agreeReleasePlan, readReleasePlan, stateReleaseEvent, writeReleasePlan } from "../../src/contract/endpoints/releases.ts";
import type { DraftLevel } from "../../src/vocabulary/level.ts";
import type { HttpMember } from "../support/http-member.ts";
import { noBrowser, openConsole, settled, type OpenConsole } from "./console.ts";
import { assertHoldsUp } from "./page-checks.ts";

const DAY_MS = 86_400_000;
const csafDocument = fileURLToPath(new URL("../../src/formats/csaf/testdata/halyard-broker.json", import.meta.url));

describe("the pages of draft advisories", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;
  let ada: HttpMember;
  /** Of organisations that see a draft of Ada's at their level. */
  const readers = new Map<DraftLevel, HttpMember>();
  /** Everything in it, and opened to the readers. */
  let opened: string;

  before(async () => {
    console = await openConsole();
    ada = await console.firstAdministrator();
    const stages: { circle: string; level: DraftLevel }[] = [];
    for (const level of ["case", "fix", "notice"] as const) {
      const conditions = { needsSecondFactor: false, needsSponsor: false, membersListed: false };
      const circle = await ada.ask(createCircle, { body: { name: `Readers of ${level}`, purpose: "a test", ...conditions } });
      const kind = level === "case" ? "maintainer" : "operator";
      const { id } = await ada.ask(createOrganisation, {
        body: { name: `Organisation at ${level}`, kind, hasIntelligenceFunction: false },
      });
      const member = await ada.invite({ name: `Reader-${level}`, role: "administrator", organisation: id });
      const invitation = await ada.ask(inviteToCircle, { params: { circle: circle.id }, body: { organisation: id, answerDays: 14 } });
      await member.ask(acceptInvitation, { params: { invitation: invitation.id }, body: {} });
      readers.set(level, member);
      stages.push({ circle: circle.id, level });
    }
    const packages = [{ ecosystem: "npm", name: "@halyard/broker" }];
    const made = await ada.ask(createDraft, {
      body: {
        parts: [
          { kind: "summary", body: { text: "Heap overflow in the packet reader of Halyard broker" } },
          { kind: "details", body: { text: "A length in a packet is trusted\nbefore it is checked." } },
          {
            kind: "affected",
            body: {
              package: { ecosystem: "npm", name: "@halyard/broker" },
              ranges: [
                {
                  type: "SEMVER",
                  events: [
                    { kind: "introduced", version: "2.4.0" },
                    { kind: "fixed", version: "2.8.4" },
                  ],
                },
              ],
              versions: ["2.3.1"],
            },
          },
          { kind: "patch", body: { kind: "mitigation", text: "Close port 1883 to other networks." } },
          { kind: "patch", body: { kind: "diff", text: "-  read(length)\n+  read(min(length, left))" } },
          { kind: "severity", body: { type: "CVSS_V3", vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N" } },
          { kind: "weakness", body: { text: "CWE-130" } },
          { kind: "alias", body: { text: "CVE-2026-99999" } },
          { kind: "reference", body: { type: "ADVISORY", url: "https://halyard.example/advisories/7" } },
          { kind: "credit", body: { name: "A. Finder", role: "FINDER", contact: [] } },
          { kind: "notice", body: { packages } },
          { kind: "build", body: { text: "npm ci && npm run build" } },
          { kind: "research", body: { text: "Send a length of 0xffffffff." } },
        ],
      },
    });
    opened = made.id;
    const publicHour = { instantMs: Math.ceil(Date.now() / 60_000) * 60_000 + 6 * DAY_MS, zone: "Europe/Brussels" };
    await ada.ask(writeReleasePlan, {
      params: { draft: opened },
      body: {
        stages: [...stages.map((stage) => ({ ...stage, on: ["patch-ready"] })), { level: "public", opens: publicHour, on: [] }],
      } as never,
    });
    const { revision } = await ada.ask(readReleasePlan, { params: { draft: opened } });
    await ada.ask(agreeReleasePlan, { params: { draft: opened }, body: { revision } });
    await ada.ask(stateReleaseEvent, { params: { draft: opened }, body: { event: "patch-ready" } });
    await seenBy("notice");
  });
  after(() => console.close());

  /** The release job opens stages by itself; nobody is told a moment. */
  async function seenBy(level: DraftLevel): Promise<void> {
    for (;;) {
      try {
        await reader(level).ask(readDraft, { params: { draft: opened } });
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  function reader(level: DraftLevel): HttpMember {
    return readers.get(level) ?? assert.fail(`nobody reads ${level}`);
  }

  function as(member: HttpMember | undefined, path: string, work: (page: Page) => Promise<void>): Promise<void> {
    return console.at(path, work, { member, reducedMotion: "reduce" });
  }

  async function choose(page: Page, field: RegExp, option: string): Promise<void> {
    await page.getByRole("button", { name: field }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("option", { name: option }).waitFor();
    await page.keyboard.type(option.slice(0, 8));
    await page.keyboard.press("Enter");
  }

  it("a draft is begun, a part added at a level and read again, by the keyboard alone", () =>
    as(ada, "/drafts", async (page) => {
      await page.getByRole("button", { name: "Begin a draft" }).press("Enter");
      await page.getByRole("textbox", { name: "Summary" }).fill("A length is trusted");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "A length is trusted" }).waitFor();
      await page.getByRole("button", { name: "Add a part" }).press("Enter");
      await choose(page, /What it says$/, "Affected package");
      await page.getByRole("textbox", { name: "Package", exact: true }).fill("@halyard/broker");
      await page.getByRole("textbox", { name: "From version" }).fill("2.4.0");
      await page.getByRole("textbox", { name: "End version" }).fill("2.8.4");
      await choose(page, /Level$/, "build: who builds the fix, too");
      await page.getByRole("form", { name: "Add a part" }).getByRole("button", { name: "Add the part" }).press("Enter");
      const part = page.getByRole("listitem", { name: "Affected package" });
      await part.getByText("[2.4.0, 2.8.4)").waitFor();
      await part.getByText("build", { exact: true }).waitFor();
      await page.getByRole("list", { name: "What happened" }).getByText("wrote: affected package").waitFor();
    }));

  it("what cannot be is said at its place, and what was typed stays", () =>
    as(ada, `/drafts/${opened}`, async (page) => {
      await page.getByRole("button", { name: "Add a part" }).click();
      await choose(page, /What it says$/, "Weakness");
      await page.getByRole("textbox", { name: "Id in CWE" }).fill("CWE seventy-nine");
      await page.getByRole("button", { name: "Add the part" }).click();
      await page.getByRole("alert").getByText("expected an id of CWE").waitFor();
      assert.equal(await page.getByRole("textbox", { name: "Id in CWE" }).inputValue(), "CWE seventy-nine");
    }));

  it("of two who change one part both texts stand side by side until one is chosen", () =>
    as(ada, `/drafts/${opened}`, async (page) => {
      const part = page.getByRole("listitem", { name: "Details" });
      await part.getByRole("button", { name: "Change: Details" }).click();
      const { parts = [] } = await ada.ask(readDraft, { params: { draft: opened } });
      const details = parts.find(({ kind }) => kind === "details");
      const params = { draft: opened, part: details?.id ?? "" };
      await ada.ask(changePart, { params, body: { kind: "details", body: { text: "theirs" }, revision: details?.revision ?? 1 } });
      await part.getByRole("textbox", { name: "Details" }).fill("mine");
      await part.getByRole("button", { name: "Save the change" }).click();
      await part.getByText("Somebody was faster").waitFor();
      await part.getByText("theirs", { exact: true }).waitFor();
      assert.equal(await part.getByRole("textbox", { name: "Details" }).inputValue(), "mine");
      await part.getByRole("button", { name: "Save mine as revision 3" }).click();
      await part.getByText("mine", { exact: true }).waitFor();
      await part.getByRole("button", { name: "Revision 3: Details" }).click();
      await part.getByRole("list", { name: "Earlier revisions" }).getByText("theirs").waitFor();
    }));

  it("research stands behind a button that says what reading it means", () =>
    as(ada, `/drafts/${opened}`, async (page) => {
      const part = page.getByRole("listitem", { name: "Research" });
      assert.equal(await page.getByText("Send a length of 0xffffffff.").count(), 0);
      await part.getByRole("button", { name: "Read the research (this is written down)" }).press("Enter");
      await part.getByText("Send a length of 0xffffffff.").waitFor();
    }));

  it("whoever sees the case adds parts, and changes its own alone", () =>
    as(reader("case"), `/drafts/${opened}`, async (page) => {
      await page.getByText("owner: Harbour desk").waitFor();
      assert.equal(await page.getByRole("button", { name: /^Change:/ }).count(), 0);
      await page.getByRole("button", { name: "Add a part" }).click();
      await page.getByRole("textbox", { name: "Details" }).fill("The maintainers agree.");
      await page.getByRole("button", { name: "Add the part" }).click();
      await page
        .getByRole("listitem", { name: "Details" })
        .filter({ hasText: "The maintainers agree." })
        .getByRole("button", { name: "Change: Details" })
        .waitFor();
      assert.equal(await page.getByRole("button", { name: /^Change:/ }).count(), 1);
      assert.equal(await page.getByRole("heading", { name: "Abandon the draft" }).count(), 0);
    }));

  it("at fix there are the ranges and the patch, and neither how to build it nor how it is done", () =>
    as(reader("fix"), `/drafts/${opened}`, async (page) => {
      await page.getByText("[2.4.0, 2.8.4)").waitFor();
      const main = await page.getByRole("main").innerText();
      for (const hidden of ["How to build the fix", "Research", "npm ci", "Revision", "Reader-", "Readers of"])
        assert.ok(!main.includes(hidden), hidden);
      assert.match(await page.getByRole("region", { name: "Marking" }).innerText(), /TLP:AMBER\b.*fix/s);
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download as OSV" }).click()]);
      const record = JSON.parse(readFileSync(await download.path(), "utf8")) as {
        readonly id: string;
        readonly affected: readonly unknown[];
      };
      assert.match(record.id, /^x_SLUICE-/);
      assert.equal(record.affected.length, 1);
    }));

  it("at notice there are names and a date, and nothing else", () =>
    as(reader("notice"), `/drafts/${opened}`, async (page) => {
      await page.getByRole("heading", { level: 1, name: "Something is coming for @halyard/broker" }).waitFor();
      const main = await page.getByRole("main").innerText();
      assert.match(main, /in 5 days|in 6 days/);
      for (const hidden of ["2.4.0", "Heap", "Harbour desk", "x_SLUICE", "Details"]) assert.ok(!main.includes(hidden), hidden);
    }));

  it("a draft that is not open to one and one that is not there say the same", async () => {
    const hidden = await ada.ask(createDraft, { body: { parts: [] } });
    const texts: string[] = [];
    for (const id of [hidden.id, crypto.randomUUID()]) {
      await as(reader("fix"), `/drafts/${id}`, async (page) => {
        await page.getByText("No draft here for you").waitFor();
        texts.push(await page.getByRole("main").innerText());
      });
    }
    assert.equal(new Set(texts).size, 1);
  });

  it("a document is imported, what it left out is said, and the same again leads to the first", () =>
    as(ada, "/drafts", async (page) => {
      const importIt = async (): Promise<void> => {
        await page.getByRole("button", { name: "Import a document" }).click();
        const [chooser] = await Promise.all([
          page.waitForEvent("filechooser"),
          page.getByRole("button", { name: "Choose the document" }).click(),
        ]);
        await chooser.setFiles(csafDocument);
        await page.getByRole("button", { name: "Import it" }).click();
      };
      await importIt();
      await page.getByText(/parts imported, 4 things left out/).waitFor();
      await page.reload();
      await settled(page);
      await importIt();
      await page.getByRole("link", { name: "Open the draft that was made of it" }).click();
      await page.getByRole("heading", { level: 1, name: "Packet reader of Halyard broker" }).waitFor();
    }));

  it("a file is added, downloaded as it was, and removed after a word of what that means", () =>
    as(ada, `/drafts/${opened}`, async (page) => {
      await page.getByRole("button", { name: "Add a file" }).click();
      const [chooser] = await Promise.all([
        page.waitForEvent("filechooser"),
        page.getByRole("button", { name: "Choose the file" }).click(),
      ]);
      await chooser.setFiles({ name: "proof ä.bin", mimeType: "application/octet-stream", buffer: Buffer.from("a proof") });
      await page.getByRole("button", { name: "Add the file" }).click();
      const link = page.getByRole("table", { name: "Files" }).getByRole("link", { name: "proof ä.bin" });
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      assert.equal(readFileSync(await download.path(), "utf8"), "a proof");
      assert.equal(download.suggestedFilename(), "proof ä.bin");
      await page.getByRole("button", { name: "Remove proof ä.bin" }).press("Enter");
      await page.getByRole("alertdialog").getByRole("button", { name: "Remove the file" }).press("Enter");
      await link.waitFor({ state: "detached" });
    }));

  it("a draft is abandoned with a reason, after a word of what that means, and says so", async () => {
    const { id } = await ada.ask(createDraft, { body: { parts: [{ kind: "summary", body: { text: "A duplicate" } }] } });
    await as(ada, `/drafts/${id}`, async (page) => {
      await page.getByRole("textbox", { name: "Why" }).fill("The same as another");
      await page.getByRole("button", { name: "Abandon the draft" }).press("Enter");
      await page.getByRole("alertdialog").getByRole("button", { name: "Abandon the draft" }).press("Enter");
      await page.getByText("abandoned", { exact: true }).first().waitFor();
      await page.getByRole("list", { name: "What happened" }).getByText("The same as another").waitFor();
      assert.equal(await page.getByRole("button", { name: "Add a part" }).count(), 0);
    });
  });

  it("the list is filtered in the URL and walked by keys", async () => {
    const { id } = await ada.ask(createDraft, { body: { parts: [{ kind: "summary", body: { text: "Nothing after all" } }] } });
    await ada.ask(abandonDraft, { params: { draft: id }, body: { reason: "a test" } });
    await as(ada, "/drafts?own=true", async (page) => {
      await page.getByRole("button", { name: "Add filter" }).click();
      await choose(page, /^Any State$/, "abandoned");
      await page.getByRole("button", { name: "Apply filters" }).click();
      await page.waitForURL((url) => url.searchParams.get("state") === "abandoned");
      await page.getByRole("link", { name: /^Heap overflow/ }).waitFor({ state: "detached" });
      await page.getByRole("link", { name: "Nothing after all" }).waitFor();
      const states = await page.getByRole("table", { name: "Draft advisories" }).locator("tbody .state-word").allInnerTexts();
      assert.deepEqual([...new Set(states)], ["abandoned"]);
      await page.getByRole("button", { name: "Remove the filter State abandoned" }).click();
      await page.getByRole("link", { name: "Heap overflow in the packet reader of Halyard broker" }).waitFor();
      await page.keyboard.press("j");
      const target = await page.evaluate(() => document.activeElement?.getAttribute("href"));
      await page.keyboard.press("Enter");
      await page.waitForURL(`**${target}`);
    });
  });

  const places: readonly (readonly [string, () => HttpMember | undefined, () => string, ((page: Page) => Promise<void>)?])[] = [
    ["drafts", () => ada, () => "/drafts", async (page) => page.getByRole("button", { name: "Import a document" }).click()],
    ["drafts-operator", () => reader("notice"), () => "/drafts"],
    ["draft-owner", () => ada, () => `/drafts/${opened}`],
    [
      "draft-affected-form",
      () => ada,
      () => `/drafts/${opened}`,
      async (page) => {
        await page.getByRole("button", { name: "Change: Affected package" }).click();
        await page.getByRole("button", { name: "Add a range" }).click();
      },
    ],
    ["draft-fix", () => reader("fix"), () => `/drafts/${opened}`],
    ["draft-notice", () => reader("notice"), () => `/drafts/${opened}`],
  ];
  for (const [name, member, path, prepare] of places) {
    it(`axe finds nothing on ${name}, it fits 320 px, and what is pressed is large enough`, () =>
      as(member(), path(), async (page) => {
        await prepare?.(page);
        await assertHoldsUp(page, name);
      }));
  }
});

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { createDraft, readDraft } from "../../src/contract/endpoints/drafts.ts";
import { agreeReleasePlan, endEmbargoEarly, readReleasePlan, writeReleasePlan } from "../../src/contract/endpoints/releases.ts";
import type { HttpMember } from "../support/http-member.ts";
import { noBrowser, openConsole, type OpenConsole } from "./console.ts";
import { assertHoldsUp } from "./page-checks.ts";

describe("the pages of an advisory after it was published", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;
  let ada: HttpMember;
  let draft: string;
  let advisory: string;

  before(async () => {
    console = await openConsole();
    ada = await console.firstAdministrator();
    const made = await ada.ask(createDraft, {
      body: {
        parts: [
          { kind: "summary", body: { text: "A length is trusted" } },
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
            },
          },
          { kind: "research", body: { text: "Send a length of 0xffffffff." } },
        ],
      },
    });
    [draft, advisory] = [made.id, made.advisory];
    const opens = { instantMs: Date.now() + 86_400_000, zone: "UTC" };
    await ada.ask(writeReleasePlan, { params: { draft }, body: { stages: [{ level: "public", opens, on: [] }] } });
    const { revision } = await ada.ask(readReleasePlan, { params: { draft } });
    await ada.ask(agreeReleasePlan, { params: { draft }, body: { revision } });
    await ada.ask(endEmbargoEarly, { params: { draft }, body: { because: "leak", reason: "it is on a mailing list" } });
    while ((await ada.ask(readDraft, { params: { draft } })).state !== "published")
      await new Promise((resolve) => setTimeout(resolve, 100));
  });
  after(() => console.close());

  const as = (path: string, work: (page: Page) => Promise<void>): Promise<void> =>
    console.at(path, work, { member: ada, reducedMotion: "reduce" });

  it("a correction of two parts is one revision, published with its reason", () =>
    as(`/drafts/${draft}`, async (page) => {
      await page.getByRole("button", { name: "Correct it" }).press("Enter");
      const form = page.getByRole("form", { name: "Correct the advisory" });
      await form.getByText("Nothing is corrected yet.").waitFor();
      assert.equal(await form.getByText("0xffffffff").count(), 0, "research is not published");
      await form.getByRole("button", { name: "Correct: Summary" }).press("Enter");
      await form.getByRole("textbox", { name: "Summary" }).fill("A length is trusted, also in 2.8.4");
      await form.getByRole("button", { name: "Add a part" }).press("Enter");
      await form.getByRole("textbox", { name: "Details" }).fill("It was thought to be fixed.");
      await form.getByText("A reason is missing.").waitFor();
      await form.getByRole("textbox", { name: "Why" }).fill("2.8.4 is affected too");
      await assertHoldsUp(page, "correct-advisory");
      await form.getByRole("button", { name: "Publish the correction" }).press("Enter");
      const revisions = page.getByRole("list", { name: "Published revisions" });
      await revisions.getByText("revision 2").waitFor();
      await revisions.getByText("2.8.4 is affected too").waitFor();
      await page.getByRole("heading", { level: 1, name: "A length is trusted, also in 2.8.4" }).waitFor();
      await assertHoldsUp(page, "published-advisory");
    }));

  it("the record's page leads to its signature, and the ledger's page to the key", async () => {
    await as(`/vulnerabilities/${advisory}`, async (page) => {
      await page.getByRole("heading", { level: 1, name: "A length is trusted, also in 2.8.4" }).waitFor();
      const link = page.getByRole("link", { name: `Signature of ${advisory}` });
      const answer = await page.request.get(new URL((await link.getAttribute("href")) ?? "", console.url).href);
      assert.equal((await answer.body()).length, 64);
    });
    await as("/ledger", async (page) => {
      await page.getByRole("heading", { name: "Signed advisories" }).waitFor();
      await page.getByRole("link", { name: /^advisory-1-/ }).waitFor();
      await assertHoldsUp(page, "ledger-keys");
    });
  });

  it("a withdrawal is asked once more, and is for good", () =>
    as(`/drafts/${draft}`, async (page) => {
      await page.getByRole("textbox", { name: "Why" }).fill("The caller checks the length");
      await page.getByRole("button", { name: "Withdraw the advisory" }).press("Enter");
      const dialog = page.getByRole("alertdialog");
      await dialog.getByText("It cannot be undone.").waitFor();
      await dialog.getByRole("button", { name: "Withdraw the advisory" }).press("Enter");
      await page.getByRole("list", { name: "Published revisions" }).getByText("The caller checks the length").waitFor();
      assert.equal(await page.getByRole("button", { name: "Correct it" }).count(), 0);
    }));
});

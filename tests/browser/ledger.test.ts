import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { createCircle } from "../../src/contract/endpoints/circles.ts";
import { readLedger } from "../../src/contract/endpoints/ledger.ts";
import { parseReceipt, verifyReceipt } from "../../src/sealing/receipt.ts";
import { parseVerifierKey } from "../../src/sealing/signed-note.ts";
import type { HttpMember } from "../support/http-member.ts";
import { noBrowser, openConsole, type OpenConsole } from "./console.ts";
import { assertHoldsUp } from "./page-checks.ts";

describe("the ledger's page", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;
  let ada: HttpMember;

  before(async () => {
    console = await openConsole(undefined, { ledgerEverySeconds: 1, ledgerBatchLeaves: 4 });
  });
  after(() => console.close());

  function as(member: HttpMember | undefined, work: (page: Page) => Promise<void>): Promise<void> {
    return console.at("/ledger", work, { member, reducedMotion: "reduce" });
  }

  it("says to a stranger that nothing was recorded, how many witnesses there are and what that means", () =>
    as(undefined, async (page) => {
      await page.getByRole("heading", { level: 1, name: "The ledger is empty: nothing was recorded yet" }).waitFor();
      const witnesses = page.getByRole("region", { name: "Witnesses" });
      await witnesses.getByRole("heading", { name: "There is no independent witness" }).waitFor();
      await witnesses.getByText("Nobody can show that everybody was given the same tree").waitFor();
      assert.equal(await page.getByRole("region", { name: "Statements" }).count(), 0);
    }));

  it("shows a member its statements, hands out a receipt that verifies, and erases one after saying what that means", async () => {
    ada = await console.firstAdministrator();
    const conditions = { needsSecondFactor: false, needsSponsor: false, membersListed: true };
    await ada.ask(createCircle, { body: { name: "Distributors", purpose: "Fixes before the public date", ...conditions } });
    await untilPlaced(ada);
    await as(ada, async (page) => {
      await page.getByRole("heading", { level: 1, name: /^The ledger has [\d,]+ leaves, cosigned by no independent witness$/ }).waitFor();
      const statements = page.getByRole("table", { name: "Statements" });
      const row = statements.getByRole("row").filter({ hasText: "Made a circle" });
      await row.getByText(/^\d+$/).waitFor();
      const download = page.waitForEvent("download");
      await row.getByRole("button", { name: /Keep the receipt/ }).click();
      const receipt = parseReceipt(await readFile(await (await download).path(), "utf8"));
      const { verifierKeys } = await ada.ask(readLedger, {});
      const verified = verifyReceipt(receipt, { log: verifierKeys.map(parseVerifierKey), witnesses: [] });
      assert.ok(verified.included);
      assert.match(verified.statement, /"kind":"circle.created"/);

      await row.getByRole("button", { name: /^Erase / }).click();
      const dialog = page.getByRole("alertdialog", { name: "Erase the statement" });
      await dialog.getByText("does not reach backups").waitFor();
      await dialog.getByRole("button", { name: "Go back" }).click();
      await row.getByRole("button", { name: /^Erase / }).press("Enter");
      await dialog.getByRole("button", { name: "Erase the statement" }).press("Enter");
      await row.getByText("erased").waitFor();
      assert.equal(await row.getByRole("button").count(), 0);
    });
  });

  it("is clean by axe in both themes, needs no scrolling sideways and has large enough targets", () =>
    as(ada, async (page) => {
      await page.getByRole("table", { name: "Statements" }).waitFor();
      await assertHoldsUp(page, "ledger");
    }));
});

async function untilPlaced(member: HttpMember): Promise<void> {
  for (;;) {
    const { size } = await member.ask(readLedger, {});
    if (size > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

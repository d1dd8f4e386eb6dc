import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { endWindow } from "../../src/contract/endpoints/access-windows.ts";
import { type ExchangeRowAnswer, issueModelToken } from "../../src/contract/endpoints/exchanges.ts";
import type { HttpMember } from "../support/http-member.ts";
import { noBrowser, settled } from "./console.ts";
import { callGranted, QUESTION, SCRIPTED, statedExchange } from "./granted-calls.ts";
import { type Granted, type GrantedConsole, openGrantedConsole } from "./granted-console.ts";
import { assertHoldsUp } from "./page-checks.ts";

/** Words for a verdict that nothing here gives. A certificate states what became of a key. */
const VERDICT = /\b(approv\w*|clear(s|ed|ing|ance)?|certif(y|ies|ied|ying)|licen[sc]\w*|permit\w*)\b/i;

describe("what was asked and answered, in the console of those who asked", { skip: noBrowser ?? false }, () => {
  let stand: GrantedConsole;
  let granted: Granted;
  let token: string;
  /** A reader of the evaluators. */
  let rita: HttpMember;

  before(async () => {
    stand = await openGrantedConsole();
    granted = await stand.grantModel({ versions: SCRIPTED, probes: { callsPerDay: 200, tokensPerDay: 200_000 } });
    const issued = await stand.eva.ask(issueModelToken, {
      params: { grant: granted.grant },
      body: { name: "nightly harness", purpose: "Refusals and safeguards" },
    });
    token = issued.token;
    rita = await stand.eva.invite({ name: "Rita", role: "reader" });
  });
  after(() => stand.close());

  const as = (member: HttpMember, path: string, work: (page: Page) => Promise<void>): Promise<void> =>
    stand.console.at(path, work, { member, reducedMotion: "reduce" });
  const grantPath = (more = ""): string => `/grants/${granted.grant}${more}`;

  const call = (model: string, more: object = {}, session?: string): Promise<number> => callGranted(stand, { token, model, more, session });
  const exchangeOf = (isIt: (row: ExchangeRowAnswer) => boolean): Promise<ExchangeRowAnswer> => statedExchange(stand, granted.grant, isIt);

  it("what tools asked stands session by session, and each exchange is read message by message", async () => {
    assert.equal(await call("scripted", { stream: true }, "run-7"), 200);
    assert.equal(
      await call("scripted-tool", { tools: [{ type: "function", function: { name: "look_up", parameters: {} } }] }, "run-7"),
      200,
    );
    assert.equal(await call("scripted-500", {}, "run-7"), 500);
    assert.equal(await call("scripted-reset-in-stream", { stream: true }), 200);
    await exchangeOf(({ outcome }) => outcome === "cut");
    await as(stand.eva, grantPath(), async (page) => {
      await page.getByRole("link", { name: "Open the sessions" }).press("Enter");
      const sessions = page.getByRole("table", { name: "Sessions" });
      await sessions.getByRole("row", { name: /^Without a name/ }).waitFor();
      await sessions
        .getByRole("row", { name: /^run-7/ })
        .getByText("1 cut or refused")
        .waitFor();
      await assertHoldsUp(page, "sessions");
      await sessions.getByRole("link", { name: "run-7" }).press("Enter");
      await page.getByRole("heading", { level: 1, name: "Session run-7" }).waitFor();
      const exchanges = page.getByRole("table", { name: "Exchanges" });
      await exchanges
        .getByRole("row", { name: /refused there/ })
        .getByText("HTTP 500")
        .waitFor();
      await assertHoldsUp(page, "exchanges");
      await exchanges
        .getByRole("row", { name: /scripted-tool/ })
        .getByRole("link")
        .press("Enter");
      const answer = page.getByRole("region", { name: "Answer" });
      await answer.getByText("look_up").waitFor();
      const looks = answer.getByRole("radiogroup", { name: "How the answer is shown" });
      await looks.getByRole("radio", { name: "To read" }).focus();
      await page.keyboard.press("ArrowRight");
      await answer.getByText('"finish_reason": "tool_calls"').waitFor();
      await page.keyboard.press("ArrowRight");
      await answer.getByText('"finish_reason":"tool_calls"').waitFor();
      await page.getByRole("region", { name: "Request" }).getByText(QUESTION).waitFor();
      await page.getByRole("region", { name: "Request" }).getByText("without any that carries a credential").press("Enter");
      assert.ok(!(await page.content()).includes(token));
      await assertHoldsUp(page, "exchange");
    });
  });

  it("a streamed answer is put together, and one that was cut looks cut", async () => {
    const streamed = await exchangeOf(({ model, outcome }) => model === "scripted" && outcome === "complete");
    await as(stand.eva, grantPath(`/exchanges/${streamed.id}`), async (page) => {
      const answer = page.getByRole("region", { name: "Answer" });
      await answer.getByText(/streamed in \d+ events/).waitFor();
      const said = await answer.getByRole("list", { name: "Answer, to read" }).getByRole("listitem").allInnerTexts();
      assert.equal(said.length, 1);
      assert.ok(!(said[0] ?? "data:").includes("data:"));
      assert.equal(await page.getByText("The answer breaks off here.").count(), 0);
    });
    const cut = await exchangeOf(({ outcome }) => outcome === "cut");
    await as(stand.eva, grantPath(`/exchanges/${cut.id}`), async (page) => {
      await page.getByText("The answer broke off").waitFor();
      await page.getByRole("region", { name: "Answer" }).getByText("The answer breaks off here.").waitFor();
      await assertHoldsUp(page, "exchange-cut");
    });
  });

  it("a long text is shown in part, and whole when asked", async () => {
    await call("scripted", { messages: [{ role: "user", content: `${"long ".repeat(2000)}end of it` }] }, "long");
    const long = await exchangeOf(({ session }) => session === "long");
    await as(stand.eva, grantPath(`/exchanges/${long.id}`), async (page) => {
      const request = page.getByRole("region", { name: "Request", exact: true });
      const all = request.getByRole("button", { name: "Show all 10,009 characters" });
      await all.waitFor();
      assert.equal(await request.getByText("end of it").count(), 0);
      await all.press("Enter");
      await request.getByText("end of it").waitFor();
    });
  });

  it("a search says what it found and how far it looked, and is in the address", () =>
    as(stand.eva, grantPath("/sessions"), async (page) => {
      const field = page.getByRole("searchbox", { name: "Search these transcripts" });
      await field.fill("STRCPY");
      await field.press("Enter");
      await page.getByText("Found in 4 exchanges among the 5 there are.").waitFor();
      const rows = page.getByRole("list", { name: "Exchanges that have it" }).getByRole("listitem");
      assert.equal(await rows.count(), 4);
      assert.deepEqual(await rows.first().locator("mark").allInnerTexts(), ["strcpy"]);
      assert.equal(new URL(page.url()).searchParams.get("text"), "STRCPY");
      await assertHoldsUp(page, "search");
      await field.fill("nobody said this");
      await field.press("Enter");
      await page.getByText("Nothing found among the 5 there are.").waitFor();
      await page.goto(`${stand.console.url}${grantPath("/exchanges?session=run-7&text=strcpy")}`);
      await page.getByText("Found in 3 exchanges among the 3 there are.").waitFor();
    }));

  it("an export is a file of JSON lines with what was asked and answered", () =>
    as(stand.eva, grantPath("/exchanges?session=run-7"), async (page) => {
      const coming = page.waitForEvent("download");
      await page.getByRole("link", { name: "Export this session" }).click();
      const download = await coming;
      assert.equal(download.suggestedFilename(), "transcripts.ndjson");
      const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
      assert.equal(lines.length, 4);
      assert.ok(lines[0]?.includes(QUESTION));
      assert.deepEqual(JSON.parse(lines[3] ?? ""), { kind: "end", lines: 3 });
    }));

  it("a reader is told who reads sessions, and is shown none", () =>
    as(rita, grantPath("/sessions"), async (page) => {
      await page.getByText("You are its reader; an administrator can change that.").waitFor();
      assert.ok(!(await page.content()).includes("run-7"));
    }));

  it("all exchanges are one list too, and no page of these says a word of a verdict", () =>
    as(stand.eva, grantPath("/sessions"), async (page) => {
      await page.getByRole("link", { name: "All exchanges, whatever their session" }).press("Enter");
      await page.getByRole("heading", { level: 1, name: "All exchanges" }).waitFor();
      await settled(page);
      assert.equal(await page.getByRole("table", { name: "Exchanges" }).getByRole("link").count(), 5);
      for (const path of ["/grants", grantPath(), grantPath("/sessions"), grantPath("/exchanges?session=run-7")]) {
        await page.goto(stand.console.url + path);
        await settled(page);
        assert.doesNotMatch(await page.locator("body").innerText(), VERDICT, path);
      }
    }));

  it("the lab, the desk and others get nothing of what was asked", async () => {
    for (const member of [stand.leo, stand.ada, stand.bo]) {
      await as(member, grantPath("/sessions"), async (page) => {
        await page.getByText("is shown to the organisation that asked, and to nobody else").waitFor();
        assert.ok(!(await page.content()).includes("run-7"));
      });
    }
    const { id } = await exchangeOf(({ session }) => session === "run-7");
    await as(stand.bo, grantPath(`/exchanges/${id}`), async (page) => {
      await page.getByText("is shown to the organisation that asked, and to nobody else").waitFor();
    });
  });

  it("a window that the lab ended is closed, names the key that was destroyed, and still shows what was asked", async () => {
    await stand.leo.ask(endWindow, { params: { window: granted.window } });
    await as(stand.eva, "/grants", async (page) => {
      await page
        .getByRole("row", { name: /large-2/ })
        .getByText("closed", { exact: true })
        .waitFor();
    });
    await as(stand.eva, grantPath(), async (page) => {
      await page.getByRole("heading", { level: 1, name: /^large-2/ }).waitFor();
      await page.getByText("It closed because the lab ended it").first().waitFor();
      assert.equal(await page.getByRole("button", { name: "Make a token" }).count(), 0);
      await page.getByRole("list", { name: "Certificates of destruction" }).getByText("The lab’s credential").waitFor();
      await assertHoldsUp(page, "grant-closed");
      await page.getByRole("link", { name: "Open the sessions" }).click();
      await page.getByRole("link", { name: "run-7" }).click();
      await settled(page);
      await page
        .getByRole("row", { name: /scripted-tool/ })
        .getByRole("link")
        .click();
      await page.getByRole("region", { name: "Request", exact: true }).getByText(QUESTION).waitFor();
    });
  });
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { createServerTransport } from "../../src/cli/server-transport.ts";
import { createClient } from "../../src/contract/client.ts";
import { endWindow } from "../../src/contract/endpoints/access-windows.ts";
import { type ExchangeRowAnswer, issueModelToken, listExchanges } from "../../src/contract/endpoints/exchanges.ts";
import { settleExchanges, stateProbe } from "../../src/contract/endpoints/gateway.ts";
import { issueGateway, liftStop, stopUse } from "../../src/contract/endpoints/gateways.ts";
import type { ProbeVerdict } from "../../src/vocabulary/exchange.ts";
import type { HttpMember } from "../support/http-member.ts";
import { until } from "../support/until.ts";
import { noBrowser, settled } from "./console.ts";
import { type Granted, type GrantedConsole, openGrantedConsole } from "./granted-console.ts";
import { assertHoldsUp } from "./page-checks.ts";

const VERSIONS = ["scripted", "scripted-tool", "scripted-reset-in-stream", "scripted-500"];
/** Words for a verdict that nothing here gives. A certificate states what became of a key. */
const VERDICT = /\b(approv\w*|clear(s|ed|ing|ance)?|certif(y|ies|ied|ying)|licen[sc]\w*|permit\w*)\b/i;
const QUESTION = "Which flaw is in strcpy?";

describe("models that are granted, in the console of those who use them", { skip: noBrowser ?? false }, () => {
  let stand: GrantedConsole;
  let granted: Granted;
  let token: string;
  /** A reader of the evaluators. */
  let rita: HttpMember;

  before(async () => {
    stand = await openGrantedConsole();
    granted = await stand.grantModel({ versions: VERSIONS, probes: { callsPerDay: 200, tokensPerDay: 200_000 } });
    rita = await stand.eva.invite({ name: "Rita", role: "reader" });
  });
  after(() => stand.close());

  const as = (member: HttpMember, path: string, work: (page: Page) => Promise<void>): Promise<void> =>
    stand.console.at(path, work, { member, reducedMotion: "reduce" });
  const grantPath = (more = ""): string => `/grants/${granted.grant}${more}`;

  async function call(model: string, more: object = {}, session?: string): Promise<number> {
    const response = await fetch(`${stand.gateway}/v1/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        ...(session === undefined ? {} : { "x-sluice-session": session }),
      },
      body: JSON.stringify({ model, max_tokens: 60, messages: [{ role: "user", content: QUESTION }], ...more }),
    });
    // What a broken stream throws is what it was asked for.
    await response.text().catch(() => "");
    return response.status;
  }

  async function exchangeOf(isIt: (row: ExchangeRowAnswer) => boolean): Promise<ExchangeRowAnswer> {
    let found: ExchangeRowAnswer | undefined;
    await until(async () => {
      const { rows } = await stand.eva.ask(listExchanges, { params: { grant: granted.grant }, query: { limit: 200 } });
      found = rows.find(isIt);
      return found !== undefined;
    });
    assert.ok(found !== undefined);
    return found;
  }

  async function probe(verdict: ProbeVerdict): Promise<void> {
    const body = {
      gateway: "beside",
      window: granted.window,
      id: randomUUID(),
      occasion: "daily",
      verdict,
      basis: {},
      calls: 1,
      tokens: 9,
    };
    await stand.door(stateProbe, { body: { ...body, occasion: "daily", atMs: Date.now() } });
  }

  it("whoever was granted nothing is told what would stand here, and has no word for it in the top bar", () =>
    as(stand.bo, "/grants", async (page) => {
      await page.getByText("No model is granted to you").waitFor();
      await page.getByText("It does so of its own will").waitFor();
      assert.equal(await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Windows" }).count(), 0);
      await assertHoldsUp(page, "grants-none");
    }));

  it("windows that are granted stand in the top bar and in a list, with clock, budget left and purposes", () =>
    as(stand.eva, "/", async (page) => {
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Windows" }).press("Enter");
      const row = page.getByRole("table", { name: "Windows" }).getByRole("row").nth(1);
      await row.getByText("open", { exact: true }).waitFor();
      await row.getByText("1,000 of 1,000 requests").waitFor();
      await row.getByText("2 M of 2 M tokens").waitFor();
      await row.getByText("Finding software flaws; Refusals and safeguards").waitFor();
      await row.getByText("60 requests a minute; nothing leaves the sandbox").waitFor();
      await row.getByText("closes in 14 days").waitFor();
      await page.getByText("The lab’s own endpoint receives every prompt.").waitFor();
      await assertHoldsUp(page, "grants");
      await row.getByRole("link", { name: "large-2" }).press("Enter");
      await page.getByRole("heading", { level: 1, name: "large-2 is open to you" }).waitFor();
      await page.getByText("Closes by itself").waitFor();
      await page.getByText("Set by the planned partner release.").waitFor();
    }));

  it("a token is made for one purpose by the keyboard, and shown once with the two settings of one's own tool", async () => {
    await as(stand.eva, grantPath(), async (page) => {
      await page.getByText("export OPENAI_BASE_URL=https://gateway.example/v1").waitFor();
      await page.getByText("No token yet").waitFor();
      await page.getByRole("button", { name: "Make a token" }).press("Enter");
      const form = page.getByRole("form", { name: "Make a token" });
      assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Make a token");
      await form.getByText("A name is needed.").waitFor();
      await form.getByRole("button", { name: /Purpose$/ }).press("Enter");
      await page.getByRole("option", { name: "Refusals and safeguards" }).press("Enter");
      await form.getByRole("textbox", { name: "Name" }).fill("nightly harness");
      await page.keyboard.press("Enter");
      const shown = page.getByRole("region", { name: "The token nightly harness, shown this once" });
      token = /export OPENAI_API_KEY=(slm_\S+)/.exec(await shown.innerText())?.[1] ?? "";
      assert.notEqual(token, "");
      await assertHoldsUp(page, "grant-token");
      await shown.getByRole("button", { name: "It is kept" }).press("Enter");
      const row = page.getByRole("table", { name: "Tokens" }).getByRole("row", { name: /nightly harness/ });
      await row.getByText("Refusals and safeguards").waitFor();
      await row.getByText("in force").waitFor();
      await row.getByText("never").waitFor();
      await page.reload();
      await row.waitFor();
      assert.ok(!(await page.content()).includes(token));
    });
    await as(rita, grantPath(), async (page) => {
      await page.getByText("Administrators and editors of Testing institute make tokens and read sessions.").waitFor();
      assert.equal(await page.getByRole("button", { name: "Make a token" }).count(), 0);
    });
  });

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

  it("whether the same model answers is violet where it cannot be said, and different marks what comes after", async () => {
    await probe("cannot-say");
    await as(stand.eva, grantPath(), async (page) => {
      await page.getByRole("region", { name: "Same model?" }).getByRole("heading", { name: "Cannot say" }).waitFor();
    });
    await probe("different");
    await until(async () => {
      await call("scripted", {}, "after");
      const { rows } = await stand.eva.ask(listExchanges, { params: { grant: granted.grant }, query: { session: "after", limit: 200 } });
      return rows.some(({ afterDifferent }) => afterDifferent);
    });
    await as(stand.eva, grantPath(), async (page) => {
      const same = page.getByRole("region", { name: "Same model?" });
      await same.getByText("Different", { exact: true }).first().waitFor();
      await same.getByRole("table", { name: "Probes" }).getByText("Different", { exact: true }).waitFor();
      await page.getByText("heard another model than at opening").waitFor();
      await page.getByRole("link", { name: "Open the sessions" }).click();
      const row = page.getByRole("row", { name: /^after/ });
      await row.getByText("after “different”").waitFor();
      await row.getByRole("link").click();
      const marked = page.getByRole("row", { name: /after “different”/ });
      await marked.first().getByRole("link").click();
      await page.getByText("The newest probe before it said that another model answers").waitFor();
    });
  });

  it("a stop says who stopped, why and since when, until it is lifted", async () => {
    const body = { organisation: stand.evaluators, reason: "We look into many calls at once" };
    const stop = await stand.leo.ask(stopUse, { params: { model: granted.model }, body });
    await as(stand.eva, grantPath(), async (page) => {
      const notice = page.getByRole("region", { name: "Stopped now" });
      await notice.getByRole("heading", { name: "Your use is stopped" }).waitFor();
      await notice.getByText("By Example Lab, just now").waitFor();
      await page.getByRole("heading", { level: 1, name: "large-2 is stopped for now" }).waitFor();
      await notice.getByText("We look into many calls at once").waitFor();
      await assertHoldsUp(page, "grant-stopped");
    });
    await as(stand.eva, "/grants", async (page) => {
      await page
        .getByRole("row", { name: /large-2/ })
        .getByText("stopped", { exact: true })
        .waitFor();
    });
    await stand.leo.ask(liftStop, { params: { model: granted.model, stop: stop.id } });
    await as(stand.eva, grantPath(), async (page) => {
      await page.getByRole("table", { name: "What you used" }).waitFor();
      assert.equal(await page.getByRole("region", { name: "Stopped now" }).count(), 0);
    });
  });

  it("use is counted by purpose, as the lab sees it, and a token that is revoked gets no answer any more", async () => {
    await as(stand.eva, grantPath(), async (page) => {
      const used = page.getByRole("table", { name: "What you used" });
      const row = used.getByRole("row", { name: /^Refusals and safeguards/ });
      assert.match(await row.innerText(), /2 cut or refused/);
      await used
        .getByRole("row", { name: /^Finding software flaws/ })
        .getByText("never")
        .waitFor();
      await page.getByRole("button", { name: "Revoke nightly harness" }).press("Enter");
      await page.getByRole("alertdialog").getByRole("button", { name: "Revoke the token" }).press("Enter");
      await page.getByRole("table", { name: "Tokens" }).getByText("revoked", { exact: true }).waitFor();
    });
    await until(async () => (await call("scripted")) === 403);
  });

  it("an administrator of a lab issues a gateway's credential, which is shown once, and revokes it", async () => {
    let credential = "";
    await as(stand.leo, "/models", async (page) => {
      const section = page.getByRole("region", { name: "Gateways on your premises" });
      await section.getByText("No gateway of your own").waitFor();
      await section.getByRole("button", { name: "Issue a gateway’s credential" }).press("Enter");
      await section.getByRole("textbox", { name: "Name" }).fill("hall 2");
      await page.keyboard.press("Enter");
      const shown = page.getByRole("region", { name: "The credential of hall 2, shown this once" });
      credential = /SLUICE_GATEWAY_TOKEN=(slg_\S+)/.exec(await shown.innerText())?.[1] ?? "";
      assert.notEqual(credential, "");
      await section.getByText("not heard of yet").waitFor();
      await assertHoldsUp(page, "lab-gateways");
      await shown.getByRole("button", { name: "It is kept" }).press("Enter");
      assert.ok(!(await page.content()).includes(credential));
      await page.getByRole("button", { name: "Revoke hall 2" }).press("Enter");
      await page.getByRole("alertdialog").getByRole("button", { name: "Revoke the gateway" }).press("Enter");
      await section.getByText("revoked", { exact: true }).waitFor();
    });
  });

  it("what a gateway on the lab's premises keeps is said to be there, in the look of what cannot be said", async () => {
    const premises = await stand.grantModel({ name: "small-1", custody: "premises" });
    const issued = await stand.leo.ask(issueGateway, { body: { name: "hall 1" } });
    const stated = await stand.eva.ask(issueModelToken, {
      params: { grant: premises.grant },
      body: { name: "harness", purpose: "Finding software flaws", days: 1 },
    });
    const server = { server: stand.console.url, token: issued.credential, unreachable: "Nothing goes through" };
    const id = randomUUID();
    const answer = await createClient(createServerTransport(server))(settleExchanges, {
      body: {
        gateway: "g1",
        endedLeases: [],
        endsAllLeases: false,
        heads: [],
        exchanges: [
          {
            id,
            grant: premises.grant,
            lease: randomUUID(),
            token: stated.id,
            session: "there",
            segment: "1-200-0-1",
            model: "scripted",
            path: "/v1/chat/completions",
            startedMs: Date.now() - 900,
            endedMs: Date.now(),
            status: 200,
            outcome: "complete",
            chargedTokens: 5,
            requestDigest: "a".repeat(64),
            afterDifferent: false,
          },
        ],
      },
    });
    assert.deepEqual(answer, { settled: 1, refused: [] });
    await as(stand.eva, `/grants/${premises.grant}/exchanges/${id}`, async (page) => {
      await page.getByRole("heading", { name: "It is on the lab’s premises" }).waitFor();
      await page.getByText("the lab’s own gateway keeps requests and answers on its premises").waitFor();
      await assertHoldsUp(page, "exchange-premises");
    });
    await as(stand.eva, `/grants/${premises.grant}`, async (page) => {
      await page.getByRole("heading", { name: "Cannot say where its gateway is" }).waitFor();
    });
    await as(stand.eva, `/grants/${premises.grant}/sessions?text=strcpy`, async (page) => {
      await page.getByText("cannot say for 1").waitFor();
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

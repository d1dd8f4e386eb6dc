import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { createServerTransport } from "../../src/cli/server-transport.ts";
import { createClient } from "../../src/contract/client.ts";
import { type ExchangeRowAnswer, issueModelToken, listExchanges } from "../../src/contract/endpoints/exchanges.ts";
import { settleExchanges, stateProbe } from "../../src/contract/endpoints/gateway.ts";
import { issueGateway, liftStop, stopUse } from "../../src/contract/endpoints/gateways.ts";
import type { ProbeVerdict } from "../../src/vocabulary/exchange.ts";
import type { HttpMember } from "../support/http-member.ts";
import { until } from "../support/until.ts";
import { noBrowser } from "./console.ts";
import { callGranted, SCRIPTED, statedExchange } from "./granted-calls.ts";
import { type Granted, type GrantedConsole, openGrantedConsole } from "./granted-console.ts";
import { assertHoldsUp } from "./page-checks.ts";

describe("models that are granted, in the console of those who use them", { skip: noBrowser ?? false }, () => {
  let stand: GrantedConsole;
  let granted: Granted;
  let token: string;
  /** A reader of the evaluators. */
  let rita: HttpMember;

  before(async () => {
    stand = await openGrantedConsole();
    granted = await stand.grantModel({ versions: SCRIPTED, probes: { callsPerDay: 200, tokensPerDay: 200_000 } });
    rita = await stand.eva.invite({ name: "Rita", role: "reader" });
  });
  after(() => stand.close());

  const as = (member: HttpMember, path: string, work: (page: Page) => Promise<void>): Promise<void> =>
    stand.console.at(path, work, { member, reducedMotion: "reduce" });
  const grantPath = (more = ""): string => `/grants/${granted.grant}${more}`;

  const call = (model: string, more: object = {}, session?: string): Promise<number> => callGranted(stand, { token, model, more, session });
  const exchangeOf = (isIt: (row: ExchangeRowAnswer) => boolean): Promise<ExchangeRowAnswer> => statedExchange(stand, granted.grant, isIt);

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
    // The gateway hears a moment later that the stop was lifted.
    await until(async () => (await call("scripted-500")) === 500);
    await call("scripted-reset-in-stream", { stream: true });
    for (const model of ["scripted-500", "scripted-reset-in-stream"]) await exchangeOf((row) => row.model === model);
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

  it("an administrator of a lab issues a gateway's credential, which is shown once, and ends it", async () => {
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
      await page.getByRole("button", { name: "End hall 2" }).press("Enter");
      await page.getByRole("alertdialog").getByRole("button", { name: "End the gateway" }).press("Enter");
      await section.getByText("ended", { exact: true }).waitFor();
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
});

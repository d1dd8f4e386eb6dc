import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Locator, Page } from "playwright-core";
import { createDoorTransport } from "../../src/cli/door-transport.ts";
import { createClient } from "../../src/contract/client.ts";
import { askForAccess } from "../../src/contract/endpoints/access-requests.ts";
import { addWindow, giveCredential } from "../../src/contract/endpoints/access-windows.ts";
import { issueModelToken } from "../../src/contract/endpoints/exchanges.ts";
import { settleExchanges, stateProbe, takeLease } from "../../src/contract/endpoints/gateway.ts";
import { listGrants, makeGrant } from "../../src/contract/endpoints/grants.ts";
import { enrolModel, readModel } from "../../src/contract/endpoints/models.ts";
import { listNotifications } from "../../src/contract/endpoints/notifications.ts";
import { createOrganisation } from "../../src/contract/endpoints/organisations.ts";
import { proposePartner } from "../../src/contract/endpoints/partners.ts";
import { doorPath } from "../../src/server/local-door/door-path.ts";
import type { OrganisationKind } from "../../src/vocabulary/organisation.ts";
import type { HttpMember } from "../support/http-member.ts";
import { until } from "../support/until.ts";
import { noBrowser, openConsole, type OpenConsole, settled } from "./console.ts";
import { assertHoldsUp } from "./page-checks.ts";

const SECRET = "sk-lab-8Jq2vWn0";
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Words for a verdict that nothing here gives; a certificate of destruction states what was done to a key. */
const VERDICT = /\b(approv\w*|clear(s|ed|ing|ance)?|certif(y|ies|ied|ying)|licen[sc]\w*|permit\w*)\b/i;
/** What the destruction of a key cannot reach: the one innocent use. */
const OF_A_KEY = "kept in the clear";

describe("models and their windows in the console", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;
  let dataDirectory: string;
  /** Of the desk, of a lab, of an organisation that tests, and of one that has nothing to do with it. */
  let ada: HttpMember;
  let leo: HttpMember;
  let eva: HttpMember;
  let rita: HttpMember;
  let bo: HttpMember;
  let evaluators: string;
  let model: string;

  before(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), "sluice-models-"));
    console = await openConsole(undefined, { dataDirectory });
    ada = await console.firstAdministrator();
    const make = async (name: string, kind: OrganisationKind): Promise<string> =>
      (await ada.ask(createOrganisation, { body: { name, kind, country: "DE" } })).id;
    leo = await ada.invite({ name: "Leo", role: "administrator", organisation: await make("Example Lab", "lab") });
    evaluators = await make("Testing institute", "vendor");
    eva = await ada.invite({ name: "Eva", role: "editor", organisation: evaluators });
    bo = await ada.invite({ name: "Bo", role: "administrator", organisation: await make("Northgate Hospital", "operator") });
    rita = await leo.invite({ name: "Rita", role: "reader" });
  });
  after(async () => {
    await console.close();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  function as(member: HttpMember, path: string, work: (page: Page) => Promise<void>): Promise<void> {
    return console.at(path, work, { member, reducedMotion: "reduce" });
  }

  async function toldOfTerms({ ask }: HttpMember): Promise<readonly string[]> {
    return (await ask(listNotifications, { query: {} })).rows.map(({ kind }) => kind).filter((kind) => kind === "terms-changed");
  }

  it("a lab has windows in its top bar and a desk has models, both empty and saying what would fill them", async () => {
    await as(leo, "/", async (page) => {
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Windows" }).click();
      await page.getByText("No model yet").waitFor();
      await page.getByRole("region", { name: "Terms" }).getByText("You can end it at any moment, without a reason.").waitFor();
    });
    await as(ada, "/", async (page) => {
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Models" }).click();
      await page.getByText("What a lab offers to your organisation").waitFor();
      assert.equal(await page.getByRole("button", { name: "Offer a model" }).count(), 0);
    });
    await as(rita, "/models", async (page) => {
      await page.getByText("Administrators and editors of your lab offer models.").waitFor();
      assert.equal(await page.getByRole("button", { name: "Offer a model" }).count(), 0);
    });
  });

  it("a lab offers a model by the keyboard, step by step, and every step that is not complete says what it needs", () =>
    as(leo, "/models", async (page) => {
      await page.getByRole("button", { name: "Offer a model" }).press("Enter");
      const form = page.getByRole("form");
      assert.equal(await focused(page), "The model");
      await form.getByText("A name and a desk are needed.").waitFor();
      assert.ok(await form.getByRole("button", { name: "Next: when you release it" }).isDisabled());
      // The one desk there is.
      await form.getByRole("button", { name: /^Harbour desk \(coordinator\) Desk/ }).waitFor();
      await type(page, "Name", "large-2");
      await type(page, "Version", "2026-11-02");
      await type(page, "Address of your server", "models.lab.example");
      await form.getByText("Expected an address such as").waitFor();
      await type(page, "Address of your server", "https://models.lab.example/v1");
      await type(page, "Name of the version at your server", "large-2-internal");
      assert.ok(await streamUsage(form).isChecked());
      await choose(page, /^OpenAI.* Wire/, "Anthropic: messages");
      // Its streams state their usage unasked.
      await streamUsage(form).waitFor({ state: "detached" });
      await choose(page, /^Anthropic.* Wire/, "OpenAI: chat completions, responses");
      await streamUsage(form).waitFor();
      await form.getByRole("textbox", { name: "Name of the version at your server" }).press("Enter");
      await form.getByRole("heading", { name: "When you release it" }).waitFor();
      assert.equal(await focused(page), "When you release it");
      await type(page, "Planned release to other trusted partners", "tomorrow");
      await form.getByText("Expected a day and an hour").first().waitFor();
      await type(page, "Planned release to other trusted partners", localText(Date.now() + 15 * DAY_MS));
      await page.keyboard.press("Enter");
      await form.getByRole("heading", { name: "Your terms" }).waitFor();
      await form.getByText("122 cover the opening in one day").waitFor();
      await form.getByRole("button", { name: "Next: who sees what" }).press("Enter");
      await type(page, "How to reach it", "security@lab.example");
      await form.getByRole("button", { name: "Back" }).press("Enter");
      await form.getByRole("button", { name: "Next: who sees what" }).press("Enter");
      assert.equal(await form.getByRole("textbox", { name: "How to reach it" }).inputValue(), "security@lab.example");
      await form.getByRole("button", { name: "Next: what you offer" }).press("Enter");
      await form.getByText("large-2, version 2026-11-02, OpenAI wire").waitFor();
      await form.getByText("asked for", { exact: true }).waitFor();
      await form.getByRole("button", { name: "Offer the model" }).press("Enter");
      await page.getByRole("heading", { level: 1, name: "large-2 is offered, and no window is set" }).waitFor();
      model = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    }));

  it("its window opens once its key was given, and the key is nowhere to be read after", () =>
    as(leo, `/models/${model}?next=window`, async (page) => {
      const form = page.getByRole("form", { name: "Add a window" });
      const key = form.getByLabel("Key of your model’s server");
      assert.equal(await key.getAttribute("type"), "password");
      await form.getByText("No page, log, export or backup returns it, to you neither.").waitFor();
      await type(page, "Opens", localText(Date.now() - DAY_MS));
      await key.fill(SECRET);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "Testing window for large-2 is open" }).waitFor();
      await page.getByText("No page, log, export or backup returns the key").waitFor();
      const clock = page.getByRole("region", { name: "The clock of Testing" });
      await clock.getByText("Set by your planned partner release.").waitFor();
      await clock.getByText(/^Of 30 days: \d+ used, one that runs, 1\d to come, 1\d not within this window\.$/).waitFor();
      const bounds = await clock
        .getByRole("list", { name: "Bounds that were weighed, the tightest first" })
        .getByRole("listitem")
        .allInnerTexts();
      assert.equal(bounds.length, 4);
      assert.equal(bounds.filter((text) => text.includes("sets when it")).length, 2);
      await page.reload();
      await settled(page);
      assert.ok(!(await page.content()).includes(SECRET));
      assert.equal(await page.getByLabel("Key of your model’s server").count(), 0);
    }));

  it("use is granted to an organisation by its id, for purposes of the terms and within a budget", () =>
    as(leo, `/models/${model}`, async (page) => {
      await page.getByRole("button", { name: "Grant use in Testing" }).click();
      const form = page.getByRole("form", { name: "Grant use in Testing" });
      await choose(page, /^Harbour desk \(the desk\) Organisation/, "Another, by its id");
      await form.getByText("An organisation is needed.").waitFor();
      await type(page, "Id of the organisation", evaluators);
      await form.getByRole("checkbox", { name: "Refusals and safeguards" }).press("Space");
      await type(page, "Requests at most", "12.5");
      await form.getByText("Expected a whole number").waitFor();
      await type(page, "Requests at most", "20,000");
      await form.getByRole("button", { name: "Grant use" }).click();
      const use = page.getByRole("table", { name: "Use by organisation and purpose" });
      await use.getByText("Finding and using software flaws").waitFor();
      assert.equal(await use.getByText("Refusals and safeguards").count(), 0);
      const budget = page.getByRole("table", { name: "Budget" });
      await budget.getByText("20,000 of 20,000").waitFor();
      await budget.getByText("500 M of 500 M").waitFor();
    }));

  it("a grant is changed, and a version added and retired, by the lab alone", async () => {
    const notAsked = "Usage of streams: not asked for; one that states none is charged in full, as reserved";
    await as(leo, `/models/${model}`, async (page) => {
      await page.getByRole("button", { name: "Change what Testing institute was granted" }).click();
      const form = page.getByRole("form", { name: "Change what Testing institute was granted" });
      assert.equal(await form.getByRole("textbox", { name: "Requests at most" }).inputValue(), "20,000");
      await type(page, "Requests at most", "30,000");
      await form.getByRole("button", { name: "Change the grant" }).click();
      await page.getByRole("table", { name: "Budget" }).getByText("30,000 of 30,000").waitFor();
      await page.getByRole("button", { name: "Add a version" }).click();
      const adding = page.getByRole("form", { name: "Add a version" });
      await adding.getByText("a stream that does not state its usage is charged in full, as reserved.").waitFor();
      await streamUsage(adding).press("Space");
      assert.ok(!(await streamUsage(adding).isChecked()));
      await type(page, "Version", "2026-11-20");
      await type(page, "Name of the version at your server", "large-2-later");
      assert.equal(await page.getByRole("textbox", { name: "Address of your server" }).inputValue(), "https://models.lab.example/v1");
      await page.keyboard.press("Enter");
      const versions = page.getByRole("list", { name: "Versions" });
      await versions.getByText("large-2-later").waitFor();
      const added = versions.getByRole("listitem").filter({ hasText: "large-2-later" });
      await added.getByText(notAsked).waitFor();
      // The first version is asked, and nothing is said of it.
      assert.equal(await versions.getByText(notAsked).count(), 1);
      await versions.getByRole("button", { name: "Retire 2026-11-02" }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "Retire the version" }).click();
      await versions.getByText("retired").waitFor();
    });
    // Whoever uses it pays for it, and is told.
    await as(eva, `/models/${model}`, (page) => page.getByRole("list", { name: "Versions" }).getByText(notAsked).waitFor());
    const { versions } = await leo.ask(readModel, { params: { model } });
    assert.deepEqual(
      versions.map(({ name, asksStreamUsage }) => [name, asksStreamUsage]),
      [
        ["2026-11-02", true],
        ["2026-11-20", false],
      ],
    );
  });

  it("terms are changed from then on, and everyone reads every version", async () => {
    await as(leo, `/models/${model}`, async (page) => {
      await page.getByRole("button", { name: "Change the terms" }).click();
      const form = page.getByRole("form", { name: "Change your terms" });
      await type(page, "Confidentiality", "Nothing is passed on before 2028.");
      await form.getByRole("button", { name: "State the new terms" }).click();
      await page
        .getByRole("table", { name: "Use by organisation and purpose" })
        .getByText("under version 1 of the terms, 2 holds now")
        .waitFor();
      await page.getByRole("list", { name: "What happened" }).getByText("stated new terms, version 2").waitFor();
    });
    for (const member of [leo, ada, eva]) {
      await as(member, `/models/${model}`, async (page) => {
        await page.getByText("Nothing is passed on before 2028.").waitFor();
        await page.getByRole("button", { name: "Earlier versions" }).click();
        const first = page.getByRole("region", { name: "Version 1 of the terms" });
        await first.getByText("Nothing about the model is passed on before its public release.").waitFor();
        assert.equal(await first.getByText("by Leo").count(), member === leo ? 1 : 0);
      });
    }
  });

  it("new terms are told to desk and tester, and the list that the notice leads to says whose they are", async () => {
    const ways = [
      [eva, "Open your windows", "under version 1 of the terms, 2 holds now"],
      [ada, "Open the models", "version 2 of the terms"],
    ] as const;
    for (const [member, word, said] of ways) {
      await until(async () => (await toldOfTerms(member)).length === 1);
      await as(member, "/notifications", async (page) => {
        await page.getByRole("link", { name: "A lab stated new terms for a model" }).click();
        await page.getByRole("link", { name: word }).click();
        await page.getByRole("row").filter({ hasText: "large-2" }).getByText(said).waitFor();
      });
    }
    for (const member of [leo, bo]) assert.deepEqual(await toldOfTerms(member), []);
  });

  it("lab, desk and tester see one page, each what it may see and do", async () => {
    await as(ada, `/models/${model}`, async (page) => {
      await page.getByRole("heading", { level: 1, name: "Testing window for large-2 is open" }).waitFor();
      await page.getByText("Set by the planned partner release.").waitFor();
      assert.equal(await page.getByRole("button", { name: /End/ }).count(), 0);
      assert.equal(await page.getByText("models.lab.example").count(), 0);
      await page.getByRole("button", { name: "Stop Testing institute for now" }).waitFor();
    });
    await as(eva, `/models/${model}`, async (page) => {
      await page.getByRole("table", { name: "What you used" }).waitFor();
      await page.getByText("Example Lab lets you use this model because it chose to").waitFor();
      assert.match((await page.getByRole("link", { name: "Use it" }).getAttribute("href")) ?? "", /^\/grants\//);
      assert.equal(
        await page
          .getByRole("main")
          .getByRole("button", { name: /End|Stop|Add|Grant|Change/ })
          .count(),
        0,
      );
      assert.equal(await page.getByRole("heading", { name: "Trusted partners" }).count(), 0);
    });
    await as(rita, `/models/${model}`, async (page) => {
      await page.getByRole("heading", { level: 1, name: "Testing window for large-2 is open" }).waitFor();
      assert.equal(
        await page
          .getByRole("main")
          .getByRole("button", { name: /End|Stop|Add|Grant|Change/ })
          .count(),
        0,
      );
    });
  });

  it("what a gateway settled stands in the lab’s page as it was, leaves as a file, and a probe that heard another model is not to be overlooked", async () => {
    const door = createDoorTransport(doorPath(dataDirectory));
    const ask = createClient(door.transport);
    const purpose = "Finding and using software flaws";
    const { id: grant, window } = (await eva.ask(listGrants)).rows[0] ?? { id: "", window: { id: "" } };
    const token = (await eva.ask(issueModelToken, { params: { grant }, body: { name: "harness", purpose } })).id;
    const [gateway, lease] = ["beside", randomUUID()];
    await ask(takeLease, { body: { gateway, grant, lease, requests: 10, tokens: 10_000, tokensAtLeast: 1 } });
    const exchange = {
      grant,
      lease,
      token,
      session: "s",
      segment: "s1",
      model: "2026-11-20",
      path: "/v1/chat/completions",
      afterDifferent: false,
    };
    const settled = ([480, 120, 900] as const).map((chargedTokens, index) => ({
      ...exchange,
      id: randomUUID(),
      startedMs: Date.now() - 1000,
      endedMs: Date.now(),
      status: 200,
      outcome: index === 1 ? ("cut" as const) : ("complete" as const),
      ...(index === 2 ? {} : { inputTokens: chargedTokens - 20, outputTokens: 20 }),
      chargedTokens,
      requestDigest: createHash("sha256").update(`${index}`).digest("hex"),
    }));
    await ask(settleExchanges, { body: { gateway, exchanges: settled, endedLeases: [], heads: [] } });
    const counts = { unheard: 5, compared: 12, sameUpTo: 1, differentFrom: 4 };
    const falseAlarmRate = { alarms: 0, repeats: 10, estimate: 0, upper95: 0.2589 };
    const swapped = { model: "2026-11-20", verdict: "different", basis: [{ code: "answers-differ", ...counts }], falseAlarmRate };
    const probe = { gateway, window: window.id, id: randomUUID(), occasion: "daily", calls: 12, tokens: 2005, atMs: Date.now() } as const;
    await ask(stateProbe, { body: { ...probe, verdict: "cannot-say", basis: { cut: true } } });
    await as(leo, `/models/${model}`, async (page) => {
      await page.getByRole("region", { name: "Same model?" }).getByText("The answers do not tell one model from another.").waitFor();
      const row = page.getByRole("table", { name: "Use by organisation and purpose" }).getByRole("row", { name: /^Testing institute/ });
      const cells = await row.getByRole("cell").allInnerTexts();
      assert.deepEqual(cells.slice(3, 5), ["3\n1 cut or refused", "1,500\n1 request without usage"]);
      assert.match((await row.getByRole("img").getAttribute("aria-label")) ?? "", /^Requests a day, the oldest first: (0; )+3(; 0)?$/);
      const budget = page.getByRole("table", { name: "Budget" });
      assert.deepEqual(
        await budget
          .getByRole("row", { name: /^Tokens/ })
          .getByRole("cell")
          .allInnerTexts(),
        ["Tokens", "", "1,500", "8,500", "499.9 M of 500 M"],
      );
      const coming = page.waitForEvent("download");
      await page.getByRole("button", { name: "Export every hour as CSV" }).click();
      const file = await coming;
      assert.equal(file.suggestedFilename(), "large-2-use.csv");
      const chunks: Buffer[] = [];
      for await (const chunk of await file.createReadStream()) chunks.push(Buffer.from(chunk as Uint8Array));
      assert.match(Buffer.concat(chunks).toString("utf8"), /Z,Testing institute,Finding and using software flaws,3,1,560,40,1500,1,/);
    });
    await ask(stateProbe, {
      body: { ...probe, id: randomUUID(), atMs: Date.now() + 1, verdict: "different", basis: { models: [swapped] } },
    });
    await as(eva, `/models/${model}`, async (page) => {
      await page.getByRole("region", { name: "Same model?" }).getByText("Every later result is marked.").waitFor();
      await page.getByRole("list", { name: "What happened" }).getByText("heard another model than at opening").waitFor();
      const probes = page.getByRole("table", { name: "Probes" }).getByRole("row");
      await probes.filter({ hasText: "5 of 12 answers were new. Up to 1 is the same, from 4 on different." }).waitFor();
      await probes.filter({ hasText: "at most 25.9 %: 0 of 10 repeats at opening" }).waitFor();
      await probes.filter({ hasText: "The gateway stopped before the run had ended." }).waitFor();
    });
    door.close();
  });

  it("a model one has nothing to do with and one that is not there say the same", async () => {
    const texts: string[] = [];
    for (const id of [model, crypto.randomUUID(), "no-id"]) {
      await as(bo, `/models/${id}`, async (page) => {
        await page.getByRole("heading", { level: 1, name: "No such model for you" }).waitFor();
        texts.push(await page.getByRole("main").innerText());
      });
    }
    assert.equal(new Set(texts).size, 1);
  });

  it("the desk stops a tester with a reason, everyone concerned sees it, and only the desk lets it go on", async () => {
    await as(ada, `/models/${model}`, async (page) => {
      await page.getByRole("button", { name: "Stop Testing institute for now" }).click();
      await type(page, "Reason", "Its key was in a public log");
      await page.keyboard.press("Enter");
      await page.getByRole("list", { name: "Stopped now" }).getByText("Its key was in a public log").waitFor();
    });
    for (const member of [leo, eva]) {
      await as(member, `/models/${model}`, async (page) => {
        await page.getByRole("list", { name: "Stopped now" }).getByText("Its key was in a public log").waitFor();
        assert.equal(await page.getByRole("button", { name: /^Let it go on/ }).count(), 0);
      });
    }
    await as(ada, `/models/${model}`, async (page) => {
      await page.getByRole("button", { name: /^Let it go on/ }).click();
      await page.getByRole("list", { name: "Stopped now" }).waitFor({ state: "detached" });
    });
  });

  it("the desk asks the lab, which grants, declines without a reason or leaves it, and a tester sees none of it", async () => {
    const ask = async (page: Page, what: string): Promise<void> => {
      await page.getByRole("button", { name: "Ask the lab" }).click();
      const form = page.getByRole("form", { name: "Ask the lab" });
      await type(page, "What for", what);
      await form.getByRole("button", { name: "Ask", exact: true }).click();
      await page.getByRole("list", { name: "Requests" }).getByText(what).waitFor();
    };
    await as(ada, `/models/${model}`, async (page) => {
      await ask(page, "To look at refusals ourselves.");
      await ask(page, "Once more, with tools.");
    });
    await as(leo, "/", async (page) => {
      await page.getByRole("link", { name: "Harbour desk asks something of you" }).first().click();
      const requests = page.getByRole("list", { name: "Requests" });
      const first = requests.getByRole("listitem").filter({ hasText: "To look at refusals ourselves." });
      await first.getByRole("button", { name: /^Grant use: / }).click();
      await page.getByRole("form", { name: "Grant use in Testing" }).getByRole("button", { name: "Grant use" }).click();
      await first.getByText("You granted the use").waitFor();
      const second = requests.getByRole("listitem").filter({ hasText: "Once more, with tools." });
      await second.getByRole("button", { name: /^Decline/ }).click();
      await page
        .getByRole("form", { name: /^Decline/ })
        .getByRole("button", { name: "Decline" })
        .click();
      await second.getByText("You declined").waitFor();
    });
    await as(ada, `/models/${model}`, async (page) => {
      const requests = page.getByRole("list", { name: "Requests" });
      await requests.getByText("The lab declined").waitFor();
      await requests.getByText("The lab granted the use").waitFor();
      await page.getByText("Nothing here counts what it answers, or whether it does.").waitFor();
    });
    await as(eva, `/models/${model}`, async (page) => {
      await page.getByRole("table", { name: "What you used" }).waitFor();
      assert.equal(await page.getByRole("heading", { name: "Requests" }).count(), 0);
    });
    await as(leo, "/models", async (page) => {
      await page
        .getByRole("table", { name: "Windows" })
        .getByRole("row", { name: /large-2/ })
        .getByText("closes")
        .waitFor();
    });
  });

  it("a partner stage takes both keys, each turned on the text that is shown", async () => {
    await as(leo, `/models/${model}`, async (page) => {
      await page.getByRole("button", { name: "Add a window" }).click();
      await type(page, "Name", "First partners");
      await type(page, "Closes", localText(Date.now() + 40 * DAY_MS));
      await page.getByRole("form", { name: "Add a window" }).getByRole("button", { name: "Add the window" }).click();
      await page.getByRole("region", { name: "First partners", exact: true }).getByText("0 proposals, 0 with both keys.").waitFor();
    });
    await as(ada, `/models/${model}`, async (page) => {
      await page.getByRole("button", { name: "Propose a partner for First partners" }).click();
      await choose(page, /^Choose one Organisation/, "Northgate Hospital");
      await page.getByRole("button", { name: "Propose the partner" }).click();
      const card = page.getByRole("article", { name: "Northgate Hospital" });
      await card.getByText("no key turned").waitFor();
      assert.match(await card.getByRole("region", { name: /^What is stated/ }).innerText(), /organisation: "Northgate Hospital/);
      await card.getByRole("button", { name: "Turn your key for Northgate Hospital" }).click();
      await card.getByText("waits for the lab’s key").waitFor();
      await card.getByRole("button", { name: /^Turn it back/ }).click();
      await card.getByText("no key turned").waitFor();
      await card.getByRole("button", { name: "Turn your key for Northgate Hospital" }).click();
      await card
        .getByRole("region", { name: "Government’s key for Northgate Hospital" })
        .getByText(/turned by Harbour desk/)
        .waitFor();
    });
    await as(leo, `/models/${model}`, async (page) => {
      const card = page.getByRole("article", { name: "Northgate Hospital" });
      await card.getByRole("region", { name: "Lab’s key for Northgate Hospital" }).getByRole("button").click();
      await card.getByText("both keys turned").waitFor();
      await page.getByRole("region", { name: "First partners", exact: true }).getByText("1 proposal, 1 with both keys.").waitFor();
    });
  });

  it("another release shows what it would change before it moves, and moves stages along", () =>
    as(leo, `/models/${model}`, async (page) => {
      const before = (await leo.ask(readModel, { params: { model } })).partnerRelease.instantMs;
      await page.getByRole("button", { name: "Change the date" }).click();
      const form = page.getByRole("form", { name: "Change the planned release" });
      const opens = form.getByRole("textbox", { name: "First partners opens" });
      const stage = Date.parse(`${(await opens.inputValue()).replace(" ", "T")}Z`);
      await type(page, "Release to other trusted partners", localText(before + 2 * DAY_MS));
      assert.equal(Date.parse(`${(await opens.inputValue()).replace(" ", "T")}Z`) - stage, 2 * DAY_MS);
      await page.keyboard.press("Enter");
      const effects = form.getByRole("region", { name: "What it would change" });
      await effects.getByText("Testing", { exact: true }).waitFor();
      assert.equal((await leo.ask(readModel, { params: { model } })).partnerRelease.instantMs, before);
      await type(page, "Release to other trusted partners", localText(before + 3 * DAY_MS));
      // What was shown was shown for another hour.
      await effects.waitFor({ state: "detached" });
      await form.getByRole("button", { name: "Show what it would change" }).click();
      await form.getByRole("button", { name: "Move the release" }).click();
      await form.waitFor({ state: "detached" });
      assert.equal((await leo.ask(readModel, { params: { model } })).partnerRelease.instantMs, before + 3 * DAY_MS);
      await page.getByRole("list", { name: "What happened" }).getByText("moved the planned release").waitFor();
      await page.getByRole("article", { name: "Northgate Hospital" }).getByText("does not stand any more").waitFor();
    }));

  it("access ends by two presses of a key, without a reason, and a certificate says what was destroyed", async () => {
    await as(leo, `/models/${model}`, async (page) => {
      await page.getByText("Cuts open streams within 1 second and destroys the key. Nothing is held against you.").waitFor();
      await page.getByRole("button", { name: "End access now" }).press("Enter");
      const dialog = page.getByRole("alertdialog", { name: "End access to large-2 now" });
      await dialog.getByText("It cannot be undone.").waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await page.getByRole("button", { name: "End access now" }).press("Enter");
      assert.equal(await dialog.getByRole("textbox").count(), 0);
      await dialog.getByRole("button", { name: "End access now" }).press("Enter");
      const certificates = page.getByRole("list", { name: "Certificates of destruction" });
      await certificates.getByText("asked to revoke upstream").waitFor();
      await certificates.getByText("the credential itself at the lab and at its upstream").waitFor();
      await certificates.getByRole("button", { name: /^It is revoked there/ }).click();
      await certificates.getByText("revoked upstream", { exact: true }).waitFor();
      await page.getByRole("heading", { level: 1, name: "Partner stage for large-2 cannot open yet" }).waitFor();
    });
    await as(eva, `/models/${model}`, async (page) => {
      await page.getByRole("heading", { level: 1, name: "Testing window for large-2 is closed" }).waitFor();
      await page.getByText("It closed because the lab ended it, and stays closed: a new window needs a new offer.").waitFor();
    });
  });

  it("a second model stands beside it, for the pages to be looked at with every part open", async () => {
    const hour = (ms: number) => ({ instantMs: Math.floor(ms / HOUR_MS) * HOUR_MS, zone: "Europe/Brussels" });
    const purposes = ["Finding and using software flaws"];
    const enrolled = await leo.ask(enrolModel, {
      body: {
        name: "wide-3",
        desk: ada.session.acting.organisation,
        wire: "anthropic",
        custody: "here",
        versions: [{ name: "first", baseUrl: "https://models.lab.example", upstreamName: "wide-3-internal" }],
        partnerRelease: hour(Date.now() + 20 * DAY_MS),
        publicRelease: hour(Date.now() + 60 * DAY_MS),
        terms: {
          purposes,
          retentionDays: 0,
          destruction: "All of it",
          confidentiality: "Nothing is passed on",
          whoMaySee: "Whoever sent it",
          contacts: [{ name: "Leo", reach: "leo@lab.example" }],
        },
      },
    });
    const params = { model: enrolled.id };
    const testing = await leo.ask(addWindow, {
      params,
      body: { kind: "testing-window", name: "Testing", opens: hour(Date.now() - DAY_MS), closes: hour(Date.now() + 16 * DAY_MS) },
    });
    await leo.ask(giveCredential, { params: { window: testing.id }, body: { credential: SECRET } });
    const budget = { requests: 1000, tokens: 2_500_000 };
    await leo.ask(makeGrant, { params: { window: testing.id }, body: { organisation: evaluators, purposes, budget } });
    const stage = await leo.ask(addWindow, {
      params,
      body: { kind: "partner-stage", name: "Partners", opens: hour(Date.now() + 21 * DAY_MS) },
    });
    await leo.ask(proposePartner, {
      params: { window: stage.id },
      body: { organisation: evaluators, purpose: "Finding and using software flaws", budget },
    });
    const words = "To look at refusals ourselves.";
    await ada.ask(askForAccess, { params, body: { kind: "grant", organisation: ada.session.acting.organisation, words } });
    await ada.ask(askForAccess, { params, body: { kind: "extension", window: testing.id, closes: hour(Date.now() + 18 * DAY_MS), words } });
    standing = enrolled.id;
  });

  let standing = "";
  const press = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();
  const places: readonly (readonly [string, () => HttpMember, () => string, ((page: Page) => Promise<void>)?])[] = [
    ["models-lab", () => leo, () => "/models"],
    ["models-desk", () => ada, () => "/models"],
    ["model-offer", () => leo, () => "/models", press("Offer a model")],
    ["model-lab", () => leo, () => `/models/${standing}`],
    ["model-tester", () => eva, () => `/models/${standing}`],
    [
      "model-desk",
      () => ada,
      () => `/models/${standing}`,
      async (page) => {
        await press(/^Stop/)(page);
        await press(/^Propose a partner/)(page);
      },
    ],
    [
      "model-forms",
      () => leo,
      () => `/models/${standing}`,
      async (page) => {
        for (const name of ["Change the date", "Show what it would change", "Add a window", /^Change what/, "Add a version"])
          await press(name)(page);
        await page.getByRole("region", { name: "What it would change" }).waitFor();
      },
    ],
    ["model-ended", () => leo, () => `/models/${model}`],
    ["model-missing", () => bo, () => "/models/none"],
  ];
  for (const [name, member, path, prepare] of places) {
    it(`axe finds nothing on ${name}, it fits 320 px, nothing on it is a verdict, and no key is in it`, () =>
      as(member(), path(), async (page) => {
        await prepare?.(page);
        await assertHoldsUp(page, name);
        assert.equal(VERDICT.exec((await page.locator("body").innerText()).replaceAll(OF_A_KEY, ""))?.[0], undefined);
        assert.ok(!(await page.content()).includes(SECRET));
      }));
  }
});

async function type(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole("textbox", { name: label, exact: true }).fill(text);
}

function streamUsage(form: Locator): Locator {
  return form.getByRole("checkbox", { name: "Ask this server for the usage of streams" });
}

async function choose(page: Page, field: RegExp, option: string): Promise<void> {
  await page.getByRole("button", { name: field }).click();
  await page.getByRole("option", { name: option }).click();
}

async function focused(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.textContent);
}

/** As it is typed, where the browser of these tests is. */
function localText(ms: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Brussels", dateStyle: "short", timeStyle: "short" })
    .format(ms)
    .replace(",", "");
}

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import { acceptInvitation, createCircle, inviteToCircle } from "../../src/contract/endpoints/circles.ts";
import { createDraft } from "../../src/contract/endpoints/drafts.ts";
import { createOrganisation } from "../../src/contract/endpoints/organisations.ts";
import { agreeReleasePlan, proposeAmendment, readReleasePlan, writeReleasePlan } from "../../src/contract/endpoints/releases.ts";
import type { OrganisationKind } from "../../src/vocabulary/organisation.ts";
import type { HttpMember } from "../support/http-member.ts";
import { noBrowser, openConsole, scanExample, writeScreenshot, type OpenConsole } from "./console.ts";
import { assertHoldsUp, axeFindings } from "./page-checks.ts";

const DAY_MS = 86_400_000;

describe("the page of a release plan", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;
  let ada: HttpMember;
  let maintainer: HttpMember;
  let operator: HttpMember;
  let path: string;
  let draft: string;

  before(async () => {
    console = await openConsole();
    ada = await console.firstAdministrator();
    const circle = async (name: string): Promise<string> =>
      (
        await ada.ask(createCircle, {
          body: { name, purpose: "a test", needsSecondFactor: false, needsSponsor: false, membersListed: false },
        })
      ).id;
    const join = async (circleId: string, name: string, kind: OrganisationKind, hasIntelligenceFunction = false): Promise<HttpMember> => {
      const { id } = await ada.ask(createOrganisation, { body: { name, kind, hasIntelligenceFunction } });
      const member = await ada.invite({ name: "Bo", role: "administrator", organisation: id });
      const invitation = await ada.ask(inviteToCircle, { params: { circle: circleId }, body: { organisation: id, answerDays: 14 } });
      await member.ask(acceptInvitation, { params: { invitation: invitation.id }, body: {} });
      return member;
    };
    maintainer = await join(await circle("Finder and maintainers"), "Halyard project", "maintainer");
    await join(await circle("Distributors"), "Meridian Linux", "distributor");
    const operators = await circle("Critical operators");
    operator = await join(operators, "Northgate Hospital", "operator");
    for (const name of ["Quay Power", "Pier Water", "Mole Rail"]) await join(operators, name, "operator");
    await join(operators, "Service of the Interior", "agency", true);
    draft = (await ada.ask(createDraft, { body: { parts: [{ kind: "summary", body: { text: "A length is trusted" } }] } })).id;
    path = `/drafts/${draft}/release-plan`;
  });
  after(() => console.close());

  function as(member: HttpMember, work: (page: Page) => Promise<void>): Promise<void> {
    return console.at(path, work, { member, reducedMotion: "reduce" });
  }

  /** Chooses an option of a field by the keyboard alone. */
  async function choose(page: Page, stage: string, field: string, option: string): Promise<void> {
    const group = page.getByRole("group", { name: stage });
    await group.getByRole("button", { name: new RegExp(`${field}$`) }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type(option.slice(0, 6));
    await page.keyboard.press("Enter");
  }

  const dayText = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

  it("stages are written, tried out and agreed by the keyboard alone", () =>
    as(ada, async (page) => {
      await page.getByRole("heading", { level: 1, name: "Release plan: nobody has written one yet" }).waitFor();
      await page.getByRole("button", { name: "Write the stages" }).focus();
      await page.keyboard.press("Enter");
      for (const stage of ["Stage 2", "Stage 3"]) {
        await page.getByRole("button", { name: "Add a stage" }).press("Enter");
        await page.getByRole("group", { name: stage, exact: true }).waitFor();
      }
      await page.getByLabel("Time zone of all hours").fill("Europe/Brussels");
      const opens = (stage: string) => page.getByRole("group", { name: stage }).getByLabel("Opens at");
      await choose(page, "Stage 1", "Circle", "Finder and maintainers");
      await choose(page, "Stage 1", "Level", "case");
      await opens("Stage 1").fill(`${dayText(1)} 10:00`);
      await choose(page, "Stage 2", "Circle", "Distributors");
      await choose(page, "Stage 2", "Level", "build");
      await page.getByRole("group", { name: "Stage 2" }).getByRole("checkbox", { name: "the patch is ready" }).press("Space");
      await choose(page, "Stage 3", "Circle", "Critical operators");
      await opens("Stage 3").fill(`${dayText(3)} 10:00`);
      await opens("Stage 4: everyone").fill("tomorrow");
      await page.getByRole("button", { name: /Add an organisation/ }).focus();
      await page.keyboard.press("Enter");
      await page.keyboard.type("Halyar");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Take out Halyard project" }).waitFor();
      await page.getByRole("button", { name: "Save the stages" }).press("Enter");
      await page
        .getByRole("alert")
        .getByText(/Expected a local time such as/)
        .waitFor();
      await opens("Stage 4: everyone").fill(`${dayText(8)} 17:00`);
      await page.getByRole("button", { name: "Dry run" }).last().press("Enter");
      const dryRun = page.getByRole("region", { name: "Dry run" });
      await dryRun.waitFor();
      assert.equal(await dryRun.getByRole("listitem").count(), 3);
      await page
        .getByRole("table")
        .getByRole("row", { name: /Northgate Hospital/ })
        .waitFor();
      await page.getByRole("button", { name: "Save the stages" }).press("Enter");
      await page.getByRole("heading", { level: 1, name: /public in \d days.*, not agreed yet/ }).waitFor();
      await page.getByRole("button", { name: "Agree to the plan" }).press("Enter");
      await page.getByRole("heading", { level: 1, name: /^Release plan: public in \d days( \d+ h)?$/ }).waitFor();
      const answer = await ada.ask(readReleasePlan, { params: { draft } });
      assert.deepEqual(answer.consenters.map(({ name }) => name).sort(), ["Halyard project", "Harbour desk"]);
      assert.deepEqual(
        answer.stages.map(({ level, on, opens: hour }) => [level, on, hour?.zone]),
        [
          ["case", [], "Europe/Brussels"],
          ["build", ["patch-ready"], undefined],
          ["fix", [], "Europe/Brussels"],
          ["public", ["leak", "exploitation"], "Europe/Brussels"],
        ],
      );
    }));

  it("says in words what the axis shows, with the leak as the last column", () =>
    as(ada, async (page) => {
      const stages = page.getByRole("region", { name: "Stages", exact: true }).getByRole("row");
      assert.equal(await stages.count(), 5);
      const readers = page.getByRole("table").filter({ hasText: "If it leaks" });
      const cells = await readers
        .getByRole("row", { name: /Mole Rail/ })
        .getByRole("cell")
        .allInnerTexts();
      assert.deepEqual([cells[0], cells.at(-1)], ["nothing", "fix"]);
      const excluded = await readers
        .getByRole("row", { name: /Service of the Interior/ })
        .getByRole("cell")
        .allInnerTexts();
      assert.equal(excluded.at(-1), "public");
      await page.getByRole("region", { name: "Checks" }).getByText("Kept out by rule").waitFor();
    }));

  it("an event opens what waits for it, a hold stops the rest, and only who holds lifts it", async () => {
    await as(ada, async (page) => {
      await page.getByRole("button", { name: "The patch is ready" }).press("Enter");
      await page.getByRole("button", { name: "State that the patch is ready" }).press("Enter");
      await page.getByText("1 of 4 stages opened").waitFor();
      await page.getByRole("button", { name: "Hold", exact: true }).press("Enter");
      assert.ok(await page.getByRole("button", { name: "Hold the plan" }).isDisabled());
      await page.getByLabel("Why").fill("the patch breaks a test");
      await page.getByRole("button", { name: "Hold the plan" }).press("Enter");
      await page.getByRole("heading", { level: 1, name: "Release plan: held, nothing opens" }).waitFor();
      await page.getByText("held by Harbour desk").waitFor();
      await page.getByRole("button", { name: "Lift your hold" }).press("Enter");
      await page.getByRole("heading", { level: 1, name: /public in/ }).waitFor();
    });
  });

  it("who does not see the case is told that there is nothing", () =>
    as(maintainer, async (page) => {
      await page.getByText(/There is no such thing among the draft advisories that are open to you/).waitFor();
    }));

  it("axe finds nothing, nothing is too small to press and nothing scrolls sideways, while reading and while writing", () =>
    as(ada, async (page) => {
      for (const state of ["reading", "writing"] as const) {
        if (state === "writing") {
          await page.getByRole("button", { name: "Propose a change" }).click();
          await page.getByRole("button", { name: "Dry run" }).last().click();
          await page.getByRole("region", { name: "Dry run" }).waitFor();
        }
        await assertHoldsUp(page, `release-plan-${state}`);
      }
    }));

  it("a file that a member drops says what is not public yet, from the minute in which its stage opens", async () => {
    const affected = {
      kind: "affected",
      body: {
        package: { ecosystem: "npm", name: "lodash" },
        ranges: [
          {
            type: "SEMVER",
            events: [
              { kind: "introduced", version: "0" },
              { kind: "fixed", version: "99.0.0" },
            ],
          },
        ],
        versions: [],
      },
    } as const;
    const { id } = await ada.ask(createDraft, {
      body: { parts: [{ kind: "summary", body: { text: "Not known to others" } }, affected] as never },
    });
    const { preview, circles } = await ada.ask(readReleasePlan, { params: { draft } });
    assert.ok(preview.organisations.length > 0);
    const operators = circles.find(({ name }) => name === "Critical operators")?.id ?? "";
    const scans = (member: HttpMember, isOpen: boolean): Promise<void> =>
      console.at(
        "/record",
        async (page) => {
          await scanExample(page);
          await page.getByRole("heading", { level: 1, name: /changes end/ }).waitFor();
          assert.equal(await page.getByText("Not known to others").count(), isOpen ? 1 : 0);
          if (!isOpen) return;
          await page.getByRole("heading", { level: 1, name: /Not public yet: 1 that affects you/ }).waitFor();
          assert.deepEqual(await axeFindings(page), []);
          await writeScreenshot(page, "plan-staged");
        },
        { member, reducedMotion: "reduce" },
      );
    await scans(operator, false);
    const at = (ms: number) => ({ instantMs: Date.now() + ms, zone: "UTC" });
    const stages = [
      { circle: operators, level: "fix", opens: at(5000), on: [] },
      { level: "public", opens: at(DAY_MS), on: ["leak"] },
    ];
    const { revision } = await ada.ask(writeReleasePlan, { params: { draft: id }, body: { stages } as never });
    await ada.ask(agreeReleasePlan, { params: { draft: id }, body: { revision } });
    while ((await ada.ask(readReleasePlan, { params: { draft: id } })).opened.length === 0) await delay(200);
    await scans(operator, true);
    await scans(maintainer, false);
  });

  it("a change that widens waits for who has a say, and binds with the last consent", async () => {
    const { id } = await ada.ask(createDraft, { body: { parts: [{ kind: "summary", body: { text: "Coordinated" } }] as never } });
    const { circles } = await ada.ask(readReleasePlan, { params: { draft } });
    const circle = (name: string): string => circles.find((one) => one.name === name)?.id ?? "";
    const at = (ms: number) => ({ instantMs: Date.now() + ms, zone: "Europe/Brussels" });
    const stages = [
      { circle: circle("Finder and maintainers"), level: "case", opens: at(4000), on: [] },
      { circle: circle("Critical operators"), level: "fix", opens: at(3 * DAY_MS), on: [] },
      { level: "public", opens: at(8 * DAY_MS), on: ["leak"] },
    ];
    const consenters = [circle("Halyard project")];
    const { revision } = await ada.ask(writeReleasePlan, { params: { draft: id }, body: { stages, consenters } as never });
    await ada.ask(agreeReleasePlan, { params: { draft: id }, body: { revision } });
    let plan = await ada.ask(readReleasePlan, { params: { draft: id } });
    while (plan.opened.length === 0) {
      await delay(200);
      plan = await ada.ask(readReleasePlan, { params: { draft: id } });
    }
    const sooner = plan.stages.map((stage) => (stage.level === "fix" ? { ...stage, opens: at(2 * DAY_MS) } : stage));
    const { inForce } = await ada.ask(proposeAmendment, { params: { draft: id }, body: { stages: sooner, revision } });
    assert.equal(inForce, false);
    await console.at(
      `/drafts/${id}/release-plan`,
      async (page) => {
        const proposed = page.getByRole("region", { name: /^Proposed change/ });
        await proposed.getByText("It opens earlier.").waitFor();
        assert.equal(await page.getByRole("button", { name: "Propose a change" }).count(), 0);
        assert.deepEqual(await axeFindings(page), []);
        await writeScreenshot(page, "release-plan-proposed");
        await proposed.getByRole("button", { name: "Agree to the change" }).press("Enter");
        await page.getByText(/Revision 2, agreed/).waitFor();
        assert.equal(await proposed.count(), 0);
      },
      { member: maintainer, reducedMotion: "reduce" },
    );
  });

  it("ends after it was asked once more, and says that it is public", () =>
    as(ada, async (page) => {
      await page.getByRole("button", { name: "End the embargo" }).press("Enter");
      await page.getByLabel("What happened").fill("it is on a mailing list");
      await page.getByRole("button", { name: "End the embargo" }).last().press("Enter");
      const dialog = page.getByRole("alertdialog");
      await dialog.getByText("It cannot be undone.").waitFor();
      await dialog.getByRole("button", { name: "End the embargo" }).press("Enter");
      await page.getByRole("heading", { level: 1, name: /^Release plan: public just now|ago$/ }).waitFor();
    }));
});

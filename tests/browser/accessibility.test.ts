import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { assertCleanByAxe, sidewaysScrolls, smallTargets } from "./page-checks.ts";
import { noBrowser, openConsole, scanExample, settled, writeScreenshot, type OpenConsole, type Visit } from "./console.ts";

type Place = { readonly name: string; readonly path: string; readonly prepare?: (page: Page) => Promise<void> };

const openPanels = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Add filter" }).click();
};

const places: readonly Place[] = [
  { name: "front-door", path: "/" },
  { name: "plan", path: "/", prepare: scanExample },
  { name: "no-plan", path: "/scan" },
  { name: "vulnerabilities", path: "/vulnerabilities?text=lodash&hasPatch=true", prepare: openPanels },
  { name: "vulnerability", path: "/vulnerabilities/CVE-2020-8203" },
  { name: "packages", path: "/packages", prepare: async (page) => page.getByRole("button", { name: /^Columns/ }).click() },
  { name: "package", path: "/packages/npm/lodash?version=4.17.15" },
  { name: "data", path: "/data" },
  { name: "not-found", path: "/nowhere" },
];

describe("every page", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;

  before(async () => {
    console = await openConsole();
  });
  after(() => console.close());

  for (const { name, path, prepare } of places) {
    describe(name, () => {
      let visit: Visit;
      let page: Page;

      before(async () => {
        // Colours that are still changing would be measured half way.
        visit = await console.visit(path, { reducedMotion: "reduce" });
        page = visit.page;
        await prepare?.(page);
        await settled(page);
      });
      after(() => visit.close());

      it("axe finds nothing, light and dark, at 1440 and 390", async () => {
        await assertCleanByAxe(page, name);
      });

      it("what is pressed is at least 24 by 24 px", async () => {
        await page.setViewportSize({ width: 390, height: 900 });
        assert.deepEqual(await smallTargets(page), []);
      });

      it("there is no sideways scroll from 320 px on, nor with text at 200 %", async () => {
        assert.deepEqual(await sidewaysScrolls(page), []);
      });
    });
  }

  it("states keep a shape and borders stay in forced colours", async () => {
    const { page, close } = await console.visit("/data", { forcedColors: "active" });
    const shape = page.locator(".state .state-shape").first();
    const { colour, back } = await shape.evaluate((element) => ({
      colour: getComputedStyle(element).color,
      back: getComputedStyle(document.body).backgroundColor,
    }));
    assert.notEqual(colour, back);
    const border = await page
      .getByRole("searchbox")
      .first()
      .evaluate((element) => getComputedStyle(element.closest("form") ?? element).borderTopStyle);
    assert.equal(border, "solid");
    await writeScreenshot(page, "data-forced-colours");
    await close();
  });

  it("nothing moves for those who asked for less motion", async () => {
    const { page, close } = await console.visit("/", { reducedMotion: "reduce" });
    const durations = await page.evaluate(() =>
      [...document.querySelectorAll("a, button, input")].map((element) => getComputedStyle(element).transitionDuration),
    );
    assert.deepEqual([...new Set(durations)], ["0s"]);
    await close();
  });
});

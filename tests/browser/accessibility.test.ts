import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
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

const themes = ["light", "dark"] as const;
const widths = [1440, 390] as const;
const everyRule = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`;
const colourRules = `{ type: "rule", values: ["color-contrast"] }`;
/** Width in px and text size in percent. */
const sizes = [
  [320, 100],
  [390, 100],
  [640, 200],
  [768, 100],
  [1024, 100],
  [1440, 200],
] as const;

type AxeResult = {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly target: readonly string[] }[] }[];
};

describe("every page", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;
  let axe: string;

  before(async () => {
    console = await openConsole();
    axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
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
        // Through the debugger: the page's own policy allows no script but its own.
        await page.evaluate(axe);
        for (const width of widths) {
          await page.setViewportSize({ width, height: 900 });
          for (const colorScheme of themes) {
            await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
            await writeScreenshot(page, `${name}-${colorScheme}-${width}`);
            // Between the themes only colours differ.
            assert.deepEqual(await axeFindings(page, colorScheme === "light" ? everyRule : colourRules), [], `${colorScheme} at ${width}`);
          }
        }
      });

      it("what is pressed is at least 24 by 24 px", async () => {
        await page.setViewportSize({ width: 390, height: 900 });
        assert.deepEqual(await smallTargets(page), []);
      });

      it("there is no sideways scroll from 320 px on, nor with text at 200 %", async () => {
        const session = await page.context().newCDPSession(page);
        for (const [width, textPercent] of sizes) {
          await page.setViewportSize({ width, height: 900 });
          await session.send("Page.setFontSizes", { fontSizes: { standard: (16 * textPercent) / 100, fixed: (13 * textPercent) / 100 } });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.equal(wide, 0, `${width} px wide, ${textPercent} % text: ${wide} px too wide because of ${await widest(page)}`);
        }
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

async function axeFindings(page: Page, runOnly: string): Promise<readonly string[]> {
  const { violations } = (await page.evaluate(`axe.run(document, { runOnly: ${runOnly}, resultTypes: ["violations"] })`)) as AxeResult;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target.join(" ")}`));
}

/** Links in text are exempt (WCAG 2.5.8, inline), and so is what only the keyboard or a screen reader meets. */
async function smallTargets(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const isForEarsOnly = (element: Element): boolean => {
      for (let each: Element | null = element; each !== null; each = each.parentElement) {
        const { clip, clipPath, display } = getComputedStyle(each);
        if (clipPath === "inset(50%)" || clip === "rect(0px, 0px, 0px, 0px)" || display === "none") return true;
      }
      return false;
    };
    return [...document.querySelectorAll<HTMLElement>("button, input:not([type=file]), nav:not(.crumbs) a")].flatMap((element) => {
      // The label around a checkbox, and the box around a search field, are pressed as well.
      const { width, height } = (element.closest("label, form.search-input") ?? element).getBoundingClientRect();
      if (isForEarsOnly(element.closest("label") ?? element) || (width >= 24 && height >= 24)) return [];
      return [`${element.tagName} "${element.innerText || (element.getAttribute("aria-label") ?? "")}" ${width}×${height}`];
    });
  });
}

async function widest(page: Page): Promise<string> {
  return page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > limit + 1);
    return wide
      .slice(-3)
      .map((element) => `${element.tagName}.${element.className}`)
      .join(", ");
  });
}

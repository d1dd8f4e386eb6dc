import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { settled, writeScreenshot } from "./console.ts";

const rules = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]`;

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

/** axe finds nothing in it, it fits 320 px, and what is pressed is large enough. Pictures of it bear `name`. */
export async function assertHoldsUp(page: Page, name: string): Promise<void> {
  await settled(page);
  await assertCleanByAxe(page, name);
  assert.deepEqual(await smallTargets(page), [], name);
  assert.deepEqual(await sidewaysScrolls(page), [], name);
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** axe finds nothing, light and dark, at 1440 and 390. */
export async function assertCleanByAxe(page: Page, name: string): Promise<void> {
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"] as const) {
      // Colours that are still changing would be measured half way.
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await writeScreenshot(page, `${name}-${colorScheme}-${width}`);
      assert.deepEqual(await axeFindings(page), [], `${name}, ${colorScheme} at ${width}`);
    }
  }
}

/** At which sizes the page is wider than its window, and because of what. */
export async function sidewaysScrolls(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  const found: string[] = [];
  for (const [width, textPercent] of sizes) {
    await page.setViewportSize({ width, height: 900 });
    await session.send("Page.setFontSizes", { fontSizes: { standard: (16 * textPercent) / 100, fixed: (13 * textPercent) / 100 } });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide !== 0) found.push(`${width} px wide, ${textPercent} % text: ${wide} px too wide because of ${await widest(page)}`);
  }
  await session.send("Page.setFontSizes", { fontSizes: { standard: 16, fixed: 13 } });
  return found;
}

export async function axeFindings(page: Page): Promise<readonly string[]> {
  // Through the debugger: the page's own policy allows no script but its own.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(await readAxe());
  const { violations } = (await page.evaluate(`axe.run(document, { runOnly: ${rules}, resultTypes: ["violations"] })`)) as AxeResult;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} at ${target.join(" ")}`));
}

/** Links in text are exempt (WCAG 2.5.8, inline), and so is what only the keyboard or a screen reader meets. */
export async function smallTargets(page: Page): Promise<readonly string[]> {
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

async function readAxe(): Promise<string> {
  return readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
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

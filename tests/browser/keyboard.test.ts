import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { noBrowser, openConsole, settled, type OpenConsole } from "./console.ts";

describe("with the keyboard alone", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;

  before(async () => {
    console = await openConsole();
  });
  after(() => console.close());

  it("one reaches the drop zone, scans the example and opens a finding; the focus is seen at every step", async () => {
    const { page, complaints, close } = await console.visit("/");
    await page.keyboard.press("Tab");
    assert.equal(await focusedName(page), "Skip to the page");
    await tabTo(page, "Drop an SBOM or lockfile here");
    await tabTo(page, "Choose a file");
    await tabTo(page, "Use the example");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/scan");
    // The address is the next page's before its heading is there to take the focus.
    await page.waitForFunction(() => document.activeElement?.tagName === "H1");
    await settled(page);
    await page.waitForFunction(() => /changes? ends?/.test(document.querySelector("output[aria-live=polite]")?.textContent ?? ""));

    const finding = page.getByRole("table", { name: "Findings" }).getByRole("link").first();
    await tabTo(page, (await finding.innerText()).trim());
    await page.keyboard.press("Enter");
    await page.waitForURL("**/vulnerabilities/**");
    assert.deepEqual(await complaints(), []);
    await close();
  });

  it("the skip link leads past the top bar", async () => {
    const { page, close } = await console.visit("/packages");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.closest("main") !== null), true);
    await close();
  });

  it("a slash leads to the search, and typing one in a field does not", async () => {
    const { page, close } = await console.visit("/packages");
    await page.keyboard.press("/");
    await page.waitForFunction(() => document.activeElement?.closest("header") !== null);
    await page.keyboard.type("a/b");
    assert.equal(await page.evaluate(() => (document.activeElement as HTMLInputElement).value), "a/b");
    await close();
  });

  it("J and K move through a list, X chooses, Enter opens", async () => {
    const { page, close } = await console.visit("/packages");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    const current = page.locator("tr.data-row-current");
    assert.equal(await current.count(), 1);
    assert.equal(
      await page
        .locator("tbody tr")
        .first()
        .getAttribute("class")
        .then((name) => name?.includes("data-row-current")),
      true,
    );
    await page.keyboard.press("x");
    await page.getByText("1 chosen").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/packages/npm/**");
    await close();
  });

  it("single keys can be switched off, and stay off", async () => {
    const { page, close } = await console.visit("/packages");
    await page.getByRole("switch", { name: /Single keys/ }).focus();
    await page.keyboard.press("Space");
    await page.reload();
    await settled(page);
    await page.keyboard.press("j");
    await page.keyboard.press("/");
    assert.equal(await page.locator("tr.data-row-current").count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "BODY");
    await close();
  });

  it("filters are opened, filled and applied, and the result is heard", async () => {
    const { page, close } = await console.visit("/vulnerabilities");
    await tabTo(page, "Add filter");
    await page.keyboard.press("Enter");
    await tabTo(page, "Package");
    await page.keyboard.type("lodash");
    await page.keyboard.press("Enter");
    await page.waitForURL(/package=lodash/);
    await page.waitForFunction(() =>
      /^\d+ vulnerabilit\w+ shown/.test(document.querySelector("output[aria-live=polite]")?.textContent ?? ""),
    );
    await close();
  });
});

/** Tabs until what has the focus goes by `name`, and holds that every stop on the way is seen. */
async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  for (let stops = 0; stops < 150; stops++) {
    await page.keyboard.press("Tab");
    const here = await focusedName(page);
    passed.push(here);
    assert.equal(await isFocusSeen(page), true, `the focus is not seen on ${here}`);
    if (here === name) return;
  }
  assert.fail(`never came to ${name}; passed ${passed.slice(0, 30).join(", ")}`);
}

async function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement)) return "";
    const labelledBy = (element.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter((id) => id !== "" && id !== element.id);
    const label = element.getAttribute("aria-label") ?? labelledBy.map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    const text = label === "" ? element.innerText || ((element as HTMLInputElement).labels?.[0]?.innerText ?? "") : label;
    return text.replaceAll(/\s+/g, " ").trim();
  });
}

/** An outline on the element, or on what stands for it: the zone around a hidden button, the box around a field. */
async function isFocusSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    for (let element = document.activeElement; element !== null; element = element.parentElement) {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      if (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2) return true;
      if (
        [...element.children].some(
          (child) => getComputedStyle(child).outlineStyle === "solid" && Number.parseFloat(getComputedStyle(child).outlineWidth) >= 2,
        )
      ) {
        return true;
      }
    }
    return false;
  });
}

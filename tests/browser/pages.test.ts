import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { noBrowser, openConsole, scanExample, settled, type OpenConsole } from "./console.ts";

describe("the console", { skip: noBrowser ?? false }, () => {
  let console: OpenConsole;
  let folder: string;

  before(async () => {
    console = await openConsole();
    folder = await mkdtemp(join(tmpdir(), "sluice-documents-"));
  });
  after(async () => {
    await console.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function writeLockfile(): Promise<string> {
    const file = join(folder, "package-lock.json");
    const packages = { "": { dependencies: { lodash: "^4.17.0" } }, "node_modules/lodash": { version: "4.17.15" } };
    await writeFile(file, JSON.stringify({ name: "a", lockfileVersion: 3, packages }));
    return file;
  }

  it("opens on search and drop zone as equals, and on what the server knows", () =>
    console.at("/", async (page) => {
      assert.equal(await page.title(), "Sluice");
      await page.getByRole("heading", { level: 1, name: /Find out what of yours is vulnerable/ }).waitFor();
      await page.getByRole("search", { name: "Search vulnerabilities and packages" }).getByRole("searchbox").waitFor();
      await page.getByRole("heading", { name: "Drop an SBOM or lockfile here" }).waitFor();
      await page.getByRole("button", { name: "Choose a file" }).waitFor();
      const row = page.getByRole("table", { name: "Ecosystems and what can be said of them" }).getByRole("row").filter({ hasText: "npm" });
      await row.getByText("cannot say").waitFor();
      await row.getByText("a sample").waitFor();
      const registry = page.getByText(`npm audit --registry ${new URL(page.url()).origin}`);
      await registry.waitFor();
    }));

  it("answers an id with its vulnerability and a package with the list", () =>
    console.at("/", async (page) => {
      const box = page.getByRole("search", { name: "Search vulnerabilities and packages" }).getByRole("searchbox");
      await box.fill("cve-2020-8203");
      await page.getByRole("button", { name: "Search", exact: true }).click();
      await page.waitForURL("**/vulnerabilities/CVE-2020-8203");
      await page.goBack();
      await box.fill("lodash");
      await box.press("Enter");
      await page.waitForURL("**/vulnerabilities?text=lodash");
      await page.getByRole("table", { name: "Vulnerabilities" }).getByText("lodash").first().waitFor();
    }));

  it("names what can be dropped in a line, and every format that the server reads one press away", () =>
    console.at("/", async (page) => {
      const { formats } = (await (await fetch(`${console.url}/api/formats`)).json()) as { readonly formats: { readonly title: string }[] };
      const open = page.getByRole("button", { name: `${formats.length} formats by name` });
      await page.getByText("Up to 64 MB.").waitFor();
      assert.equal(await open.getAttribute("aria-expanded"), "false");
      await open.focus();
      await page.keyboard.press("Enter");
      assert.equal(await open.getAttribute("aria-expanded"), "true");
      const list = page.getByRole("group", { name: /formats by name/ }).getByRole("listitem");
      assert.equal(await list.count(), formats.length);
      for (const { title } of formats) await list.filter({ hasText: title }).first().waitFor();
    }));

  it("scans the example and says what to change, what was found and what could not be said", () =>
    console.at("/", async (page) => {
      await scanExample(page);
      await page.getByRole("heading", { level: 1, name: /^\d+ changes end (?:all )?\d+/ }).waitFor();
      const changes = page.getByRole("region", { name: "Do this" }).getByRole("listitem");
      await changes.filter({ hasText: "lodash" }).first().getByText("npm install").or(page.getByText("npm update")).first().waitFor();
      await page
        .getByRole("region", { name: "No patch" })
        .getByText(/^vue 2\.7\.16/)
        .waitFor();
      await page.getByRole("region", { name: "Cannot say" }).getByText("a sample").waitFor();
      await page.getByRole("table", { name: "Findings" }).getByText("CVE-2020-8203").first().waitFor();
      assert.match(await page.getByRole("status").first().innerText(), /changes? ends?/);
    }));

  it("keeps the plan in the tab and answers 'exposed here' from it", () =>
    console.at("/", async (page) => {
      await scanExample(page);
      await page
        .getByRole("table", { name: "Findings" })
        .getByRole("link", { name: /lodash|zipObjectDeep|prototype/i })
        .first()
        .click();
      await page.waitForURL("**/vulnerabilities/**");
      await settled(page);
      const exposed = page.locator(".fact", { hasText: "Exposed here" });
      await exposed.getByText("in package-lock.json").waitFor();
      await exposed.getByRole("link", { name: "see the plan" }).click();
      await page.getByRole("heading", { level: 1, name: /changes? ends?/ }).waitFor();
      await page.waitForFunction(() => document.activeElement?.tagName === "H1");
    }));

  it("takes a chosen file", () =>
    console.at("/", async (page) => {
      await chooseFile(page, await writeLockfile());
      await page.getByRole("heading", { level: 1, name: /1 change ends/ }).waitFor();
      await page.getByText("npm install lodash@").or(page.getByText("npm update lodash")).first().waitFor();
    }));

  it("takes a dropped file", () =>
    console.at("/", async (page) => {
      const zone = await page.locator(".drop-document").boundingBox();
      assert.ok(zone !== null);
      const session = await page.context().newCDPSession(page);
      const data = { items: [], files: [await writeLockfile()], dragOperationsMask: 1 };
      for (const type of ["dragEnter", "dragOver", "drop"] as const) {
        await session.send("Input.dispatchDragEvent", { type, x: zone.x + 20, y: zone.y + 20, data });
      }
      await page.waitForURL("**/scan");
      await page.getByRole("heading", { level: 1, name: /1 change ends/ }).waitFor();
    }));

  it("asks of which system a list of installed packages is, and answers again", () =>
    console.at("/", async (page) => {
      const file = join(folder, "status");
      await writeFile(file, "Package: libgate3\nStatus: install ok installed\nSource: gate\nVersion: 2.3.4-1\n");
      await chooseFile(page, file);
      const unsaid = page.getByRole("region", { name: "Cannot say" });
      await unsaid.getByText("The list does not say of which distribution and release it is").waitFor();
      const form = page.getByRole("form", { name: "Say which system it is" });
      await form.getByLabel("Distribution and release").fill("Debian:12");
      await form.getByRole("button", { name: "Check again" }).click();
      await unsaid.getByText("This server holds no advisories for it").waitFor();
      assert.equal(await form.count(), 0);
    }));

  it("says what is wrong with a file that it cannot read, where, and offers another", () =>
    console.at("/", async (page) => {
      const file = join(folder, "broken.json");
      await writeFile(file, '{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"name": "lod');
      await chooseFile(page, file);
      await page.getByRole("heading", { level: 1, name: "The file could not be read" }).waitFor();
      const alert = page.getByRole("alert");
      await alert.getByText("broken.json").first().waitFor();
      await alert.getByText("Nothing was stored.").waitFor();
      await page.getByRole("button", { name: "Choose a file" }).waitFor();
    }));

  it("shows one vulnerability: exploited, exposed, patch, and then the score", () =>
    console.at("/vulnerabilities/CVE-2020-8203", async (page) => {
      const labels = await page.locator(".fact dt").allInnerTexts();
      assert.deepEqual(labels, ["Exploited", "Exposed here", "Patch", "Score", "Weakness"]);
      await page.locator(".fact", { hasText: "Exposed here" }).getByText("cannot say").waitFor();
      const affected = page.getByRole("region", { name: "Who is affected" });
      await affected
        .getByText(/\[\S+, 4\.17\.\d+\)/)
        .first()
        .waitFor();
      await page
        .getByRole("region", { name: "What fixes it" })
        .getByText(/^4\.17\.\d+$/)
        .first()
        .waitFor();
      const sources = page.getByRole("region", { name: "Sources, side by side" });
      await sources.getByRole("rowheader", { name: /First fixed/ }).waitFor();
      await sources
        .getByRole("button", { name: /^Copy [0-9a-f]{64}$/ })
        .first()
        .waitFor();
      await page.getByRole("region", { name: "History" }).getByRole("listitem").first().waitFor();
    }));

  it("leads from the surrogate id to the id that people use", async () => {
    const answer = (await (await fetch(`${console.url}/api/vulnerabilities/CVE-2020-8203`)).json()) as { readonly vulnerability: string };
    await console.at(`/vulnerabilities/${answer.vulnerability}`, async (page) => {
      await page.waitForURL("**/vulnerabilities/CVE-2020-8203");
    });
  });

  it("says that an unknown id may be newer than the data", () =>
    console.at("/vulnerabilities/CVE-1999-99999", async (page) => {
      await page.getByRole("heading", { name: "Not in the record" }).waitFor();
      await page.getByRole("link", { name: "see what it holds" }).waitFor();
    }));

  it("keeps filters as removable chips in the URL", () =>
    console.at("/vulnerabilities", async (page) => {
      await page.getByRole("button", { name: "Add filter" }).click();
      await page.getByRole("textbox", { name: "Package" }).fill("lodash");
      await page.getByRole("form", { name: "Filters" }).getByRole("button", { name: /Patch/ }).click();
      await page.getByRole("option", { name: "exists" }).click();
      await page.getByRole("button", { name: "Apply filters" }).click();
      await page.waitForURL(/package=lodash&hasPatch=true/);
      await page.getByRole("button", { name: "Remove the filter Package lodash" }).waitFor();
      await settled(page);
      for (const text of await page.getByRole("table", { name: "Vulnerabilities" }).locator("tbody tr").allInnerTexts())
        assert.match(text, /lodash/);
      await page.getByRole("button", { name: "Remove the filter Patch exists" }).click();
      await page.waitForURL((url) => !url.search.includes("hasPatch"));
      await page.getByRole("button", { name: "Remove the filter Package lodash" }).waitFor();
      await page.getByRole("button", { name: "Clear", exact: true }).click();
      await page.waitForURL((url) => url.search === "");
    }));

  it("says what a filter expected and keeps what was typed", () =>
    console.at("/vulnerabilities", async (page) => {
      await page.getByRole("button", { name: "Add filter" }).click();
      const since = page.getByRole("textbox", { name: "Changed since" });
      await since.fill("last week");
      await page.getByRole("button", { name: "Apply filters" }).click();
      await page.getByText("Expected a day such as 2026-08-20").waitFor();
      assert.equal(await since.inputValue(), "last week");
      assert.equal(await since.getAttribute("aria-invalid"), "true");
    }));

  it("says so when nothing matches, without saying that nothing is affected", () =>
    console.at("/vulnerabilities?text=no-such-thing-anywhere", async (page) => {
      await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
    }));

  it("pages by key, forward and back", () =>
    console.at("/vulnerabilities", async (page) => {
      const first = await firstRow(page);
      await page.getByRole("button", { name: "Next 40" }).click();
      await page.getByText(/^41–\d+, newest change first$/).waitFor();
      await settled(page);
      assert.match(page.url(), /after=/);
      assert.notEqual(await firstRow(page), first);
      await page.getByRole("button", { name: "Previous" }).click();
      await page.getByText(/^1–40, newest change first$/).waitFor();
      await settled(page);
      assert.equal(await firstRow(page), first);
    }));

  it("sorts what is loaded, and says that it is only that", () =>
    console.at("/packages", async (page) => {
      await page.getByRole("button", { name: "Package", exact: true }).click();
      await page.waitForURL(/sort=name/);
      await page.getByText("of these, sorted by package").waitFor();
      const names = await page.locator("tbody .stacked-name").allInnerTexts();
      assert.deepEqual(
        names,
        [...names].sort((a, b) => a.localeCompare(b, "en")),
      );
      assert.equal(await page.getByRole("columnheader", { name: "Package" }).getAttribute("aria-sort"), "ascending");
    }));

  it("leaves out the columns that the reader leaves out, and remembers it", () =>
    console.at("/packages", async (page) => {
      await page.getByRole("button", { name: /^Columns/ }).click();
      await page.getByRole("group", { name: "Columns" }).getByRole("checkbox", { name: "Without patch" }).click({ force: true });
      assert.equal(await page.getByRole("columnheader", { name: "Without patch" }).count(), 0);
      await page.reload();
      await settled(page);
      assert.equal(await page.getByRole("columnheader", { name: "Without patch" }).count(), 0);
    }));

  it("exports the rows that are shown", () =>
    console.at("/packages?text=lodash", async (page) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /^CSV/ }).click()]);
      const text = await readFile(await download.path(), "utf8");
      assert.equal(download.suggestedFilename(), "packages.csv");
      assert.match(text, /^name,ecosystem,vulnerabilities/);
      assert.match(text, /\r\nlodash,npm,\d+/);
    }));

  it("answers whether one version is affected, and why", () =>
    console.at("/packages/npm/lodash", async (page) => {
      await page.getByRole("heading", { level: 1, name: /^lodash: \d+ vulnerabilit/ }).waitFor();
      await page.getByRole("textbox", { name: "Is a version affected?" }).fill("4.17.15");
      await page.getByRole("button", { name: "Ask" }).click();
      await page.waitForURL(/version=4\.17\.15/);
      await page.getByRole("heading", { level: 1, name: /^lodash 4\.17\.15 is affected by \d+/ }).waitFor();
      const verdicts = page.getByRole("table", { name: "Vulnerabilities of lodash" });
      await verdicts.getByRole("row").filter({ hasText: "CVE-2020-8203" }).getByText("affected", { exact: true }).waitFor();
    }));

  it("gives the command that ends the most, and the version as the package's own ranges write one", () =>
    console.at("/packages/npm/lodash?version=4.17.15", async (page) => {
      await page
        .getByRole("region", { name: "What fixes it" })
        .getByText(/^\$ ?npm install lodash@4\.\d+\.\d+$/)
        .waitFor();
      await page.getByText(/^As your package manager writes it, such as \d+\.\d+/).waitFor();
    }));

  it("never says clean of a version when the data is a sample", () =>
    console.at("/packages/npm/lodash?version=99.0.0", async (page) => {
      await page.getByRole("heading", { level: 1, name: "lodash: cannot say whether 99.0.0 is affected" }).waitFor();
      await page.getByRole("region", { name: "Cannot say" }).getByText("sluice sync npm").waitFor();
    }));

  it("keeps the slash of a scoped name in its address", () =>
    console.at("/packages/npm/@no-such-scope/no-such-name", async (page) => {
      await page.getByRole("heading", { name: "No advisory held here names @no-such-scope/no-such-name" }).waitFor();
    }));

  it("says where answers come from and what could not be read", () =>
    console.at("/data", async (page) => {
      await page.getByRole("heading", { level: 1, name: /^Data/ }).waitFor();
      await page.getByRole("region", { name: "What can be answered" }).getByRole("cell", { name: "cannot say" }).waitFor();
      await page.getByRole("table", { name: "Feeds" }).getByText("bundled sample").waitFor();
      await page.getByRole("region", { name: "Records kept aside" }).getByRole("heading", { name: "Every record could be read" }).waitFor();
    }));

  it("says so when there is no such page", () =>
    console.at("/nowhere/at/all", async (page) => {
      await page.getByRole("heading", { level: 1, name: "There is no page here" }).waitFor();
      assert.equal(await page.title(), "There is no page here · Sluice");
    }));

  it("says what happened when the server does not answer, and asks again", () =>
    console.at("/packages", async (page) => {
      await page.route("**/api/packages?**", (route) => route.abort());
      await page.getByRole("searchbox", { name: "Find a package" }).fill("lod");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("This server did not answer.").waitFor();
      await page.unroute("**/api/packages?**");
      await page.getByRole("button", { name: "Ask again" }).click();
      await page.getByRole("table", { name: "Packages" }).getByText("lodash").first().waitFor();
    }));

  it("keeps the theme that the reader chose", () =>
    console.at(
      "/",
      async (page) => {
        const canvas = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        assert.equal(await canvas(), "rgb(251, 251, 248)");
        await page.getByRole("radiogroup", { name: "Theme" }).getByText("Dark").click();
        assert.equal(await canvas(), "rgb(15, 20, 21)");
        await page.reload();
        await settled(page);
        assert.equal(await canvas(), "rgb(15, 20, 21)");
        await page.getByRole("radiogroup", { name: "Theme" }).getByText("System").click();
        assert.equal(await canvas(), "rgb(251, 251, 248)");
      },
      { colorScheme: "light" },
    ));

  it("loads nothing from anywhere else", () =>
    console.at("/", async (page) => {
      const origins = new Set<string>();
      page.on("request", (request) => origins.add(new URL(request.url()).origin));
      await page.reload();
      await settled(page);
      assert.deepEqual([...origins], [console.url]);
    }));
});

async function chooseFile(page: Page, file: string): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose a file" }).click()]);
  await chooser.setFiles(file);
  await page.waitForURL("**/scan");
}

async function firstRow(page: Page): Promise<string> {
  return page.locator("tbody tr").first().innerText();
}

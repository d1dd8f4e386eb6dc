import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { type Config, readConfig } from "../../src/server/config.ts";
import { buildConsoleWhenStale } from "../../src/server/console-build.ts";
import { startServer } from "../../src/server/main.ts";
import { findChromium } from "../../tools/find-chromium.ts";
import { type BucketRecord, bucketObjects } from "../feed-server/bucket-objects.ts";
import { enrolAt, type HttpMember } from "../support/http-member.ts";
import { runSluice } from "../support/run-sluice.ts";

/** Why there is no browser here, in the words that `allowed-skips.json` knows; undefined = there is one. */
export const noBrowser: string | undefined = findChromium() === undefined ? "Chromium is not installed" : undefined;

/** A real server, and a browser before it. */
export type OpenConsole = {
  readonly url: string;
  /** What the program prints while there is no administrator. */
  readonly firstAdministratorLink: () => Promise<string>;
  /** Somebody who signed in as the first administrator, of an organisation of coordinators. Once a console. */
  readonly firstAdministrator: () => Promise<HttpMember>;
  /** A fresh browser profile at `path`, with everything asked for answered. */
  readonly visit: (path: string, options?: VisitOptions) => Promise<Visit>;
  /**
   * Visits `path`, does `work`, and holds that the policy blocked nothing, nothing was thrown and no error written. Whoever comes again with the
   * same options has the same window, with nothing in it of what was there before.
   */
  readonly at: (path: string, work: (page: Page) => Promise<void>, options?: VisitOptions) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type VisitOptions = Pick<BrowserContextOptions, "colorScheme" | "forcedColors" | "reducedMotion" | "hasTouch"> & {
  readonly width?: number;
  /** Who is signed in there. */
  readonly member?: HttpMember | undefined;
};

export type Visit = {
  readonly page: Page;
  /** What the content security policy blocked, what was written to the console as an error, and what was thrown. */
  readonly complaints: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
};

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Each window would load two pages behind its address bar, which nobody sees, in a process of their own. Naming any replaces Playwright's list.
  `--disable-features=${[
    "AimEnabled",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
  ].join(",")}`,
];

/** What feeds hold, by ecosystem. */
export type HeldFeeds = Readonly<Record<string, readonly BucketRecord[]>>;

/**
 * Starts both, with the bundled sample or with what `feeds` hold, stated just now. Nothing is fetched: the public feeds are pointed at a port where
 * nobody listens.
 */
export async function openConsole(feeds?: HeldFeeds, settings: Partial<Config> = {}): Promise<OpenConsole> {
  await buildConsoleWhenStale(() => undefined);
  const dataDirectory = await mkdtemp(join(tmpdir(), "sluice-browser-"));
  if (feeds !== undefined) await syncFeeds(feeds, dataDirectory);
  const nowhere = "http://127.0.0.1:9/";
  const server = await startServer({
    ...readConfig({}),
    port: 0,
    dataDirectory,
    keysDirectory: `${dataDirectory}-keys`,
    logLevel: "silent",
    syncEveryHours: 0,
    osvFeedUrl: nowhere,
    kevFeedUrl: nowhere,
    requestsPerMinute: 1_000_000,
    ...settings,
  });
  const browser = await launch();
  const windows = new Map<string, Window>();
  const windowFor = async (options: VisitOptions): Promise<Window> => {
    const key = JSON.stringify({ ...options, member: options.member?.cookie });
    const opened = windows.get(key) ?? (await openWindow(browser, server.url, options));
    // A window in which something failed is not looked at again.
    windows.delete(key);
    return { ...opened, empty: async () => void (await opened.empty(), windows.set(key, opened)) };
  };
  return {
    url: server.url,
    firstAdministratorLink: async () => (await server.firstAdministratorLink()) ?? "",
    firstAdministrator: async () => {
      const link = await server.firstAdministratorLink();
      if (link === undefined) throw new Error("there is an administrator already");
      return enrolAt(server.url, link, { name: "Ada", email: "ada@desk.example", organisation: "Harbour desk" });
    },
    visit: async (path, options = {}) => {
      const window = await openWindow(browser, server.url, options);
      await window.goTo(path);
      return window;
    },
    at: async (path, work, options = {}) => {
      const { page, goTo, complaints, empty, close } = await windowFor(options);
      try {
        await goTo(path);
        await work(page);
        assert.deepEqual(await complaints(), []);
      } catch (error) {
        await close();
        throw error;
      }
      await empty();
    },
    close: async () => {
      await browser.close();
      await server.stop();
      for (const directory of [dataDirectory, `${dataDirectory}-keys`]) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** As whoever runs a server does it, from a directory. */
async function syncFeeds(feeds: HeldFeeds, dataDirectory: string): Promise<void> {
  const from = await mkdtemp(join(tmpdir(), "sluice-feeds-"));
  for (const [ecosystem, records] of Object.entries(feeds)) {
    for (const [path, bytes] of bucketObjects(ecosystem, records)) {
      await mkdir(dirname(join(from, path)), { recursive: true });
      await writeFile(join(from, path), bytes);
    }
  }
  const stated = new Date(Date.now() - 3_600_000).toISOString();
  const run = await runSluice(["sync", ...Object.keys(feeds), "--from", from, "--stated-at", stated, "--data-dir", dataDirectory]);
  await rm(from, { recursive: true });
  if (run.code !== 0) throw new Error(`sluice sync ended with ${run.code}: ${run.stdout}${run.stderr}`);
}

/** The browser of this machine, with nothing of its owner's. */
export async function launch(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({ args: [...FLAGS, ...flags], headless: true, ...(executablePath === undefined ? {} : { executablePath }) });
}

type Window = Visit & {
  readonly goTo: (path: string) => Promise<void>;
  /** Leaves the window as it was when it opened. */
  readonly empty: () => Promise<void>;
};

async function openWindow(browser: Browser, url: string, { width = 1440, member, ...options }: VisitOptions): Promise<Window> {
  const viewport = { width, height: 900 };
  const context = await browser.newContext({ viewport, timezoneId: "Europe/Brussels", ...options });
  const signIn = async (): Promise<void> => {
    if (member !== undefined) await context.addCookies([{ ...member.cookie, url, httpOnly: true, sameSite: "Strict" }]);
  };
  await signIn();
  const page = await context.newPage();
  let complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`thrown: ${error.message}`));
  page.on("console", (message) => {
    // A refused request is a subject of the tests, not a complaint.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) complaints.push(message.text());
  });
  await page.addInitScript(() => {
    const blocked: string[] = [];
    Object.assign(globalThis, { blockedByPolicy: blocked });
    document.addEventListener("securitypolicyviolation", (event) => blocked.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  return {
    page,
    goTo: async (path) => {
      await page.goto(url + path);
      await settled(page);
    },
    complaints: async () => [
      ...complaints,
      ...(await page.evaluate(() => (globalThis as { blockedByPolicy?: string[] }).blockedByPolicy ?? [])),
    ],
    empty: async () => {
      await page.unrouteAll();
      // On the same server: elsewhere the browser would take another process for it.
      await page.goto(`${url}/healthz`);
      const session = await context.newCDPSession(page);
      await session.send("Storage.clearDataForOrigin", { origin: url, storageTypes: "all" });
      await session.detach();
      await context.clearCookies();
      await signIn();
      await page.setViewportSize(viewport);
      const { colorScheme = "light", forcedColors = "none", reducedMotion = "no-preference" } = options;
      await page.emulateMedia({ colorScheme, forcedColors, reducedMotion });
      complaints = [];
    },
    close: () => context.close(),
  };
}

/** Waits until nothing is being asked or read and the letters are there. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector("h1") !== null && document.querySelector("[aria-busy=true]") === null);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** Scans the bundled example from the front door and waits for the plan. */
export async function scanExample(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Use the example" }).click();
  await page.waitForURL("**/scan");
  await settled(page);
}

/** Writes the page as a picture when SLUICE_SCREENSHOTS names a folder. */
export async function writeScreenshot(page: Page, name: string): Promise<void> {
  const folder = process.env["SLUICE_SCREENSHOTS"];
  if (folder === undefined || folder === "") return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

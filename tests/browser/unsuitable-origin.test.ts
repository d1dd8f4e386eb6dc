import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { readConfig } from "../../src/server/config.ts";
import { buildConsoleWhenStale } from "../../src/server/console-build.ts";
import { type RunningServer, startServer } from "../../src/server/main.ts";
import { type Mailbox, openMailbox } from "../support/mailbox.ts";
import { launch, noBrowser } from "./console.ts";
import { assertHoldsUp } from "./page-checks.ts";

const publicUrl = "http://desk.example/";

describe("the console under a name without TLS, where passkeys cannot work", { skip: noBrowser ?? false }, () => {
  let folder: string;
  let mailbox: Mailbox;
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  let code: string;

  before(async () => {
    await buildConsoleWhenStale(() => undefined);
    folder = await mkdtemp(join(tmpdir(), "sluice-unsuitable-"));
    mailbox = await openMailbox();
    server = await startServer({
      ...readConfig({}),
      port: 0,
      publicUrl,
      dataDirectory: join(folder, "data"),
      keysDirectory: join(folder, "keys"),
      logLevel: "silent",
      syncEveryHours: 0,
      mail: { url: mailbox.url, from: "sluice@desk.example" },
    });
    browser = await launch([`--host-resolver-rules=MAP desk.example:80 127.0.0.1:${server.port}`]);
    page = await browser.newPage({ reducedMotion: "reduce" });
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await mailbox.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("says what is missing", async () => {
    await page.goto(`${publicUrl}sign-in`);
    assert.equal(await page.evaluate(() => isSecureContext), false);
    await page.getByRole("heading", { name: "Passkeys cannot work at this address" }).waitFor();
    await page.getByText("Expected TLS.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Use a passkey" }).count(), 0);
    await assertHoldsUp(page, "unsuitable-sign-in");
  });

  it("makes the first administrator with recovery codes, each of which signs in once", async () => {
    await page.goto((await server.firstAdministratorLink()) ?? "");
    await page.getByRole("textbox", { name: "Your name" }).fill("Ada");
    await page.getByRole("textbox", { name: "Work e-mail" }).fill("ada@desk.example");
    await page.getByRole("textbox", { name: "Organisation" }).fill("Harbour desk");
    await page.getByRole("button", { name: "Make recovery codes" }).click();
    await page.getByRole("heading", { name: "Keep these ten codes" }).waitFor();
    await assertHoldsUp(page, "unsuitable-codes");
    code = await page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem").first().innerText();
    await page.getByRole("button", { name: "I have kept them" }).click();
    await signOut();

    await page.goto(`${publicUrl}sign-in?to=/account`);
    await page.getByRole("textbox", { name: "Recovery code" }).fill(code.toLowerCase());
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("heading", { name: "Account: Ada" }).waitFor();
    await page.getByText("9 codes left").waitFor();
    await signOut();

    await page.goto(`${publicUrl}sign-in`);
    await page.getByRole("textbox", { name: "Recovery code" }).fill(code);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").getByText("That did not sign you in").waitFor();
  });

  it("mails a link that is used by a press, once", async () => {
    await page.getByRole("textbox", { name: "Work e-mail" }).fill("ada@desk.example");
    await page.getByRole("button", { name: "Mail a link" }).click();
    await page.getByText("If ada@desk.example is a member’s address here").waitFor();
    const link = /http:\/\/desk\.example\/sign-in\/link#[\w-]{43}/.exec(await firstMail(mailbox))?.[0] ?? "";
    await page.getByRole("textbox", { name: "Link or key from the mail" }).fill("half of it");
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("Expected the whole link or key of the mail").waitFor();
    await page.goto(link);
    await assertHoldsUp(page, "unsuitable-mailed-link");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("button", { name: /^Acting as/ }).waitFor();
    await signOut();
    await page.goto(publicUrl);
    await page.goto(link);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").waitFor();
  });

  async function signOut(): Promise<void> {
    await page.getByRole("button", { name: /^Acting as/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.waitForURL(publicUrl);
    await page.getByRole("banner").getByRole("link", { name: "Sign in" }).waitFor();
  }
});

async function firstMail({ received }: Mailbox): Promise<string> {
  while (received[0] === undefined) await delay(20);
  return received[0].text;
}

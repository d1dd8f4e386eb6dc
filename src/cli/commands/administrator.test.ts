import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { enrolByLink, askPasskeyByLink } from "../../contract/endpoints/one-time-links.ts";
import { readConfig } from "../../server/config.ts";
import { startServer, type RunningServer } from "../../server/main.ts";
import { runSluice, type SluiceRun } from "../../../tests/support/run-sluice.ts";
import { softAuthenticator } from "../../../tests/support/soft-authenticator.ts";

const linkPattern = /^(?<origin>http:\/\/localhost:\d+)\/(?<page>first-administrator|join)#(?<secret>[\w-]{43})$/m;

describe("sluice administrator", () => {
  let folder: string;
  let server: RunningServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-administrator-"));
    server = await startServer({ ...readConfig({}), dataDirectory: join(folder, "data"), port: 0, logLevel: "silent", syncEveryHours: 0 });
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (...args: readonly string[]): Promise<SluiceRun> => runSluice(["administrator", ...args, "--data-dir", join(folder, "data")]);

  async function use(stdout: string): Promise<string> {
    const { origin = "", secret: link = "" } = linkPattern.exec(stdout)?.groups ?? {};
    const post = async (path: string, body: unknown): Promise<{ readonly name: string } & object> => {
      const response = await fetch(origin + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      assert.equal(response.status, 200, await response.clone().text());
      return (await response.json()) as { readonly name: string };
    };
    const newcomer = { link, name: "Ada", email: "ada@desk.example", organisation: "Harbour desk" };
    const passkey = softAuthenticator(origin).create((await post(askPasskeyByLink.path, newcomer)) as never);
    return (await post(enrolByLink.path, { ...newcomer, passkey })).name;
  }

  it("makes the first administrator while there is none, then lets one back in by address", async () => {
    const first = await run();
    assert.deepEqual([first.code, first.stderr], [0, ""]);
    assert.match(first.stdout, /^For the first administrator, once, until \d{4}-/);
    assert.equal(await use(first.stdout), "Ada");

    const nobody = await run("nobody@desk.example");
    assert.deepEqual([nobody.code, nobody.stdout], [2, ""]);
    assert.match(nobody.stderr, /expected the address of an administrator, got nobody@desk\.example/);
    assert.match((await run()).stderr, /there is one already/);

    const back = await run("ada@desk.example");
    assert.match(back.stdout, /^For Ada of Harbour desk, once, until \d{4}-/);
    assert.equal(linkPattern.exec(back.stdout)?.groups?.["page"], "join");
    assert.equal(await use(back.stdout), "Ada");
    assert.equal(await server.firstAdministratorLink(), undefined);
  });
});

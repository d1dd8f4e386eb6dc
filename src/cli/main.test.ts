import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { listFeeds } from "../contract/endpoints/feeds.ts";
import { health, status } from "../contract/endpoints/system.ts";
import { readConfig } from "../server/config.ts";
import { startServer } from "../server/main.ts";
import { packageRoot, packageVersion } from "../server/package-root.ts";
import { isCodedError } from "../vocabulary/coded-error.ts";
import { reachServer } from "./reach-server.ts";

const launcher = join(packageRoot, "bin", "sluice.js");
const notOnWindows = { skip: process.platform === "win32" && "a shell script plays the other Node" };

describe("the sluice command", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-cli-"));
  });
  const children = new Set<ChildProcess>();
  after(async () => {
    for (const child of children) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  const start = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const { SLUICE_NODE: _, DATABASE_URL: __, DATABASE_REQUEST_URL: ____, NODE_TEST_CONTEXT: ___, ...inherited } = process.env;
    const env = { ...inherited, DATA_DIR: join(folder, "data"), LOG_LEVEL: "silent", ...environment };
    const child = spawn(process.execPath, [launcher, ...args], { env });
    children.add(child);
    child.on("exit", () => children.delete(child));
    return child;
  };
  const sluice = async (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const child = start(args, environment);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout, stderr };
  };

  it("says its version", async () => {
    assert.deepEqual(await sluice(["--version"]), { code: 0, stdout: `${packageVersion}\n`, stderr: "" });
  });

  it("lists its commands when asked, and as a refusal when nothing is asked", async () => {
    const { code, stdout } = await sluice(["--help"]);
    assert.equal(code, 0);
    for (const verb of ["serve", "scan", "sync", "status", "versions", "snapshot", "administrator", "backup", "restore"])
      assert.match(stdout, new RegExp(`^  ${verb} `, "m"));
    const bare = await sluice([]);
    assert.deepEqual([bare.code, bare.stdout], [2, ""]);
    assert.match(bare.stderr, /^Usage: sluice COMMAND/);
  });

  it("explains a command without colour where there is no terminal", async () => {
    const { code, stdout } = await sluice(["serve", "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /--tls-cert/);
    // oxlint-disable-next-line no-control-regex -- escapes are what must not be there
    assert.doesNotMatch(stdout, /\u001B/);
  });

  it("refuses commands and flags it does not know, and says the nearest", async () => {
    assert.deepEqual(await sluice(["serv"]), {
      code: 2,
      stdout: "",
      stderr: "sluice: unknown command serv; did you mean serve. sluice --help lists them\n",
    });
    assert.deepEqual(await sluice(["status", "--jsn"]), {
      code: 2,
      stdout: "",
      stderr: "sluice: unknown flag --jsn; did you mean --json\n",
    });
    assert.deepEqual(await sluice(["constructor"]), {
      code: 2,
      stdout: "",
      stderr: "sluice: unknown command constructor. sluice --help lists them\n",
    });
  });

  it("refuses settings that make no sense, naming them", async () => {
    assert.match((await sluice(["status"], { PORT: "http" })).stderr, /^sluice: PORT: expected a whole number/);
    assert.match(
      (await sluice(["status"], { DATABASE_REQUEST_URL: "postgresql://x" })).stderr,
      /^sluice: DATABASE_REQUEST_URL: expected DATABASE_URL/,
    );
    assert.match((await sluice(["serve", "--port", "70000"])).stderr, /^sluice: --port: expected a whole number from 0 to 65535/);
    assert.match((await sluice(["serve", "--tls-cert", "a.pem"])).stderr, /^sluice: expected both --tls-cert and --tls-key/);
  });

  it("runs under the Node that SLUICE_NODE names, with its exit code", notOnWindows, async () => {
    const other = join(folder, "other-node");
    await writeFile(other, `#!/bin/sh\necho "$SLUICE_NODE|$2 $3"\nexit 7\n`);
    await chmod(other, 0o755);
    assert.deepEqual(await sluice(["scan", "."], { SLUICE_NODE: other }), { code: 7, stdout: "|scan .\n", stderr: "" });
  });

  it("passes signals on and ends as the other Node ends", notOnWindows, async () => {
    const other = join(folder, "waiting-node");
    await writeFile(other, `#!/bin/sh\ntrap 'exit 42' TERM\necho ready\nwhile :; do sleep 0.05; done\n`);
    await chmod(other, 0o755);
    const child = start(["serve"], { SLUICE_NODE: other });
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "close"), [42, null]);
  });

  it("says so when SLUICE_NODE is no program", async () => {
    const { code, stderr } = await sluice(["status"], { SLUICE_NODE: join(folder, "absent") });
    assert.equal(code, 2);
    assert.match(stderr, /absent/);
  });

  it("lets two commands that start at once both have their answer", async () => {
    await sluice(["status"]);
    const both = await Promise.all([sluice(["status"]), sluice(["status"])]);
    for (const { code, stdout, stderr } of both) {
      assert.equal(code, 0, stderr);
      assert.match(stdout, /no server running/);
    }
  });

  it("serves until it is told to stop, and says where, what data there is and what to try", notOnWindows, async () => {
    const child = start(["serve", "--no-build", "--port", "0"], { GATEWAY_PORT: "0" });
    let stdout = "";
    const listening = new Promise<string>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        stdout += chunk.toString();
        const url = /listens on (\S+)/.exec(stdout)?.[1];
        if (url !== undefined && stdout.includes("  3. ") && stdout.includes("Model gateway for tools on http")) resolve(url);
      });
    });
    const url = await listening;
    assert.equal(await (await fetch(`${url}/healthz`)).text(), "ok\n");
    assert.match((await sluice(["status"])).stdout, /server running[^]*model gateway: connected/i);
    const port = new URL(url).port;
    const second = await sluice(["serve", "--no-build", "--port", port, "--data-dir", join(folder, "other")]);
    assert.deepEqual(
      [second.code, second.stderr],
      [2, `sluice: port ${port} on 127.0.0.1 is in use. Stop what listens there, or choose another with PORT or --port\n`],
    );
    const onSameData = await sluice(["serve", "--no-build", "--port", "0"]);
    assert.equal(onSameData.code, 2);
    assert.match(onSameData.stderr, /^sluice: expected .* to be free, but process \d+ .* uses it/);
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "close"), [0, null]);
    assert.match(stdout, /Next:\n {2}1\. /);
  });
});

describe("reaching the server of a data directory", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-reach-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("goes through the door of a running server, and otherwise opens one that does not listen, with the same answers", async () => {
    const config = { ...readConfig({ LOG_LEVEL: "silent", SYNC_EVERY_HOURS: "0" }), dataDirectory: join(folder, "data"), port: 0 };
    const alone = await reachServer(config);
    const answers = { health: await alone.client(health), status: await alone.client(status), feeds: await alone.client(listFeeds) };
    assert.equal(alone.kind, "in-process");
    await assert.rejects(reachServer(config, 200), (error) => isCodedError(error, "directory-in-use"));
    await alone.close();

    const running = await startServer(config);
    const through = await reachServer(config);
    try {
      assert.equal(through.kind, "door");
      assert.equal(await through.client(health), answers.health);
      assert.deepEqual({ ...(await through.client(status)), nowMs: 0 }, { ...answers.status, nowMs: 0 });
      assert.deepEqual(await through.client(listFeeds), answers.feeds);
    } finally {
      await through.close();
      await running.stop();
    }
  });
});

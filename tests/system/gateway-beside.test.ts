import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { packageRoot } from "../../src/server/package-root.ts";
import { exchangesIn } from "../../src/server/sealed-files.ts";

test(
  "a gateway that was killed is started again, one that was asked to stop ends by itself, and one whose server was killed ends",
  { timeout: 300_000, skip: process.platform === "win32" && "a process there cannot be asked whether it is there" },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-beside-"));
    const dataDirectory = join(folder, "data");
    const { DATABASE_URL: _, DATABASE_REQUEST_URL: __, NODE_TEST_CONTEXT: ___, ...inherited } = process.env;
    const server = spawn(process.execPath, [join(packageRoot, "bin", "sluice.js"), "serve", "--no-build", "--port", "0"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...inherited, DATA_DIR: dataDirectory, GATEWAY_PORT: "0", LOG_LEVEL: "silent", SYNC_EVERY_HOURS: "0" },
    });
    let said = "";
    server.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    const starts = (): number => said.split("Model gateway for tools on http").length - 1;
    const gatewayPid = (): number => Number(readFileSync(join(exchangesIn(dataDirectory), "gateway.pid"), "utf8"));
    try {
      while (starts() < 1) await pause(50);
      const first = gatewayPid();
      process.kill(first, "SIGKILL");
      while (starts() < 2) await pause(50);
      const second = gatewayPid();
      assert.notEqual(second, first);
      assert.match(said, /The model gateway has ended; it is started again/);
      process.kill(second, "SIGTERM");
      while (isThere(second)) await pause(50);
      while (starts() < 3) await pause(50);
      const third = gatewayPid();
      server.kill("SIGKILL");
      while (isThere(third)) await pause(50);
    } finally {
      server.kill("SIGKILL");
      await rm(folder, { recursive: true });
    }
  },
);

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

import assert from "node:assert/strict";
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { GATEWAY_NODE_FLAGS } from "./node-flags.ts";

const notOnWindows = { skip: process.platform === "win32" && "a process cannot begin anew there" };

describe("the Node that a gateway runs in", () => {
  let folder: string;
  let script: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "sluice-flags-"));
    script = join(folder, "begins.mjs");
    const flags = pathToFileURL(join(import.meta.dirname, "node-flags.ts")).href;
    writeFileSync(
      script,
      `const bornAs = process.pid;
       const { beginWithNodeFlags } = await import(${JSON.stringify(flags)});
       beginWithNodeFlags();
       const said = { flags: process.execArgv, args: process.argv.slice(2), pid: bornAs, kept: process.env.KEPT };
       if (process.send === undefined) console.log(JSON.stringify(said));
       else process.send(said);`,
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const environment = (more: Readonly<Record<string, string>> = {}) => {
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...inherited } = process.env;
    return { ...inherited, KEPT: "kept", ...more };
  };
  const run = (more: Readonly<Record<string, string>> = {}): unknown =>
    JSON.parse(execFileSync(process.execPath, [script, "one", "two words"], { env: environment(more), encoding: "utf8" }));

  it("gets its flags once, and keeps its arguments and environment", notOnWindows, () => {
    const { pid: _, ...said } = run() as { readonly pid: number };
    assert.deepEqual(said, { flags: [...GATEWAY_NODE_FLAGS], args: ["one", "two words"], kept: "kept" });
  });

  it("keeps the size that whoever starts it has set", () => {
    const { flags } = run({ NODE_OPTIONS: "--max-semi-space-size=16" }) as { readonly flags: readonly string[] };
    assert.deepEqual(flags, []);
  });

  it("keeps the channel to whoever started it", async () => {
    const child = fork(script, [], { env: environment(), execArgv: [] });
    const [[said]] = await Promise.all([once(child, "message"), once(child, "exit")]);
    assert.deepEqual(said, { flags: [], args: [], pid: child.pid, kept: "kept" });
  });
});

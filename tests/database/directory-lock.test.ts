import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { isCodedError } from "../../src/vocabulary/coded-error.ts";
import { lockDirectory } from "../../src/server/database/directory-lock.ts";

const child = join(import.meta.dirname, "lock-child.ts");

type Contender = { readonly process: ChildProcess; readonly said: string };

/** Starts a process that locks `directory` and keeps it; resolves with what it says first. */
async function contend(directory: string): Promise<Contender> {
  const started = spawn(process.execPath, [child, directory], { stdio: ["pipe", "pipe", "inherit"] });
  const [said] = (await once(createInterface(started.stdout), "line")) as [string];
  return { process: started, said };
}

async function end(contender: Contender): Promise<void> {
  if (contender.process.exitCode !== null || contender.process.signalCode !== null) return;
  contender.process.kill("SIGKILL");
  await once(contender.process, "exit");
}

async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "sluice-lock-"));
  try {
    await work(join(parent, "database"));
  } finally {
    rmSync(parent, { recursive: true });
  }
}

test("a second process is refused with the first one's process id, until that is killed", async () => {
  await withDirectory(async (directory) => {
    const first = await contend(directory);
    assert.equal(first.said, "locked");
    assert.throws(
      () => lockDirectory(directory),
      (error) => isCodedError(error, "directory-in-use") && error.message.includes(`process ${first.process.pid} `),
    );
    await end(first);
    lockDirectory(directory).release();
  });
});

test("a process that has the directory cannot take it twice", async () => {
  await withDirectory(async (directory) => {
    const lock = lockDirectory(directory);
    assert.throws(
      () => lockDirectory(directory),
      (error) => isCodedError(error, "directory-in-use") && error.message.includes(`process ${process.pid} `),
    );
    const other = await contend(directory);
    assert.match(other.said, new RegExp(`^refused directory-in-use .*process ${process.pid} `));
    lock.release();
    lockDirectory(directory).release();
  });
});

test("of eight processes that race for a directory whose owner was killed, one gets it and seven are refused", async () => {
  await withDirectory(async (directory) => {
    for (let round = 0; round < 3; round++) {
      const contenders = await Promise.all(Array.from({ length: 8 }, () => contend(directory)));
      const said = contenders.map((contender) => contender.said.split(" ")[0]).toSorted();
      assert.deepEqual(said, ["locked", ...Array.from({ length: 7 }, () => "refused")]);
      await Promise.all(contenders.map(end));
    }
  });
});

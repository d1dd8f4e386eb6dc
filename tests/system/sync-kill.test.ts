import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { bucketObjects } from "../feed-server/bucket-objects.ts";
import { manyRecords } from "../support/osv-records.ts";
import { recordDigests } from "../support/record-digest.ts";
import { seededRandom } from "../support/seeded-random.ts";

const COMMAND = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const soak = process.env["SLUICE_SOAK"] !== undefined;
const RECORDS = soak ? 20_000 : 3000;
const KILLS = soak ? 12 : 2;

test("a sync killed with kill -9 and started again ends with the same record", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-kill-"));
  try {
    const feed = join(directory, "feed");
    for (const [path, bytes] of bucketObjects("npm", manyRecords(RECORDS))) {
      if (path.endsWith(".json")) continue;
      await mkdir(dirname(join(feed, path)), { recursive: true });
      await writeFile(join(feed, path), bytes);
    }
    const whole = join(directory, "whole");
    const killed = join(directory, "killed");
    assert.equal(await exitOf(startSync(feed, whole)), 0);
    const random = seededRandom(20_261_125);
    let died = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const child = startSync(feed, killed);
      await untilRecordsAreRead(child);
      await new Promise((resolve) => setTimeout(resolve, random.below(400)));
      child.kill("SIGKILL");
      if ((await exitOf(child)) === null) died++;
    }
    assert.ok(died > 0, "at least one sync was really killed in the middle");
    assert.equal(await exitOf(startSync(feed, killed)), 0);
    assert.deepEqual(await digestsOf(killed), await digestsOf(whole));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

function startSync(feed: string, dataDirectory: string): ChildProcess {
  const args = [COMMAND, "sync", "npm", "--from", feed, "--stated-at", "2026-11-20", "--data-dir", dataDirectory];
  return spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
}

/** The first line that counts records means that a batch may be on disk. */
async function untilRecordsAreRead(child: ChildProcess): Promise<void> {
  const { stderr } = child;
  assert.ok(stderr !== null);
  for await (const chunk of stderr) if (/records? read/.test(String(chunk))) break;
}

/** Null when a signal ended it. */
async function exitOf(child: ChildProcess): Promise<number | null> {
  child.stderr?.resume();
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

async function digestsOf(dataDirectory: string): Promise<Readonly<Record<string, string>>> {
  const database = await openEmbedded({ directory: join(dataDirectory, "database") });
  try {
    return await recordDigests(database);
  } finally {
    await database.close();
  }
}

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { writeBucket } from "../../bench/synthetic/bucket-files.ts";
import { syntheticRecords } from "../../bench/synthetic/osv-records.ts";
import { runProcess } from "../../bench/whole-process.ts";
import { readSnapshotFile, snapshotPath } from "../../src/server/snapshot-file.ts";

const COMMAND = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const soak = process.env["SLUICE_SOAK"] !== undefined;
/** In full the size of the whole public feed in 2026. */
const RECORDS = soak ? 1_800_000 : 6000;
const MOST_MEMORY_MB = 1200;

test(
  `an import of ${RECORDS.toLocaleString("en")} records passes within ${MOST_MEMORY_MB} MB, and every record is in the answer`,
  { timeout: soak ? 6 * 60 * 60_000 : 240_000 },
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "sluice-soak-"));
    try {
      const feed = { records: RECORDS, packages: Math.ceil(RECORDS / 3) };
      writeBucket(join(directory, "feed"), "npm", syntheticRecords(feed));
      const data = join(directory, "installation");
      const args = [COMMAND, "sync", "npm", "--from", join(directory, "feed"), "--stated-at", "2026-11-20", "--data-dir", data];
      const run = await runProcess(process.execPath, args, { watchMemory: true });
      assert.equal(run.exitCode, 0, run.stderr.slice(-2000));
      const { counts } = (await readSnapshotFile(snapshotPath(data))).snapshot.header;
      assert.equal(counts.advisories, RECORDS);
      // Only Linux tells what a process held at most.
      if (process.platform === "linux")
        assert.ok((run.peakMb ?? Infinity) <= MOST_MEMORY_MB, `expected at most ${MOST_MEMORY_MB} MB, got ${run.peakMb ?? "no figure"}`);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
);

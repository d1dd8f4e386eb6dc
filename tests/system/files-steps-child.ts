import { join } from "node:path";
import { keepCheckpoint } from "../../src/cli/ledger/keep-checkpoint.ts";
import { replaceDurably } from "../../src/sealing/durable-file.ts";
import { writePreparedCluster } from "../../src/server/database/prepared-cluster.ts";
import { openClockMarks } from "../../src/server/releases/clock-marks.ts";
import { sealedFilesIn } from "../../src/server/sealed-files.ts";
import { writeSnapshotFile } from "../../src/server/snapshot-file.ts";

/** Replaces every file that an installation replaces whole: `DIRECTORY TEXT`. */
const [directory = "", text = ""] = process.argv.slice(2);
const bytes = Buffer.from(text.repeat(10_000));
const writers: readonly (() => Promise<void> | void)[] = [
  () => writeSnapshotFile(join(directory, "snapshot", "current.sluice"), bytes),
  () => void writePreparedCluster(join(directory, "cache"), [], bytes),
  () => keepCheckpoint(join(directory, "checkpoint"), text),
  () => replaceDurably(join(directory, "key"), text),
  () => sealedFilesIn(join(directory, "sealed")).write("a".repeat(64), inPieces()),
  () => openClockMarks({ dataDirectory: directory }).keep(),
];
for (const write of writers) {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}

async function* inPieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 16_384) yield bytes.subarray(at, at + 16_384);
}

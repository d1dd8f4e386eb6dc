import { copyFileSync, createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { packageRoot } from "../src/server/package-root.ts";
import type { Bench } from "./question.ts";
import { writeBucket } from "./synthetic/bucket-files.ts";
import { cycloneDxOf, syntheticComponents } from "./synthetic/inventories.ts";
import { QUARTER_MILLION, syntheticRecords, THIRTY_THOUSAND } from "./synthetic/osv-records.ts";
import { writeSyntheticSnapshot } from "./synthetic/snapshot-of.ts";
import { runProcess } from "./whole-process.ts";

/** How a clone starts Sluice: as its users do. */
export const SLUICE = join(packageRoot, "bin", "sluice.js");

/** 250,000 npm records in the layout of the OSV bucket. */
export function quarterMillionBucket({ work, say }: Bench): Promise<string> {
  return work.made("bucket-250k", (folder) => {
    say("writing 250,000 synthetic records");
    writeBucket(folder, "npm", syntheticRecords(QUARTER_MILLION));
  });
}

export function thirtyThousandBucket({ work, say }: Bench): Promise<string> {
  return work.made("bucket-30k", (folder) => {
    say("writing 30,000 synthetic records");
    writeBucket(folder, "npm", syntheticRecords(THIRTY_THOUSAND));
  });
}

/** A data directory with the snapshot of 250,000 advisories in it, and no database. */
export function quarterMillionSnapshot({ work, say }: Bench): Promise<string> {
  return work.made("snapshot-250k", (folder) => {
    say("making the snapshot of 250,000 synthetic advisories");
    writeSyntheticSnapshot(join(folder, "snapshot", "current.sluice"), QUARTER_MILLION, Date.now());
  });
}

/** A data directory with an embedded database into which 250,000 advisories were synced. */
export async function quarterMillionInstallation(bench: Bench): Promise<string> {
  const bucket = await quarterMillionBucket(bench);
  return bench.work.made("installation-250k", async (folder) => {
    bench.say("syncing 250,000 advisories into an embedded database, which takes some minutes");
    await syncNpm(folder, bucket);
  });
}

/** `sluice sync npm`, whole process. */
export function syncNpm(dataDirectory: string, bucket: string, watchMemory = false): ReturnType<typeof runProcess> {
  return sync(["npm"], dataDirectory, bucket, watchMemory);
}

/** `sluice sync` of every ecosystem that the bucket has, whole process. */
export function syncAll(dataDirectory: string, bucket: string, watchMemory = false): ReturnType<typeof runProcess> {
  return sync([], dataDirectory, bucket, watchMemory);
}

async function sync(
  ecosystems: readonly string[],
  dataDirectory: string,
  bucket: string,
  watchMemory: boolean,
): ReturnType<typeof runProcess> {
  const args = [SLUICE, "sync", ...ecosystems, "--from", bucket, "--stated-at", new Date().toISOString(), "--data-dir", dataDirectory];
  const run = await runProcess(process.execPath, args, { watchMemory });
  if (run.exitCode !== 0) throw new Error(`sluice sync ended with ${run.exitCode}: ${run.stdout}${run.stderr}`);
  return run;
}

/** The same records as one file of lines, as the database of osv-offline has them. */
export function quarterMillionLines({ work, say }: Bench): Promise<string> {
  return work.made("lines-250k", async (folder) => {
    say("writing 250,000 records as lines");
    const lines = function* (): Generator<string> {
      for (const { json } of syntheticRecords(QUARTER_MILLION)) yield `${json}\n`;
    };
    await pipeline(Readable.from(lines()), createWriteStream(join(folder, "npm.nedb")));
  });
}

/** The database directory of osv-scanner, by its documented name and by the one that it reads. */
export function osvScannerDatabase({ work }: Bench, name: string, archive: string): Promise<string> {
  return work.made(`osv-scanner-${name}`, (folder) => {
    for (const layout of ["osv-scalibr", "osv-scanner"]) {
      mkdirSync(join(folder, layout, "npm"), { recursive: true });
      copyFileSync(archive, join(folder, layout, "npm", "all.zip"));
    }
  });
}

/** A CycloneDX document of that many components. */
export async function sbomOf({ work }: Bench, count: number): Promise<string> {
  const folder = await work.made(`sbom-${count}`, (made) => {
    writeFileSync(join(made, "bom.cdx.json"), cycloneDxOf(syntheticComponents(count, QUARTER_MILLION.packages)));
  });
  return join(folder, "bom.cdx.json");
}

import { join } from "node:path";
import { type BenchLine, besidePeer, withinLimit } from "./bench-line.ts";
import { osvScannerDatabase, quarterMillionBucket, quarterMillionSnapshot, sbomOf, SLUICE, syncNpm } from "./fixtures.ts";
import { findOsvScanner, type Hits, scanWithOsvScanner } from "./peers/osv-scanner.ts";
import type { Bench } from "./question.ts";
import { medians } from "./rounds.ts";
import { type ProcessRun, runProcess } from "./whole-process.ts";

const COMPONENTS = 1000;

/** Whole processes, as a user starts them; system caches of files and Node's compile cache are warm after the first round. */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  const scanner = await findOsvScanner(bench);
  if (scanner === undefined) bench.say("no osv-scanner: set OSV_SCANNER, put it on the path, or install Go");
  const sbom = await sbomOf(bench, COMPONENTS);
  const synthetic = await quarterMillionSnapshot(bench);
  const memory = await scanned(sbom, synthetic, true);
  const lines = [withinLimit("scan: 1,000 components, 250,000 advisories, peak memory", memory.peakMb ?? Number.NaN, 200, "MB")];
  lines.unshift(
    ...(await measureOn(bench, {
      data: synthetic,
      sbom,
      scanner,
      archive: async () => join(await quarterMillionBucket(bench), "npm", "all.zip"),
      name: "250,000 advisories",
      timesFaster: 10,
    })),
  );
  const feeds = process.env["SLUICE_FEEDS"];
  if (feeds === undefined) {
    bench.say("SLUICE_FEEDS is not set: nothing is measured on real records");
    return lines;
  }
  const real = await bench.work.made("installation-real", async (folder) => void (await syncNpm(folder, join(feeds, "osv"))));
  const archive = async (): Promise<string> => join(feeds, "osv", "npm", "all.zip");
  // So few records are read by any program in no time: here the peer is told for comparison.
  return [...lines, ...(await measureOn(bench, { data: real, sbom, scanner, archive, name: "real npm records", timesFaster: 0 }))];
}

type Subject = {
  readonly data: string;
  readonly sbom: string;
  readonly scanner: string | undefined;
  readonly archive: () => Promise<string>;
  readonly name: string;
  readonly timesFaster: number;
};

async function measureOn(bench: Bench, { data, sbom, scanner, archive, name, timesFaster }: Subject): Promise<readonly BenchLine[]> {
  const question = `scan: 1,000 components, whole process, ${name}`;
  const { ours } = await medians(9, { ours: async () => (await scanned(sbom, data)).ms });
  const own = withinLimit(question, ours, 400, "ms");
  if (scanner === undefined) return [own];
  const database = await osvScannerDatabase(bench, name.replaceAll(/\W+/g, "-"), await archive());
  expectSameHits(hitsOf(await scanned(sbom, data)), (await scanWithOsvScanner(scanner, sbom, database)).hits, name);
  const beside = await medians(3, {
    ours: async () => (await scanned(sbom, data)).ms,
    theirs: async () => (await scanWithOsvScanner(scanner, sbom, database)).ms,
  });
  return [own, besidePeer(question, beside.ours, "ms", { name: "osv-scanner offline", value: beside.theirs }, timesFaster)];
}

async function scanned(sbom: string, dataDirectory: string, watchMemory = false): Promise<ProcessRun> {
  const run = await runProcess(process.execPath, [SLUICE, "scan", sbom, "--data-dir", dataDirectory, "--format", "json"], { watchMemory });
  // 1 = something was found, 3 = the data is too old to say that nothing is: both are answers.
  if (run.exitCode === 2) throw new Error(`sluice scan refused: ${run.stderr}`);
  return run;
}

type Answer = {
  readonly findings: readonly {
    readonly components: readonly { readonly name: string; readonly version: string; readonly advisory: string }[];
  }[];
};

function hitsOf({ stdout }: ProcessRun): Hits {
  const { findings } = JSON.parse(stdout) as Answer;
  return [
    ...new Set(findings.flatMap(({ components }) => components.map(({ name, version, advisory }) => `${name} ${version} ${advisory}`))),
  ].sort();
}

/** Two that find differently must not be compared. */
function expectSameHits(ours: Hits, theirs: Hits, name: string): void {
  const differing = [...new Set(ours).symmetricDifference(new Set(theirs))];
  if (differing.length > 0)
    throw new Error(
      `${name}: expected what osv-scanner finds, but ${differing.length} of ${theirs.length} differ, such as ${differing.slice(0, 3).join("; ")}`,
    );
}

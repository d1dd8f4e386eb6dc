import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ecosystemOf } from "../src/matching/ecosystems/ecosystem-of.ts";
import { createMatcher } from "../src/matching/match.ts";
import { readSnapshotFile } from "../src/server/snapshot-file.ts";
import { type BenchLine, besidePeer, withinLimit } from "./bench-line.ts";
import { SLUICE, syncAll } from "./fixtures.ts";
import { findOsvScanner, scanWithOsvScanner } from "./peers/osv-scanner.ts";
import type { Bench } from "./question.ts";
import { elapsedMs, medians } from "./rounds.ts";
import { mixedComponents, mixedCycloneDx } from "./synthetic/mixed-inventory.ts";
import { runProcess } from "./whole-process.ts";

const IN_PROCESS = 100_000;
const SCANNED = 1000;

/** Real records of every ecosystem in SLUICE_FEEDS, and components of ten ecosystems side by side. */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  const feeds = process.env["SLUICE_FEEDS"];
  if (feeds === undefined) {
    bench.say("SLUICE_FEEDS is not set: nothing is measured on real records of many ecosystems");
    return [];
  }
  const data = await bench.work.made("installation-all", async (folder) => {
    bench.say("syncing every ecosystem of the feeds");
    await syncAll(folder, join(feeds, "osv"));
  });
  const { snapshot } = await readSnapshotFile(join(data, "snapshot", "current.sluice"));
  const match = createMatcher(snapshot, ecosystemOf);
  const components = await mixedComponents(feeds, IN_PROCESS);
  const { whole } = await medians(7, {
    whole: () =>
      elapsedMs(() => {
        for (const component of components) match(component);
      }),
  });
  const lines = [withinLimit("mixed: matching 100,000 components of 10 ecosystems, in process", whole, 150, "ms")];

  const sbom = join(
    await bench.work.made("sbom-mixed", async (made) =>
      writeFileSync(join(made, "bom.cdx.json"), mixedCycloneDx(await mixedComponents(feeds, SCANNED))),
    ),
    "bom.cdx.json",
  );
  const question = "mixed: scanning 1,000 components of 10 ecosystems, whole process";
  const scan = async (): Promise<number> => (await sluice(["scan", sbom, "--data-dir", data, "--format", "json"], 1)).ms;
  const { ours } = await medians(9, { ours: scan });
  lines.push(withinLimit(question, ours, 400, "ms"));
  const scanner = await findOsvScanner(bench);
  if (scanner === undefined) return lines;
  const database = await bench.work.made("osv-scanner-all", (folder) => copyArchives(join(feeds, "osv"), folder));
  await sayDifference(bench, { sbom, data, scanner, database });
  const beside = await medians(3, { ours: scan, theirs: async () => (await scanWithOsvScanner(scanner, sbom, database)).ms });
  return [...lines, besidePeer(question, beside.ours, "ms", { name: "osv-scanner offline", value: beside.theirs })];
}

/** They read a few rules differently; what comes of it is told beside the times. */
async function sayDifference(
  bench: Bench,
  { sbom, data, scanner, database }: { readonly sbom: string; readonly data: string; readonly scanner: string; readonly database: string },
): Promise<void> {
  const { stdout } = await sluice(["scan", sbom, "--data-dir", data, "--format", "json"], 1);
  const { findings } = JSON.parse(stdout) as {
    readonly findings: readonly {
      readonly ids: readonly string[];
      readonly components: readonly { readonly name: string; readonly version: string }[];
    }[];
  };
  const theirs = new Set((await scanWithOsvScanner(scanner, sbom, database)).hits);
  // A finding is one vulnerability with all its names; osv-scanner counts each record that describes it.
  const ours = findings.flatMap(({ ids, components }) =>
    components.map(({ name, version }) => ids.map((id) => `${name} ${version} ${id}`)),
  );
  const said = new Set(ours.flat());
  const onlyOurs = ours.filter((names) => names.every((name) => !theirs.has(name))).map(([first]) => first);
  const onlyTheirs = [...theirs].filter((hit) => !said.has(hit));
  bench.say(`${ours.length} found; ${onlyOurs.length} of them not by osv-scanner, such as ${onlyOurs.slice(0, 5).join("; ")}`);
  bench.say(`${theirs.size} records by osv-scanner; ${onlyTheirs.length} of them not by Sluice ${onlyTheirs.slice(0, 5).join("; ")}`);
}

function copyArchives(from: string, folder: string): void {
  for (const layout of ["osv-scalibr", "osv-scanner"]) {
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      mkdirSync(join(folder, layout, entry.name), { recursive: true });
      copyFileSync(join(from, entry.name, "all.zip"), join(folder, layout, entry.name, "all.zip"));
    }
  }
}

async function sluice(args: readonly string[], expected: number): ReturnType<typeof runProcess> {
  const run = await runProcess(process.execPath, [SLUICE, ...args]);
  if (run.exitCode !== expected) throw new Error(`sluice ${args[0] ?? ""} ended with ${run.exitCode}: ${run.stderr.slice(-2000)}`);
  return run;
}

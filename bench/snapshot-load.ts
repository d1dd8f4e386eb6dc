import { createWriteStream } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import type { Snapshot } from "../src/matching/snapshot/snapshot.ts";
import { readSnapshotFile } from "../src/server/snapshot-file.ts";
import { type BenchLine, besidePeer, withinLimit } from "./bench-line.ts";
import { quarterMillionLines, quarterMillionSnapshot } from "./fixtures.ts";
import { installPeers } from "./peers/install-peers.ts";
import type { Bench } from "./question.ts";
import { medians } from "./rounds.ts";
import { runProcess } from "./whole-process.ts";

const QUESTION = "snapshot-load: 250,000 advisories, file to first answer";

/** A new process each round, so that nothing is warm but the system's own cache of files. */
export async function measure(bench: Bench): Promise<readonly BenchLine[]> {
  await installPeers();
  const file = join(await quarterMillionSnapshot(bench), "snapshot", "current.sluice");
  const json = join(
    await bench.work.made("json-250k", async (folder) => writeAsJson((await readSnapshotFile(file)).snapshot, join(folder, "facts.json"))),
    "facts.json",
  );
  const lines = await quarterMillionLines(bench);
  const { ours, parsed, offline } = await medians(5, {
    ours: () => millisecondsOf("load-snapshot.ts", file),
    parsed: () => millisecondsOf("load-json.ts", json),
    offline: () => millisecondsOf("load-osv-offline.ts", "", { OSV_OFFLINE_ROOT_DIR: lines }),
  });
  return [
    withinLimit(QUESTION, ours, 50, "ms"),
    besidePeer(QUESTION, ours, "ms", { name: "JSON.parse, same facts", value: parsed }),
    besidePeer(QUESTION, ours, "ms", { name: "osv-offline-db", value: offline }),
  ];
}

async function millisecondsOf(script: string, argument: string, environment: Readonly<Record<string, string>> = {}): Promise<number> {
  const path = join(dirname(fileURLToPath(import.meta.url)), "inside", script);
  const { stdout, stderr } = await runProcess(process.execPath, [path, argument], { environment });
  const ms = Number.parseFloat(stdout);
  if (Number.isNaN(ms)) throw new Error(`${script} printed no figure: ${stdout}${stderr}`);
  return ms;
}

async function writeAsJson(snapshot: Snapshot, path: string): Promise<void> {
  const text = function* (): Generator<string> {
    yield '{"advisories":[';
    for (let advisory = 0; advisory < snapshot.advisoryCount; advisory++)
      yield `${advisory === 0 ? "" : ","}${JSON.stringify(snapshot.advisory(advisory))}`;
    yield '],"packages":[';
    for (let index = 0; index < snapshot.packageCount; index++) {
      const rows = snapshot.rowsOf(index).map((row) => snapshot.row(row));
      yield `${index === 0 ? "" : ","}${JSON.stringify({ ecosystem: snapshot.packageEcosystem(index), name: snapshot.packageName(index), rows })}`;
    }
    yield "]}";
  };
  await pipeline(Readable.from(text()), createWriteStream(path));
}

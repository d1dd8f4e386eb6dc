import { createHash } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { crc32 } from "node:zlib";
import { compareIds } from "../../matching/scan/ranking.ts";
import { SnapshotBuilder, type SnapshotPackage, type SnapshotStatement } from "../../matching/snapshot/snapshot-builder.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { writeSnapshotFile } from "../snapshot-file.ts";
import type { AdvisoryRow, SnapshotPage } from "./snapshot-store.ts";

/** To the worker: pages, then what the file states. */
export type BuildMessage =
  | { readonly kind: "page"; readonly page: SnapshotPage }
  | { readonly kind: "finish"; readonly statement: SnapshotStatement };
/** From the worker: a page was taken (so that only a few wait), or the file is in place. */
export type BuildAnswer = { readonly kind: "taken" } | { readonly kind: "written"; readonly bytes: number };

invariant(parentPort !== null, "the snapshot builder runs as a worker");
const port = parentPort;
const { path } = workerData as { readonly path: string };
const builder = new SnapshotBuilder();

port.on("message", (message: BuildMessage) => {
  if (message.kind === "page") {
    addPage(message.page);
    port.postMessage({ kind: "taken" } satisfies BuildAnswer);
    return;
  }
  const file = builder.finish(message.statement, crc32);
  writeSnapshotFile(path, file);
  port.postMessage({ kind: "written", bytes: file.length } satisfies BuildAnswer);
});

function addPage({ advisories, packages, intervals }: SnapshotPage): void {
  const packagesOf = Map.groupBy(packages, (row) => row.advisory_id);
  const intervalsOf = Map.groupBy(intervals, (row) => `${row.advisory_id}\0${row.ecosystem}\0${row.name}`);
  for (const advisory of advisories) {
    const affected = (packagesOf.get(advisory.id) ?? []).map((row): SnapshotPackage => ({
      ecosystem: row.ecosystem,
      name: row.name,
      scheme: row.scheme ?? undefined,
      compiled: {
        intervals: (intervalsOf.get(`${advisory.id}\0${row.ecosystem}\0${row.name}`) ?? []).map((interval) => ({
          lo: interval.lo,
          hi: interval.hi,
          loText: interval.lo_text,
          hiText: interval.hi_text ?? undefined,
          hiKind: interval.hi_kind,
        })),
        texts: row.texts,
        setAside: row.set_aside.map((reason) => ({ reason })),
        empty: row.empty_intervals,
      },
    }));
    builder.addAdvisory(toFacts(advisory), affected);
  }
}

function toFacts(row: AdvisoryRow): Parameters<SnapshotBuilder["addAdvisory"]>[0] {
  return {
    id: row.id,
    vulnerability: row.vulnerability_id,
    vulnerabilityIds: row.names.toSorted(compareIds),
    title: row.title,
    kind: row.kind,
    exploited: row.exploited,
    hasPatch: row.has_patch,
    score: row.score ?? undefined,
    vector: row.vector,
    weaknesses: row.weaknesses,
    modified: row.modified,
    number: numberOf(row.id),
  };
}

/** The whole number by which npm clients know an advisory: 43 bits of its id's digest, so at most 13 digits, and the same in every installation. */
function numberOf(advisoryId: string): number {
  const digest = createHash("sha256").update(advisoryId).digest();
  return digest.readUIntBE(0, 6) % 2 ** 43;
}

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { compareIds } from "../../matching/scan/ranking.ts";
import { mergeSnapshots } from "../../matching/snapshot/merge-snapshots.ts";
import { Snapshot } from "../../matching/snapshot/snapshot.ts";
import { SnapshotBuilder, type SnapshotPackage, type SnapshotStatement } from "../../matching/snapshot/snapshot-builder.ts";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { readSnapshotFile, writeSnapshotFile } from "../snapshot-file.ts";
import { createComparison, type StateComparison } from "./state-comparison.ts";
import type { AdvisoryRow, SnapshotPage } from "./snapshot-store.ts";

/** To the worker: the state to compare the file before with, or nothing of it; pages; then what the file states. Each has its answer. */
export type BuildMessage =
  | { readonly kind: "vulnerability-state" | "advisory-state"; readonly lines: string }
  | { readonly kind: "compare" }
  | { readonly kind: "page"; readonly page: SnapshotPage }
  | { readonly kind: "finish"; readonly statement: SnapshotStatement };

/**
 * From the worker: which vulnerabilities to send (undefined = all there are), lines or a page were taken (so that only a few wait), the file is
 * in place, something changed in between so that it must all be read, or why there is no file.
 */
export type BuildAnswer =
  | { readonly kind: "changed"; readonly vulnerabilities: readonly string[] | undefined }
  | { readonly kind: "taken" }
  | { readonly kind: "written" }
  | { readonly kind: "overtaken" }
  | { readonly kind: "failed"; readonly code: RefusalCode; readonly message: string; readonly place: string | undefined };

/** Above this share of changes, reading everything is quicker, and leaves no text behind that is not used. */
const MOST_CHANGED = 0.2;

const path = process.argv[2];
invariant(path !== undefined && process.send !== undefined, "the snapshot builder runs as a process of the server's");
const target = path;
const builder = new SnapshotBuilder();
let before: { readonly base: Snapshot | undefined; comparison?: StateComparison } | undefined;
let kept: { readonly base: Snapshot; readonly isKept: (vulnerability: number) => boolean } | undefined;

let previous: Promise<unknown> = Promise.resolve();
process.on("message", (message: BuildMessage) => {
  previous = previous.then(async () => send(await answer(message)));
});
// A terminal's Ctrl-C reaches this process too, but it is for the one that started it to decide; when that is gone, so is the channel.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit());

/** To a server that has gone, there is nobody to answer and nothing to build for. */
function send(built: BuildAnswer): void {
  process.send?.(built, undefined, undefined, (error) => {
    if (error !== null) process.exit();
  });
}

async function answer(message: BuildMessage): Promise<BuildAnswer> {
  try {
    return await act(message);
  } catch (error) {
    if (isCodedError(error)) return { kind: "failed", code: error.code, message: error.message, place: error.place };
    return {
      kind: "failed",
      code: "internal",
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      place: undefined,
    };
  }
}

async function act(message: BuildMessage): Promise<BuildAnswer> {
  switch (message.kind) {
    case "vulnerability-state":
      (await comparison())?.addVulnerabilities(message.lines);
      return { kind: "taken" };
    case "advisory-state":
      (await comparison())?.addAdvisories(message.lines);
      return { kind: "taken" };
    case "compare":
      return { kind: "changed", vulnerabilities: await keepWhatHolds() };
    case "page":
      addPage(message.page);
      return { kind: "taken" };
    case "finish": {
      const file = finishedFile(message.statement);
      if (file === undefined) return { kind: "overtaken" };
      writeSnapshotFile(target, file);
      return { kind: "written" };
    }
  }
}

/** With the file before, when there is a whole one. */
async function comparison(): Promise<StateComparison | undefined> {
  before ??= { base: await readBase() };
  if (before.base !== undefined) before.comparison ??= createComparison(before.base);
  return before.comparison;
}

async function keepWhatHolds(): Promise<readonly string[] | undefined> {
  const compared = (await comparison())?.finish();
  const base = before?.base;
  if (base === undefined || compared === undefined || compared.changed.length > base.vulnerabilityCount * MOST_CHANGED) return undefined;
  kept = { base, isKept: compared.isKept };
  return compared.changed;
}

/** A file that is missing, damaged or of another format is as good as none: everything is read then. */
async function readBase(): Promise<Snapshot | undefined> {
  try {
    return (await readSnapshotFile(target)).snapshot;
  } catch (error) {
    if (isCodedError(error, "snapshot-missing", "snapshot-invalid")) return undefined;
    throw error;
  }
}

function finishedFile(statement: SnapshotStatement): Uint8Array | undefined {
  const file = builder.finish(statement, crc32);
  if (kept === undefined) return file;
  const { base, isKept } = kept;
  const added = new Snapshot(file, crc32);
  // An import may have moved an advisory after its line was read: then it would stand in what is kept and in what was read.
  return haveCommonAdvisory(base, isKept, added) ? undefined : mergeSnapshots(base, added, { isKept, statement, checksum: crc32 });
}

function haveCommonAdvisory(base: Snapshot, isKept: (vulnerability: number) => boolean, added: Snapshot): boolean {
  if (added.advisoryCount === 0) return false;
  const ids = new Set(Array.from({ length: added.advisoryCount }, (_, advisory) => added.advisoryId(advisory)));
  for (let advisory = 0; advisory < base.advisoryCount; advisory++) {
    if (isKept(base.advisoryVulnerability(advisory)) && ids.has(base.advisoryId(advisory))) return true;
  }
  return false;
}

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
    digest: Number.parseInt(row.digest, 16),
  };
}

/** The whole number by which npm clients know an advisory: 43 bits of its id's digest, so at most 13 digits, and the same in every installation. */
function numberOf(advisoryId: string): number {
  const digest = createHash("sha256").update(advisoryId).digest();
  return digest.readUIntBE(0, 6) % 2 ** 43;
}

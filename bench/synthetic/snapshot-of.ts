import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { readOsvRecord } from "../../src/formats/osv/osv.ts";
import { SnapshotBuilder } from "../../src/matching/snapshot/snapshot-builder.ts";
import { compileAdvisory } from "../../src/server/advisories/compile-advisory.ts";
import { writeSnapshotFile } from "../../src/server/snapshot-file.ts";
import { type SyntheticFeed, syntheticRecords } from "./osv-records.ts";

/** Writes the snapshot of a synthetic npm feed without the detour over a database; each advisory is a vulnerability of its own. */
export function writeSyntheticSnapshot(path: string, feed: SyntheticFeed, nowMs: number): void {
  const builder = new SnapshotBuilder();
  for (const { id, json } of syntheticRecords(feed)) {
    const { advisory, packages, score, vector, patches } = compileAdvisory(readOsvRecord(Buffer.from(json), id));
    const facts = {
      id,
      vulnerability: `SLU-${createHash("sha256").update(id).digest("hex").slice(0, 16)}`,
      vulnerabilityIds: [...advisory.aliases, id],
      title: advisory.summary,
      kind: advisory.kind,
      exploited: false,
      hasPatch: patches.length > 0,
      score,
      vector,
      weaknesses: advisory.weaknesses,
      modified: advisory.modified,
      number: createHash("sha256").update(id).digest().readUIntBE(0, 5),
      digest: createHash("sha256").update(json).digest().readUIntBE(0, 6),
    };
    builder.addAdvisory(facts, packages);
  }
  const standing = { ecosystem: "npm", source: "synthetic", advisories: feed.records, statedAtMs: nowMs, sample: false };
  writeSnapshotFile(path, builder.finish({ builtAtMs: nowMs, standings: [standing], exploited: undefined }, crc32));
}

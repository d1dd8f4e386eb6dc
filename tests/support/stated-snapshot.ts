import { crc32 } from "node:zlib";
import { ecosystemOf } from "../../src/matching/ecosystems/ecosystem-of.ts";
import { compileAffected } from "../../src/matching/interval.ts";
import type { AdvisoryFacts } from "../../src/matching/snapshot/advisory-columns.ts";
import { Snapshot } from "../../src/matching/snapshot/snapshot.ts";
import { SnapshotBuilder, type SnapshotStatement } from "../../src/matching/snapshot/snapshot-builder.ts";
import type { AffectedPackage, RangeEvent, RangeEventKind } from "../../src/vocabulary/advisory.ts";
import type { DataStanding } from "../../src/vocabulary/data-standing.ts";

/** An advisory as a test states it: `affects: { lodash: "introduced 0, fixed 4.17.21" }`, several ranges apart by `;`, `=1.0.0` for a listed version. */
export type StatedAdvisory = Partial<AdvisoryFacts> & { readonly id: string; readonly affects: Readonly<Record<string, string>> };

export const NOW = Date.UTC(2026, 10, 24, 9, 12);

/** Stated an hour before `NOW`. */
export const npmStanding: DataStanding = {
  ecosystem: "npm",
  source: "https://feed.example/",
  advisories: 100,
  statedAtMs: NOW - 3_600_000,
  sample: false,
};

/** The snapshot that Sluice would make of these advisories. */
export function statedSnapshot(advisories: readonly StatedAdvisory[], statement: Partial<SnapshotStatement> = {}): Snapshot {
  return new Snapshot(statedSnapshotFile(advisories, statement), crc32);
}

export function statedSnapshotFile(advisories: readonly StatedAdvisory[], statement: Partial<SnapshotStatement> = {}): Uint8Array {
  const builder = new SnapshotBuilder();
  for (const [index, { affects, ...facts }] of advisories.entries()) {
    builder.addAdvisory(
      factsOf(facts, index),
      Object.entries(affects).map(([package_, text]) => {
        const affected = affectedOf(package_, text);
        const { ecosystem, name } = affected.package ?? { ecosystem: "", name: "" };
        const scheme = ecosystemOf(ecosystem)?.scheme;
        return { ecosystem, name, scheme: scheme?.id, compiled: compileAffected(affected, scheme) };
      }),
    );
  }
  return builder.finish({ builtAtMs: NOW, standings: [npmStanding], exploited: undefined, ...statement }, crc32);
}

/** Everything an advisory's facts need, made of its id where a test does not say. */
export function factsOf(facts: Partial<AdvisoryFacts> & { readonly id: string }, number = 0): AdvisoryFacts {
  return {
    vulnerability: `vulnerability of ${facts.vulnerabilityIds?.join(" ") ?? facts.id}`,
    vulnerabilityIds: [facts.id],
    title: `title of ${facts.id}`,
    kind: "vulnerability",
    exploited: false,
    hasPatch: false,
    score: undefined,
    vector: "",
    weaknesses: [],
    modified: "2026-11-01T00:00:00Z",
    number,
    digest: 0,
    ...facts,
  };
}

/** `lodash`, or `PyPI django` for another ecosystem. */
function affectedOf(package_: string, text: string): AffectedPackage {
  const [, ecosystem = "npm", name = ""] = /^(?:(.*) )?(\S*)$/.exec(package_) ?? [];
  const pieces = text.split(";").map((piece) => piece.trim());
  return {
    package: { ecosystem, name },
    purl: undefined,
    versions: pieces.flatMap((piece) => (piece.startsWith("=") ? [piece.slice(1)] : [])),
    ranges: pieces.flatMap((piece) => (piece.startsWith("=") ? [] : [{ type: "SEMVER", repository: undefined, events: eventsOf(piece) }])),
  };
}

/** `introduced 0, fixed 1.0.0`. */
export function eventsOf(text: string): readonly RangeEvent[] {
  return text.split(", ").map((event) => {
    const [kind, version = ""] = event.split(" ");
    return { kind: kind as RangeEventKind, version };
  });
}

import { crc32 } from "node:zlib";
import { ecosystemOf } from "../../src/matching/ecosystems/ecosystem-of.ts";
import { compileAffected } from "../../src/matching/interval.ts";
import type { AdvisoryFacts } from "../../src/matching/snapshot/advisory-columns.ts";
import { Snapshot } from "../../src/matching/snapshot/snapshot.ts";
import { SnapshotBuilder, type SnapshotPackage } from "../../src/matching/snapshot/snapshot-builder.ts";
import { randomAffected } from "./random-affected.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { NOW, npmStanding } from "./stated-snapshot.ts";

export type AdvisoryWithPackages = { readonly facts: AdvisoryFacts; readonly packages: readonly SnapshotPackage[] };

export function snapshotOf(advisories: readonly AdvisoryWithPackages[]): Snapshot {
  const builder = new SnapshotBuilder();
  for (const { facts, packages } of advisories) builder.addAdvisory(facts, packages);
  return new Snapshot(builder.finish({ builtAtMs: NOW, standings: [npmStanding], exploited: undefined }, crc32), crc32);
}

/** Facts and packages drawn from few values, so that advisories share packages, texts and bounds. */
export function randomAdvisory(random: SeededRandom, index: number): AdvisoryWithPackages {
  const group = random.below(20);
  const ids = [`CVE-2026-${group}`, `GHSA-${group}`].slice(0, 1 + random.below(2));
  const ecosystems = ["npm", "npm", "RubyGems", "Made Up"];
  const packages = Array.from({ length: random.below(4) }, (): SnapshotPackage => {
    const ecosystem = random.pick(ecosystems);
    const name = random.pick(["a", "b", "é", "日本", "@s/n", "long".repeat(30)]);
    const scheme = ecosystemOf(ecosystem)?.scheme;
    return { ecosystem, name, scheme: scheme?.id, compiled: compileAffected(randomAffected(random, { ecosystem, name }), scheme) };
  });
  return {
    packages,
    facts: {
      id: `X-${index}`,
      vulnerability: `v${index}`,
      vulnerabilityIds: ids,
      title: random.pick(["", "plain", "ünïcode 日本 \u{1F600}", "x".repeat(2000)]),
      kind: random.pick(["vulnerability", "malware"]),
      exploited: random.oneIn(2),
      hasPatch: random.oneIn(2),
      score: random.oneIn(3) ? undefined : random.below(101) / 10,
      vector: random.pick(["", "CVSS:3.1/AV:N"]),
      weaknesses: random.pick([[], ["CWE-79"], ["CWE-79", "CWE-1321"]]),
      modified: random.pick([
        "2026-11-01T00:00:00Z",
        "2026-11-01T00:00:00.5Z",
        "2026-11-01T00:00:00.123Z",
        "2020-01-01T00:00:00.123456789Z",
        "2020-01-01T02:00:00+02:00",
        "not a time",
      ]),
      number: random.below(2 ** 31) * 4096 + random.below(4096),
      digest: random.below(2 ** 31) * 2 ** 17 + random.below(2 ** 17),
    },
  };
}

/** Everything that a snapshot answers with, in an order that does not depend on how it was made. */
export function saidBy(snapshot: Snapshot): unknown {
  const packages = Array.from({ length: snapshot.packageCount }, (_, index) => ({
    name: [snapshot.packageEcosystem(index), snapshot.packageName(index)],
    found: snapshot.findPackage(snapshot.packageEcosystem(index), snapshot.packageName(index)) === index,
    rows: snapshot.rowsOf(index).map((row) => ({ ...snapshot.row(row), ...snapshot.rowKeys(row) })),
    texts: ["latest", "next", "unknown", "", "1"].map((text) => snapshot.advisoriesListing(index, text)),
    setAside: snapshot.setAside(index),
  }));
  const { advisories, vulnerabilities, rows } = snapshot.header.counts;
  return {
    counts: { advisories, vulnerabilities, rows },
    advisories: Array.from({ length: snapshot.advisoryCount }, (_, index) => snapshot.advisory(index)),
    // A package of which nothing is known is as good as none.
    packages: packages
      .filter((entry) => entry.rows.length + entry.setAside.length + entry.texts.flat().length > 0)
      .toSorted((a, b) => (a.name.join(" ") < b.name.join(" ") ? -1 : 1)),
  };
}

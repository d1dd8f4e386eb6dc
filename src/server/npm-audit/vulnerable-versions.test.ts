import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crc32 } from "node:zlib";
import { satisfies } from "semver";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { npm } from "../../matching/ecosystems/npm/npm.ts";
import { compileAffected } from "../../matching/interval.ts";
import { createMatcher } from "../../matching/match.ts";
import { Snapshot } from "../../matching/snapshot/snapshot.ts";
import { SnapshotBuilder } from "../../matching/snapshot/snapshot-builder.ts";
import type { AffectedRange, RangeEvent } from "../../vocabulary/advisory.ts";
import { exactClause, vulnerableVersions } from "./vulnerable-versions.ts";

type Said = { readonly ranges?: readonly (readonly RangeEvent[])[]; readonly versions?: readonly string[] };

const introduced = (version: string): RangeEvent => ({ kind: "introduced", version });
const fixed = (version: string): RangeEvent => ({ kind: "fixed", version });
const lastAffected = (version: string): RangeEvent => ({ kind: "last_affected", version });
const limit = (version: string): RangeEvent => ({ kind: "limit", version });

describe("intervals as a node-semver range", () => {
  const cases: readonly (readonly [title: string, said: Said, clauses: readonly string[], unspelled?: number])[] = [
    ["from the start to a fix", { ranges: [[introduced("0"), fixed("4.17.21")]] }, ["<4.17.21"]],
    ["between two versions", { ranges: [[introduced("1.2.0"), fixed("1.2.9")]] }, [">=1.2.0 <1.2.9"]],
    ["up to a last affected version", { ranges: [[introduced("1.2.0"), lastAffected("1.2.9")]] }, [">=1.2.0 <=1.2.9"]],
    ["up to a limit", { ranges: [[introduced("1.2.0"), limit("2.0.0")]] }, [">=1.2.0 <2.0.0"]],
    ["without an end", { ranges: [[introduced("1.2.0")]] }, [">=1.2.0"]],
    ["everything", { ranges: [[introduced("0")]] }, ["*"]],
    ["listed versions", { versions: ["2.0.0", "1.0.0"] }, ["=1.0.0", "=2.0.0"]],
    [
      "several, in order",
      {
        ranges: [
          [introduced("3.0.0"), fixed("3.1.0")],
          [introduced("0"), fixed("2.1.0")],
        ],
      },
      ["<2.1.0", ">=3.0.0 <3.1.0"],
    ],
    [
      "overlapping ones joined",
      {
        ranges: [
          [introduced("0"), fixed("2.0.0")],
          [introduced("1.0.0"), lastAffected("2.1.0")],
        ],
      },
      ["<=2.1.0"],
    ],
    [
      "one inside another left out",
      {
        ranges: [
          [introduced("0"), fixed("2.0.0")],
          [introduced("1.0.0"), fixed("1.1.0")],
        ],
      },
      ["<2.0.0"],
    ],
    [
      "touching ones joined",
      {
        ranges: [
          [introduced("1.0.0"), fixed("2.0.0")],
          [introduced("2.0.0"), fixed("3.0.0")],
        ],
      },
      [">=1.0.0 <3.0.0"],
    ],
    ["a short version in full, not as a pattern", { ranges: [[introduced("1"), fixed("2.1")]] }, [">=1.0.0 <2.1.0"]],
    ["a leading v and a prerelease without its hyphen", { ranges: [[introduced("v1.0.0"), fixed("2.0.0beta")]] }, [">=1.0.0 <2.0.0-beta"]],
    ["build data left out", { ranges: [[introduced("0"), fixed("2.0.0+7")]] }, ["<2.0.0"]],
    [
      "a fourth number set aside, since npm would drop the bound and widen the range",
      { ranges: [[introduced("1.2.3.4"), fixed("2.0.0")]] },
      [],
      1,
    ],
    ["digits that npm would round set aside", { ranges: [[introduced("0"), fixed("1.0.99999999999999999")]] }, [], 1],
  ];
  for (const [title, said, clauses, unspelled = 0] of cases) {
    it(`has ${title}`, () => {
      const { snapshot, rows } = held(said);
      const made = vulnerableVersions(snapshot, rows);
      assert.deepEqual([made.clauses, made.unspelled.length], [clauses, unspelled]);
    });
  }

  it("has one version in full, and none that npm would read as a pattern or not at all", () => {
    assert.deepEqual(["v1.2.3", "1.2.3-rc.1", "1.2.3+5", "1.2", "1.x", "*", "1.2.3.4", "latest", ""].map(exactClause), [
      "=1.2.3",
      "=1.2.3-rc.1",
      "=1.2.3",
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("holds, read by node-semver, exactly the versions that match", () => {
    const { below, pick } = seededRandom(20_260_822);
    const version = (): string =>
      `${pick(["", "", "", "v"])}${pick([0, 1, 2, 10])}.${below(3)}.${below(3)}${pick(["", "", "", "-0", "-1", "-alpha", "-alpha.1", "-rc.1.b", "beta", "+b", "-x"])}`;
    const bound = (): string =>
      pick([version, version, version, () => `${below(3)}.${below(2)}`, () => pick(["1.0.0.1", "2", "1.x", "01.2.3", "1.0-beta"])])();
    const ends = [
      () => [],
      () => [fixed(bound())],
      () => [lastAffected(bound())],
      () => [fixed(bound()), introduced(bound())],
      () => [limit(bound())],
    ];
    for (let round = 0; round < 400; round++) {
      const ranges = Array.from({ length: 1 + below(3) }, () => [introduced(pick(["0", bound()])), ...pick(ends)()]);
      const { snapshot, rows, hits } = held({ ranges, versions: pick([[], [version()], [version(), version()]]) });
      const { clauses, unspelled } = vulnerableVersions(snapshot, rows);
      if (unspelled.length > 0) continue;
      const range = clauses.join(" || ");
      for (let probe = 0; probe < 25; probe++) {
        const asked = version();
        const read = clauses.length > 0 && satisfies(asked, range, { includePrerelease: true, loose: true });
        assert.equal(read, hits(asked), `${asked} in ${range}, made of ${JSON.stringify(ranges)}`);
      }
    }
  });
});

/** A snapshot of one advisory on one package. */
function held({ ranges = [], versions = [] }: Said): {
  readonly snapshot: Snapshot;
  readonly rows: readonly number[];
  readonly hits: (version: string) => boolean;
} {
  const named = { ecosystem: "npm", name: "a" };
  const affected = {
    package: named,
    purl: undefined,
    versions,
    ranges: ranges.map((events): AffectedRange => ({ type: "SEMVER", repository: undefined, events })),
  };
  const builder = new SnapshotBuilder();
  builder.addAdvisory(
    {
      id: "GHSA-1",
      vulnerability: "V",
      vulnerabilityIds: ["GHSA-1"],
      title: "",
      kind: "vulnerability",
      exploited: false,
      hasPatch: false,
      score: undefined,
      vector: "",
      weaknesses: [],
      modified: "2026-01-01T00:00:00Z",
      number: 1,
      digest: 1,
    },
    [{ ...named, scheme: npm.scheme.id, compiled: compileAffected(affected, npm.scheme) }],
  );
  const snapshot = new Snapshot(builder.finish({ builtAtMs: 0, standings: [], exploited: undefined }, crc32), crc32);
  const match = createMatcher(snapshot, () => npm);
  return { snapshot, rows: snapshot.rowsOf(0), hits: (version) => match({ ...named, version }).hits.length > 0 };
}

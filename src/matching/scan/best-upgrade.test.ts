import assert from "node:assert/strict";
import { test } from "node:test";
import { randomAdvisory, snapshotOf } from "../../../tests/support/random-snapshot.ts";
import { type SeededRandom, seededRandom } from "../../../tests/support/seeded-random.ts";
import type { AdvisoryFacts } from "../snapshot/advisory-columns.ts";
import { ecosystemOf } from "../ecosystems/ecosystem-of.ts";
import { createMatcher } from "../match.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { KeyWriter } from "../versions/key-writer.ts";
import { bestUpgrade } from "./best-upgrade.ts";
import { compareSets, compareWorstFirst, numberOfRank, type Ranked, RANKS, worstOf } from "./ranking.ts";

const npm = ecosystemOf("npm");
assert.ok(npm !== undefined);
const order = npm;

test("what is recommended leaves no more than any other bound above the version, and says what it ends and brings", () => {
  const random = seededRandom(20261125);
  let recommended = 0;
  for (let round = 0; round < 150; round++) {
    const advisories = Array.from({ length: 1 + random.below(25) }, (_, index) => {
      const advisory = randomAdvisory(random, index);
      const number = random.below(8);
      return { ...advisory, facts: { ...advisory.facts, ...groupFacts(number) } };
    });
    const snapshot = snapshotOf(advisories);
    const match = createMatcher(snapshot, ecosystemOf);
    for (let index = 0; index < snapshot.packageCount; index++) {
      if (snapshot.packageEcosystem(index) !== "npm") continue;
      for (const version of ["0.0.0", "0.1.1", "1.0.0-rc.1", "1.0.1", "2.0.0"]) {
        const { hits } = match({ ecosystem: "npm", name: snapshot.packageName(index), version });
        const upgrade = bestUpgrade(snapshot, order, [index], version, hits);
        const now = ranksOf(
          snapshot,
          hits.map(({ advisory }) => advisory),
        );
        const bounds = boundsAbove(snapshot, index, version);
        const least = bounds
          .map(({ advisories }) => ranksOf(snapshot, advisories))
          .toSorted((a, b) => compareSets(sorted(a), sorted(b)))[0];
        if (upgrade === undefined) {
          assert.ok(least === undefined || compareSets(sorted(least), sorted(now)) >= 0 || now.keys().every((key) => least.has(key)));
          continue;
        }
        recommended++;
        const left = ranksOf(snapshot, bounds.find(({ text }) => text === `${upgrade.kind} ${upgrade.version}`)?.advisories ?? []);
        assert.equal(compareSets(sorted(left), sorted(least ?? new Map())), 0);
        assert.deepEqual(new Set(now.keys()).difference(left), upgrade.ends);
        assert.deepEqual(new Set(left.keys()).difference(now), upgrade.brings);
      }
    }
  }
  assert.ok(recommended > 300, `only ${recommended} cases had one`);
});

test("ranks are numbered in the order in which they are compared", () => {
  const random = seededRandom(7);
  for (let round = 0; round < 2000; round++) {
    const [a, b] = [randomRank(random), randomRank(random)];
    assert.equal(Math.sign(numberOfRank(a) - numberOfRank(b)), Math.sign(compareWorstFirst(a, b)));
    assert.ok(numberOfRank(a) >= 0 && numberOfRank(a) < RANKS);
  }
});

function groupFacts(number: number): Pick<AdvisoryFacts, "vulnerability" | "vulnerabilityIds"> {
  return { vulnerability: `v${number}`, vulnerabilityIds: [`CVE-2026-${number}`] };
}

function randomRank(random: SeededRandom): Ranked {
  return { exploited: random.oneIn(2), malware: random.oneIn(2), score: random.oneIn(4) ? undefined : random.below(101) / 10 };
}

/** Every bound above the version that one may be sent to, each with the advisories that hold it. */
function boundsAbove(snapshot: Snapshot, index: number, version: string): { readonly text: string; readonly advisories: number[] }[] {
  return snapshot.rowsOf(index).flatMap((row) => {
    const { hiKind, hiText = "" } = snapshot.row(row);
    const { hi } = snapshot.rowKeys(row);
    const isBound = hiKind === "fixed" || hiKind === "last_affected";
    if (!isBound || Buffer.compare(hi, keyOf(version)) <= 0 || (order.isPrerelease(hiText) && !order.isPrerelease(version))) return [];
    const rows: number[] = [];
    snapshot.rowsHolding(index, hi, hi.length, rows);
    return [
      { text: `${hiKind === "fixed" ? "version" : "above"} ${hiText}`, advisories: rows.map((holding) => snapshot.rowAdvisory(holding)) },
    ];
  });
}

function keyOf(version: string): Uint8Array {
  const writer = new KeyWriter();
  assert.equal(order.scheme.encode(version, writer), undefined);
  return writer.key();
}

function ranksOf(snapshot: Snapshot, advisories: readonly number[]): ReadonlyMap<number, Ranked> {
  const groups = Map.groupBy(new Set(advisories), (advisory) => snapshot.advisoryVulnerability(advisory));
  return new Map([...groups].map(([key, group]) => [key, worstOf(group.map((advisory) => snapshot.advisoryRank(advisory)))]));
}

function sorted(ranks: ReadonlyMap<number, Ranked>): readonly Ranked[] {
  return [...ranks.values()].toSorted(compareWorstFirst);
}

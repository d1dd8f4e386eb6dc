import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { type AdvisoryWithPackages, randomAdvisory, saidBy, snapshotOf } from "../../../tests/support/random-snapshot.ts";
import { seededRandom, type SeededRandom } from "../../../tests/support/seeded-random.ts";
import { factsOf, NOW, npmStanding, statedSnapshot } from "../../../tests/support/stated-snapshot.ts";
import { mergeSnapshots } from "./merge-snapshots.ts";
import { Snapshot } from "./snapshot.ts";
import { createDecoder } from "./text-codec.ts";

const ROUNDS = process.env["SLUICE_SOAK"] === undefined ? 60 : 5000;

test("after any chain of changes it says what a file built anew says", () => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const random = seededRandom(seed);
    let advisories = inIdOrder(Array.from({ length: random.below(40) }, (_, index) => randomIn(random, index)));
    let snapshot = snapshotOf(advisories);
    for (let step = 0; step < 3; step++) {
      const { kept, added } = randomChange(random, advisories);
      const staying = new Set(kept.map(({ facts }) => facts.vulnerability));
      const base = snapshot;
      snapshot = merged(base, snapshotOf(added), (vulnerability) => staying.has(base.vulnerability(vulnerability)));
      advisories = inIdOrder([...kept, ...added]);
      assert.deepEqual(saidBy(snapshot), saidBy(snapshotOf(advisories)), `seed ${seed}, step ${step}`);
    }
  }
});

test("nothing is left of what was taken out, not even its texts", () => {
  const base = statedSnapshot([
    { id: "A", title: "stays", affects: { x: "introduced 0, fixed 1.0.0" } },
    { id: "B", title: "goes away", affects: { x: "introduced 0, fixed 7.7.7", "only-b": "introduced 0" } },
  ]);
  const snapshot = merged(base, snapshotOf([]), (vulnerability) => base.vulnerability(vulnerability) === "vulnerability of A");
  assert.equal(snapshot.findPackage("npm", "only-b"), -1);
  const texts = textsIn(snapshot);
  assert.deepEqual([texts.includes("stays"), texts.includes("goes away"), texts.includes("7.7.7")], [true, false, false]);
  assert.deepEqual(saidBy(snapshot), saidBy(statedSnapshot([{ id: "A", title: "stays", affects: { x: "introduced 0, fixed 1.0.0" } }])));
});

test("everything can be taken out, and everything be added to nothing", () => {
  const one = statedSnapshot([{ id: "A", affects: { x: "introduced 0, fixed 1.0.0" } }]);
  assert.deepEqual(saidBy(merged(one, snapshotOf([]), () => false)), saidBy(snapshotOf([])));
  assert.deepEqual(saidBy(merged(snapshotOf([]), one, () => true)), saidBy(one));
});

test("two version orders under one ecosystem are a mistake in the program", () => {
  const [base, added] = ["semver", "other"].map((scheme, index) =>
    snapshotOf([
      {
        facts: factsOf({ id: `A${index}` }),
        packages: [{ ecosystem: "npm", name: "x", scheme, compiled: { intervals: [], texts: ["1"], setAside: [] } }],
      },
    ]),
  );
  assert.ok(base !== undefined && added !== undefined);
  assert.throws(() => merged(base, added, () => true), /two version orders under npm/);
});

function merged(base: Snapshot, added: Snapshot, isKept: (vulnerability: number) => boolean): Snapshot {
  const statement = { builtAtMs: NOW, standings: [npmStanding], exploited: undefined };
  return new Snapshot(mergeSnapshots(base, added, { isKept, statement, checksum: crc32 }), crc32);
}

function textsIn({ columns: { symbolStart, symbolBytes, stringStart, stringBytes } }: Snapshot): readonly string[] {
  const decode = createDecoder({ start: symbolStart, bytes: symbolBytes });
  return Array.from({ length: stringStart.length - 1 }, (_, text) =>
    Buffer.from(decode(stringBytes, stringStart[text] ?? 0, stringStart[text + 1] ?? 0)).toString(),
  );
}

/** Two in three share their vulnerability with others, which then all have the same ids. */
function randomIn(random: SeededRandom, number: number): AdvisoryWithPackages {
  const { facts, packages } = randomAdvisory(random, number);
  const group = random.oneIn(3) ? `alone-${number}` : `group-${random.below(12)}`;
  return {
    packages,
    facts: { ...facts, id: `X-${String(number).padStart(4, "0")}`, vulnerability: group, vulnerabilityIds: [group, `alias of ${group}`] },
  };
}

/** Some vulnerabilities go, some come back with other contents, some are new. */
function randomChange(
  random: SeededRandom,
  advisories: readonly AdvisoryWithPackages[],
): { readonly kept: readonly AdvisoryWithPackages[]; readonly added: readonly AdvisoryWithPackages[] } {
  const gone = new Set(advisories.map(({ facts }) => facts.vulnerability).filter(() => random.oneIn(4)));
  const kept = advisories.filter(({ facts }) => !gone.has(facts.vulnerability));
  const here = new Set(kept.map(({ facts }) => facts.vulnerability));
  const taken = new Set(kept.map(({ facts }) => facts.id));
  const candidates = Array.from({ length: random.below(15) }, () => randomIn(random, random.below(60)));
  const added = new Map(
    candidates
      .filter(({ facts }) => !here.has(facts.vulnerability) && !taken.has(facts.id))
      .map((advisory) => [advisory.facts.id, advisory]),
  );
  return { kept, added: inIdOrder([...added.values()]) };
}

function inIdOrder(advisories: readonly AdvisoryWithPackages[]): readonly AdvisoryWithPackages[] {
  return advisories.toSorted((a, b) => (a.facts.id < b.facts.id ? -1 : 1));
}

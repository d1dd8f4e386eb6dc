import assert from "node:assert/strict";
import { test } from "node:test";
import { randomAdvisory, snapshotOf } from "../../../tests/support/random-snapshot.ts";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import { explainOne } from "../../matching/scan/explain-match.ts";
import { judgeVersion } from "./version-verdicts.ts";

test("the verdict of thousands is the one that is explained for the few that are shown", () => {
  const random = seededRandom(20261125);
  const seen = new Set<string>();
  for (let round = 0; round < 60; round++) {
    const advisories = Array.from({ length: 1 + random.below(12) }, (_, index) => randomAdvisory(random, index));
    const snapshot = snapshotOf(advisories);
    for (let index = 0; index < snapshot.packageCount; index++) {
      const [ecosystem, name] = [snapshot.packageEcosystem(index), snapshot.packageName(index)];
      const order = ecosystemOf(ecosystem);
      for (const version of ["1", "1.0.0", "1.2.3", "2.0.0-rc.1", "latest", "nothing like it"]) {
        for (const obstacle of [undefined, "its release is not known"]) {
          const asked = { ecosystem, name, version };
          const judge = judgeVersion(snapshot, order, asked, { packages: [index], obstacle, doubt: undefined });
          for (const advisory of snapshot.advisoriesOf(index)) {
            const { verdict } = explainOne(snapshot, order, { ...asked, place: "" }, index, advisory, obstacle);
            assert.equal(judge.verdictOf(ecosystem, snapshot.advisoryId(advisory)), verdict);
            seen.add(`${verdict}${obstacle === undefined ? "" : " in spite of an obstacle"}`);
          }
        }
      }
    }
  }
  assert.deepEqual([...seen].toSorted(), [
    "affected",
    "affected in spite of an obstacle",
    "cannot-compare",
    "cannot-compare in spite of an obstacle",
    "not-affected",
  ]);
});

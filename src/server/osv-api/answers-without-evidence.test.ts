import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { prophetAt, prophets, standOsvApi } from "../../../tests/support/osv-api-stand.ts";

const later = { now: () => Date.now() + 8 * 24 * 60 * 60 * 1000 };
const serve = standOsvApi(prophets);
const stale = serve(later);
const overruled = serve({ ...later, config: { emptyAnswerWithoutEvidence: true } });
const withoutSnapshot = serve({ snapshots: { current: () => undefined } });

describe("the OSV API over data that is too old", () => {
  const { ask } = stale;

  it("sends what it finds", async () => {
    assert.equal((await ask("/v1/query", prophetAt("1.0.0"))).status, 200);
    assert.equal((await ask("/v1/querybatch", { queries: [prophetAt("1.0.0"), prophetAt()] })).status, 200);
  });

  it("does not say that it found nothing", async () => {
    for (const query of [prophetAt("2.0.0"), { package: { ecosystem: "npm", name: "unheard-of" } }]) {
      const answer = await ask("/v1/query", query);
      assert.deepEqual(
        [answer.status, answer.body],
        [503, { code: 14, message: "The npm data is over 7 days old. An administrator runs: sluice sync npm" }],
      );
    }
  });
});

describe("the OSV API before its first snapshot", () => {
  it("has no data to say anything with, but gives the records it has", async () => {
    const answer = await withoutSnapshot.ask("/v1/query", prophetAt("1.0.0"));
    assert.deepEqual([answer.status, answer.body], [503, { code: 14, message: "No data for npm. An administrator runs: sluice sync npm" }]);
    assert.equal((await withoutSnapshot.ask("/v1/query", { commit: "ab" })).status, 503);
    assert.equal((await withoutSnapshot.get("/v1/vulns/GHSA-aaaa-bbbb-cccc")).status, 200);
  });
});

describe("the OSV API where the administrator wants empty answers all the same", () => {
  const { ask } = overruled;

  it("answers as the public service does", async () => {
    const commit = { commit: "6879efc2c1596d11a6a6ad296f80063b558d5e0f" };
    assert.equal((await ask("/v1/query", prophetAt("2.0.0"))).text, "{}");
    assert.equal((await ask("/v1/query", commit)).text, "{}");
    assert.equal((await ask("/v1/querybatch", { queries: [prophetAt("2.0.0"), commit] })).text, `{"results":[{},{}]}`);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fixedIn, idsOf, record, standOsvApi } from "../../../tests/support/osv-api-stand.ts";
import { START_TOKEN } from "./page-token.ts";

const crowd = Array.from({ length: 1001 }, (_, index) => record(`TEST-CROWD-${String(index).padStart(4, "0")}`, "crowd", fixedIn("2.0.0")));
const heavy = Array.from({ length: 3 }, (_, index) =>
  record(`TEST-HEAVY-${index}`, "heavy", fixedIn("2.0.0"), { details: "x".repeat(6_000_000) }),
);

const { ask } = standOsvApi([...crowd, ...heavy])();

describe("the OSV API over current data", () => {
  for (const version of ["1.0.0", undefined]) {
    const query = { package: { ecosystem: "npm", name: "crowd" }, ...(version === undefined ? {} : { version }) };

    it(`pages after a thousand records, ${version === undefined ? "without" : "with"} a version`, async () => {
      const first = await ask("/v1/query", { ...query, page_token: START_TOKEN });
      assert.equal(idsOf(first).length, 1000);
      const second = await ask("/v1/query", { ...query, page_token: first.body.next_page_token ?? null });
      assert.deepEqual([idsOf(second), second.body.next_page_token], [["TEST-CROWD-1000"], undefined]);
      const batch = await ask("/v1/querybatch", { queries: [query, { ...query, page_token: first.body.next_page_token ?? null }] });
      assert.deepEqual(
        batch.body.results?.map(({ vulns, next_page_token: token }) => [vulns?.length, token]),
        [
          [1000, first.body.next_page_token],
          [1, undefined],
        ],
      );
    });

    it(`goes on only for the same query, ${version === undefined ? "without" : "with"} a version`, async () => {
      const token = (await ask("/v1/query", query)).body.next_page_token ?? "";
      const other = await ask("/v1/query", { ...query, version: "1.0.1", page_token: token ?? null });
      assert.deepEqual([other.status, other.body], [400, { code: 3, message: "invalid cursor" }]);
      const batch = await ask("/v1/querybatch", { queries: [{ ...query, version: "1.0.1", page_token: token ?? null }] });
      assert.deepEqual(batch.body, { code: 3, message: "error in query at index 0: invalid cursor" });
    });
  }

  it("ends a page when its records weigh ten megabytes, and loses none", async () => {
    const query = { package: { ecosystem: "npm", name: "heavy" }, version: "1.0.0" };
    const first = await ask("/v1/query", query);
    const second = await ask("/v1/query", { ...query, page_token: first.body.next_page_token ?? null });
    assert.deepEqual(
      [idsOf(first), idsOf(second), second.body.next_page_token],
      [["TEST-HEAVY-0", "TEST-HEAVY-1"], ["TEST-HEAVY-2"], undefined],
    );
  });

  it("leaves the queries after the first ten megabytes of a batch to their own next pages", async () => {
    const query = { package: { ecosystem: "npm", name: "crowd" }, version: "1.0.0" };
    const { body, text } = await ask("/v1/querybatch", { queries: Array.from({ length: 400 }, () => query) });
    const answered = body.results?.filter(({ vulns }) => vulns !== undefined).length ?? 0;
    assert.ok(answered > 0 && answered < 400 && text.length < 11_000_000);
    assert.deepEqual(body.results?.at(-1), { next_page_token: START_TOKEN });
  });
});

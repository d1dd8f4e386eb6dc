import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BucketRecord } from "../../../tests/feed-server/bucket-objects.ts";
import { fixedIn, idsOf, MODIFIED, prophet, prophetAt, prophets, record, standOsvApi } from "../../../tests/support/osv-api-stand.ts";
import { osvQuery, osvQueryBatch } from "../../contract/endpoints/osv-api.ts";
import type { Json } from "../../vocabulary/json.ts";

const records: readonly BucketRecord[] = [
  ...prophets,
  record("GHSA-mmmm-nnnn-oooo", "opaque", { ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "soon" }] }] }),
  record("GHSA-pppp-qqqq-rrrr", "constructor", fixedIn("1.0.0")),
  {
    schema_version: "1.7.5",
    id: "TEST-GIT-1",
    modified: MODIFIED,
    affected: [
      {
        ranges: [
          {
            type: "GIT",
            repo: "https://example.org/a.git",
            events: [{ introduced: "a".repeat(40) }, { fixed: "b".repeat(40) }],
          },
        ],
        versions: ["v1.0", "v1.1"],
      },
    ],
  },
  record("TEST-GIT-2", "tracked", {
    ranges: [{ type: "GIT", repo: "https://example.org/t", events: [{ introduced: "a".repeat(40) }, { last_affected: "d".repeat(40) }] }],
  }),
];

const { ask, get } = standOsvApi(records)();

describe("the OSV API over current data", () => {
  it("answers a version with the records that hit it, as received to the byte", async () => {
    const answer = await ask("/v1/query", prophetAt("1.1.9"));
    assert.deepEqual([answer.status, answer.text], [200, `{"vulns":[${JSON.stringify(prophet)}]}`]);
  });

  it("answers a purl as it answers the package", async () => {
    assert.equal(
      (await ask("/v1/query", { package: { purl: "pkg:npm/prophet@1.1.9" } })).text,
      (await ask("/v1/query", prophetAt("1.1.9"))).text,
    );
  });

  it("answers an empty object when nothing hits and the data can say so", async () => {
    for (const query of [
      prophetAt("1.2.0"),
      { package: { ecosystem: "npm", name: "unheard-of" } },
      { package: { ecosystem: "npm", name: "unheard-of" }, version: "odd" },
    ]) {
      assert.equal((await ask("/v1/query", query)).text, "{}");
    }
  });

  it("takes a name that objects have of themselves as any other", async () => {
    assert.deepEqual(idsOf(await ask("/v1/query", { package: { ecosystem: "npm", name: "constructor" }, version: "0.1.0" })), [
      "GHSA-pppp-qqqq-rrrr",
    ]);
    assert.equal((await ask("/v1/query", { package: { ecosystem: "npm", name: "hasOwnProperty" }, version: "0.1.0" })).text, "{}");
  });

  it("answers a package without a version with everything in force that names it, even what no version matches", async () => {
    assert.deepEqual(idsOf(await ask("/v1/query", prophetAt())), ["GHSA-aaaa-bbbb-cccc", "GHSA-gggg-hhhh-iiii", "GHSA-jjjj-kkkk-llll"]);
  });

  it("finds a version without a place in the order where its exact text is listed", async () => {
    assert.deepEqual(idsOf(await ask("/v1/query", prophetAt("nightly"))), ["GHSA-gggg-hhhh-iiii"]);
  });

  it("finds a commit where an advisory names it as affected, and nowhere else", async () => {
    assert.deepEqual(idsOf(await ask("/v1/query", { commit: "A".repeat(40) })), ["TEST-GIT-1", "TEST-GIT-2"]);
    assert.deepEqual(idsOf(await ask("/v1/query", { commit: "d".repeat(40) })), ["TEST-GIT-2"]);
    const batch = await ask("/v1/querybatch", { queries: [{ commit: "d".repeat(40) }] });
    assert.deepEqual(batch.body.results, [{ vulns: [{ id: "TEST-GIT-2", modified: MODIFIED }] }]);
    const asVersion = { package: { ecosystem: "npm", name: "tracked" }, version: "d".repeat(40) };
    assert.deepEqual(idsOf(await ask("/v1/query", asVersion)), ["TEST-GIT-2"]);
  });

  it("finds a repository's tag or commit that an advisory lists, however the address is written", async () => {
    for (const name of ["https://example.org/a.git", "example.org/a", "http://example.org/a/"]) {
      for (const version of ["v1.0", "a".repeat(40)])
        assert.deepEqual(idsOf(await ask("/v1/query", { package: { ecosystem: "GIT", name }, version })), ["TEST-GIT-1"], name);
      assert.deepEqual(idsOf(await ask("/v1/query", { package: { ecosystem: "GIT", name } })), ["TEST-GIT-1"], name);
    }
  });

  it("tries every ecosystem when the query names none", async () => {
    assert.deepEqual(idsOf(await ask("/v1/query", { package: { name: "prophet" }, version: "3.0.0" })), ["GHSA-gggg-hhhh-iiii"]);
  });

  const withoutEvidence: readonly (readonly [title: string, query: Json, reason: RegExp])[] = [
    ["a version that cannot be compared with the package's advisories", prophetAt("weekly"), /^prophet weekly cannot be compared/],
    [
      "an advisory that cannot be compared",
      { package: { ecosystem: "npm", name: "opaque" }, version: "1.0.0" },
      /^opaque 1\.0\.0 cannot be compared with GHSA-mmmm/,
    ],
    [
      "an ecosystem without data and order",
      { package: { ecosystem: "ConanCenter", name: "zlib" }, version: "1.3.1" },
      /no version order for ConanCenter/,
    ],
    [
      "an ecosystem without data, asked without a version",
      { package: { ecosystem: "ConanCenter", name: "zlib" } },
      /No data for ConanCenter/,
    ],
    ["a release of one", { package: { ecosystem: "Photon OS:4.0", name: "curl" }, version: "7.88.1-10" }, /no version order for Photon OS/],
    ["a name in whichever ecosystem", { package: { name: "unheard-of" }, version: "1.0.0" }, /name the ecosystem/],
    ["a commit", { commit: "6879efc2c1596d11a6a6ad296f80063b558d5e0f" }, /^No advisory here names this commit/],
    ["a commit that fixes", { commit: "b".repeat(40) }, /^No advisory here names this commit/],
    ["a part of a commit's hash", { commit: "aaaaaaaa" }, /^expected the whole hash/],
    ["a tag of a repository", { package: { ecosystem: "GIT", name: "https://example.org/a.git" }, version: "v9" }, /tags and commits/],
    [
      "a commit for a version",
      { package: { ecosystem: "npm", name: "tracked" }, version: "c".repeat(40) },
      /it is a commit, and which versions hold it/,
    ],
    ["a package whose advisory states commits only", { package: { ecosystem: "npm", name: "tracked" }, version: "1.0.0" }, /commits only/],
  ];
  for (const [title, query, reason] of withoutEvidence) {
    it(`says that it cannot say "nothing" of ${title}`, async () => {
      const answer = await ask("/v1/query", query);
      assert.deepEqual([answer.status, answer.body.code], [503, 14]);
      assert.match(answer.body.message ?? "", reason);
      const batch = await ask("/v1/querybatch", { queries: [prophetAt("1.0.0"), query] });
      assert.deepEqual([batch.status, batch.body], [503, { code: 14, message: `error in query at index 1: ${answer.body.message}` }]);
    });
  }

  it("answers a purl type that OSV does not have with an empty object, alone and in a batch", async () => {
    const query = { package: { purl: "pkg:bitbucket/a/b@1" } };
    assert.equal((await ask("/v1/query", query)).text, "{}");
    assert.equal((await ask("/v1/querybatch", { queries: [query] })).text, `{"results":[{}]}`);
  });

  it("answers a batch in the order of its queries, with ids and times as received", async () => {
    const answer = await ask("/v1/querybatch", { queries: [prophetAt("1.2.0"), prophetAt("1.1.9"), prophetAt(), prophetAt("3.0.0")] });
    const vuln = (id: string): Json => ({ id, modified: MODIFIED });
    assert.deepEqual(answer.body, {
      results: [
        {},
        { vulns: [vuln("GHSA-aaaa-bbbb-cccc")] },
        { vulns: [vuln("GHSA-aaaa-bbbb-cccc"), vuln("GHSA-gggg-hhhh-iiii"), vuln("GHSA-jjjj-kkkk-llll")] },
        { vulns: [vuln("GHSA-gggg-hhhh-iiii")] },
      ],
    });
  });

  it("answers a batch without queries with an empty object", async () => {
    assert.equal((await ask("/v1/querybatch", {})).text, "{}");
  });

  it("gives one record by its id, to the byte, whether withdrawn, encoded or asked with HEAD", async () => {
    assert.equal((await get("/v1/vulns/GHSA-aaaa-bbbb-cccc")).text, JSON.stringify(prophet));
    assert.equal((await get("/v1/vulns/GHSA%2daaaa-bbbb-cccc")).text, JSON.stringify(prophet));
    assert.equal((await get("/v1/vulns/GHSA-dddd-eeee-ffff")).body.withdrawn, "2026-01-03T00:00:00Z");
    assert.equal((await get("/v1/vulns/GHSA-aaaa-bbbb-cccc", "HEAD")).status, 200);
  });

  const missing: readonly (readonly [path: string, status: number, body: Json])[] = [
    ["CVE-2026-0001", 404, { code: 5, message: "Vulnerability not found, but the following aliases were: GHSA-aaaa-bbbb-cccc" }],
    ["CVE-2026-9999", 404, { code: 5, message: "Vulnerability not found" }],
    ["ghsa-aaaa-bbbb-cccc", 404, { code: 5, message: "Vulnerability not found" }],
    ["a%00b", 400, { code: 3, message: "params.id: expected a text without the character U+0000" }],
    ["..%2f..%2fetc%2fpasswd", 404, { code: 5, message: "Vulnerability not found" }],
    ["x".repeat(100), 404, { code: 5, message: "Vulnerability not found" }],
    ["x".repeat(101), 400, { code: 3, message: "ID is too long" }],
    ["%C3%A9".repeat(51), 400, { code: 3, message: "ID is too long" }],
    ["", 400, { code: 3, message: "ID is required" }],
  ];
  for (const [path, status, body] of missing) {
    it(`says why there is no record under "${path.slice(0, 24)}"${path.length > 24 ? ` (${path.length} characters)` : ""}`, async () => {
      const answer = await get(`/v1/vulns/${path}`);
      assert.deepEqual([answer.status, answer.body], [status, body]);
    });
  }

  const hostile: readonly (readonly [title: string, payload: string | Buffer, message: RegExp])[] = [
    ["nothing", "", /^no query provided$/],
    ["no JSON", "package=lodash", /^Expected/],
    ["JSON that ends early", `{"package":{`, /^Expected/],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22]), /UTF-8/],
    ["nesting without end", "[".repeat(100_000), /levels of nesting/],
    ["a key that reaches for prototypes", `{"__proto__":{"version":"1"}}`, /__proto__/],
    ["the same, escaped", `{"\\u005f_proto__":{"version":"1"}}`, /__proto__/],
  ];
  for (const [title, payload, message] of hostile) {
    it(`refuses a body of ${title}`, async () => {
      for (const path of ["/v1/query", ...(title === "nothing" ? [] : ["/v1/querybatch"])]) {
        const answer = await ask(path, payload);
        assert.deepEqual([answer.status, answer.body.code], [400, 3]);
        assert.match(answer.body.message ?? "", message);
      }
    });
  }

  it("refuses a body above its limit", async () => {
    assert.equal((await ask("/v1/query", "x".repeat(osvQuery.bodyLimitBytes + 1))).status, 413);
    assert.equal((await ask("/v1/querybatch", Buffer.alloc(osvQueryBatch.bodyLimitBytes + 1, " "))).status, 413);
  });

  it("takes names and versions of any length and content", async () => {
    for (const name of ["\0", "\ud800", "x".repeat(500_000)]) {
      assert.equal((await ask("/v1/query", { package: { ecosystem: "npm", name } })).text, "{}");
      assert.equal((await ask("/v1/query", { package: { ecosystem: "npm", name }, version: "1.0.0" })).text, "{}");
      assert.equal((await ask("/v1/query", { package: { ecosystem: "npm", name: "prophet" }, version: `9.0.0${name}` })).status, 503);
    }
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Json } from "../../vocabulary/json.ts";
import { type OsvQuery, readOsvBatch, readOsvQuery } from "./osv-query.ts";
import { pageTokenAfter, START_TOKEN } from "./page-token.ts";

const lodash = { ecosystem: "npm", name: "lodash" } as const;
const asked = (version: string | undefined, more: Partial<Extract<OsvQuery, { kind: "package" }>> = {}): OsvQuery => ({
  kind: "package",
  ...lodash,
  version,
  after: undefined,
  ...more,
});
const versionOne = { ...lodash, version: "1.0.0" };

describe("a query of the OSV API", () => {
  const taken: readonly (readonly [title: string, body: Json, query: OsvQuery])[] = [
    ["name and ecosystem with a version", { package: lodash, version: "1.0.0" }, asked("1.0.0")],
    ["name and ecosystem alone, for every advisory", { package: lodash }, asked(undefined)],
    ["null and the empty text as absent", { package: { ...lodash, purl: null }, version: "", page_token: null }, asked(undefined)],
    ["a name and a version without an ecosystem", { package: { name: "lodash" }, version: "1" }, asked("1", { ecosystem: undefined })],
    [
      "an ecosystem with a release",
      { package: { ecosystem: "Debian:12", name: "curl" } },
      asked(undefined, { ecosystem: "Debian:12", name: "curl" }),
    ],
    ["a purl with its version", { package: { purl: "pkg:npm/%40babel/core@7.0.0" } }, asked("7.0.0", { name: "@babel/core" })],
    ["a purl with the version beside it", { package: { purl: "pkg:npm/lodash" }, version: "1.0.0" }, asked("1.0.0")],
    ["a purl of a type that OSV does not have", { package: { purl: "pkg:bitbucket/a/b@1" } }, { kind: "unknown-purl" }],
    [
      "a repository and a tag",
      { package: { ecosystem: "GIT", name: "https://example.org/a.git" }, version: "v1" },
      asked("v1", { ecosystem: "GIT", name: "example.org/a" }),
    ],
    [
      "a commit",
      { commit: "6879EFC2c1596d11a6a6ad296f80063b558d5e0f" },
      { kind: "commit", commit: "6879efc2c1596d11a6a6ad296f80063b558d5e0f" },
    ],
    ["the token that means the start", { package: lodash, version: "1.0.0", page_token: START_TOKEN }, asked("1.0.0")],
    [
      "its own token, by protobuf's name",
      { package: lodash, version: "1.0.0", page_token: pageTokenAfter(versionOne, "GHSA-2") },
      asked("1.0.0", { after: "GHSA-2" }),
    ],
    [
      "its own token, in camel case",
      { package: lodash, version: "1.0.0", pageToken: pageTokenAfter(versionOne, "GHSA-2") },
      asked("1.0.0", { after: "GHSA-2" }),
    ],
  ];
  for (const [title, body, query] of taken) {
    it(`takes ${title}`, () => assert.deepEqual(readOsvQuery(body), query));
  }

  const refused: readonly (readonly [body: Json | undefined, message: string | RegExp])[] = [
    [undefined, "no query provided"],
    [null, "no query provided"],
    [{}, "invalid query"],
    [[], "invalid query"],
    ["lodash", "invalid query"],
    [{ version: "1" }, "invalid query"],
    [{ package: {} }, "invalid query"],
    [{ package: { ecosystem: "npm" }, version: "1" }, "invalid query"],
    [{ package: { name: "lodash" } }, "invalid query"],
    [{ package: lodash, version: "1", commit: "ab" }, "invalid query"],
    [{ commit: "" }, "invalid hash"],
    [{ commit: "abc" }, "invalid hash"],
    [{ commit: "not-a-hash" }, "invalid hash"],
    [{ package: { ...lodash, ecosystem: "NPM" } }, "invalid ecosystem"],
    [{ package: { ...lodash, ecosystem: "__proto__" } }, "invalid ecosystem"],
    [{ package: { name: "lodash", purl: "pkg:npm/lodash" } }, "name specified in a PURL query"],
    [{ package: { ecosystem: "npm", purl: "pkg:npm/lodash" } }, "ecosystem specified in a PURL query"],
    [{ package: { purl: "pkg:npm/lodash@1" }, version: "1" }, "version specified in params and PURL query"],
    [{ package: { purl: "lodash" } }, /^invalid PURL: Expected/],
    [{ package: lodash, version: "1.0.0", page_token: "not a token" }, "invalid cursor"],
    [{ package: lodash, version: "1.0.0", page_token: "A".repeat(5000) }, "invalid cursor"],
    [{ package: lodash, version: "1.0.1", page_token: pageTokenAfter(versionOne, "GHSA-2") }, "invalid cursor"],
    [{ package: lodash, version: "1.0.0", page_token: pageTokenAfter(versionOne, "") }, "invalid cursor"],
    [{ package: lodash, version: "1.0.0", page_token: pageTokenAfter(versionOne, "a\0b") }, "invalid cursor"],
    [{ package: lodash, page_token: START_TOKEN, pageToken: START_TOKEN }, "page_token: expected it once"],
    [{ package: lodash, versoin: "1.0.0" }, 'unknown field "versoin"'],
    [{ package: { ...lodash, version: "1.0.0" } }, 'unknown field "package.version"'],
    [{ package: lodash, constructor: "x" }, 'unknown field "constructor"'],
    [{ package: lodash, version: 1 }, "version: expected a string"],
    [{ package: { ...lodash, name: ["lodash"] } }, "package.name: expected a string"],
    [{ package: "lodash" }, "package: expected an object"],
  ];
  for (const [body, message] of refused) {
    it(`refuses ${JSON.stringify(body)?.slice(0, 90)} with ${message}`, () => {
      assert.throws(() => readOsvQuery(body), { code: "input-invalid", message });
    });
  }
});

describe("a batch of the OSV API", () => {
  it("takes up to a thousand queries, in order", () => {
    const queries = Array.from({ length: 1000 }, (_, index) => ({ package: lodash, version: `${index}.0.0` }));
    assert.deepEqual(
      readOsvBatch({ queries }),
      queries.map(({ version }) => asked(version)),
    );
  });

  it("keeps in mind that no purl names its source package, until one of the same ecosystem does", () => {
    const query = (purl: string): Json => ({ package: { purl } });
    const silent = query("pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12");
    const naming = query("pkg:deb/debian/libpam0g@1.5.2-6?distro=debian-12&upstream=pam");
    const source = query("pkg:deb/debian/openssl@3.0.11-1?arch=source&distro=debian-12");
    const alpine = query("pkg:apk/alpine/libcrypto3@3.1.4-r5?upstream=openssl");
    const sourcesOf = (...queries: readonly Json[]): readonly unknown[] =>
      readOsvBatch({ queries }).map((each) => (each.kind === "package" ? each.source : each.kind));
    assert.deepEqual(sourcesOf(silent, source, alpine), ["unstated", undefined, "stated"]);
    assert.deepEqual(sourcesOf(silent, naming), [undefined, "stated"]);
    const alone = readOsvQuery(silent);
    assert.equal(alone.kind === "package" ? alone.source : undefined, "unstated");
  });

  it("takes one without queries", () => {
    assert.deepEqual(
      [readOsvBatch(undefined), readOsvBatch({}), readOsvBatch({ queries: [] }), readOsvBatch({ queries: null })],
      [[], [], [], []],
    );
  });

  const refused: readonly (readonly [title: string, body: Json, message: string])[] = [
    ["more than a thousand, whatever is in them", { queries: Array.from({ length: 1001 }, () => null) }, "too many queries"],
    [
      "the first bad query, by its index",
      { queries: [{ package: lodash }, { commit: "" }, null] },
      "error in query at index 1: invalid hash",
    ],
    ["a query that is null", { queries: [null] }, "error in query at index 0: no query provided"],
    ["a misspelt field", { query: [] }, 'unknown field "query"'],
    ["queries that are no list", { queries: { package: lodash } }, "queries: expected a list"],
    ["a list instead of an object", [{ package: lodash }], "invalid query"],
  ];
  for (const [title, body, message] of refused) {
    it(`refuses ${title}`, () => assert.throws(() => readOsvBatch(body), { code: "input-invalid", message }));
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { readSearchText } from "./search-text.ts";

test("nothing is asked by an empty text", () => {
  for (const text of [undefined, "", "  ", "\0"]) assert.equal(readSearchText(text), undefined);
});

test("a package and a version are told from words", () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["lodash 4.17.15", "lodash at 4.17.15"],
    ["  lodash   4.17.15  ", "lodash at 4.17.15"],
    ["lodash@4.17.15", "lodash at 4.17.15"],
    ["@babel/core@7.0.0", "@babel/core at 7.0.0"],
    ["@babel/core v7.0.0-rc.1+b", "@babel/core at v7.0.0-rc.1+b"],
    ["lodash", undefined],
    ["@babel/c0re", undefined],
    ["log4j rce", undefined],
    ["remote code execution 2", undefined],
    ["CVE-2020-8203", undefined],
    ["4.17.15", undefined],
  ];
  for (const [text, expected] of cases) {
    const read = readSearchText(text);
    assert.equal(read?.kind, "words", text);
    const found = read?.kind === "words" ? read.packageVersion : undefined;
    assert.equal(found === undefined ? undefined : `${found.name} at ${found.version}`, expected, text);
  }
});

test("an id is looked for in the spellings that sources use", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["cve-2020-8203", ["cve-2020-8203", "CVE-2020-8203"]],
    ["CVE-2020-8203", ["CVE-2020-8203"]],
    ["ghsa-P6MC-m468-83gw", ["ghsa-P6MC-m468-83gw", "GHSA-P6MC-M468-83GW", "GHSA-p6mc-m468-83gw"]],
    ["two words", []],
  ];
  for (const [text, ids] of cases) {
    const read = readSearchText(text);
    assert.deepEqual(read?.kind === "words" && read.ids, ids, text);
  }
});

test("a package URL names a package in OSV's words, and one that names none is refused", () => {
  assert.deepEqual(readSearchText("pkg:npm/%40babel/core@7.0.0"), {
    kind: "package",
    ecosystem: "npm",
    name: "@babel/core",
    version: "7.0.0",
  });
  assert.deepEqual(readSearchText("PKG:npm/lodash"), { kind: "package", ecosystem: "npm", name: "lodash", version: undefined });
  for (const text of ["pkg:", "pkg:npm", "pkg:docker/alpine@3"])
    assert.throws(() => readSearchText(text), { code: "input-invalid", place: "query.text" }, text);
});

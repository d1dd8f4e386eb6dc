import assert from "node:assert/strict";
import { test } from "node:test";
import { namedVersion, packagePath, searchTarget } from "./search-target.ts";

const targets: readonly (readonly [string, string])[] = [
  ["", "/vulnerabilities"],
  ["CVE-2020-8203", "/vulnerabilities/CVE-2020-8203"],
  ["cve-2020-8203", "/vulnerabilities/CVE-2020-8203"],
  ["GHSA-P6MC-m468-83gw", "/vulnerabilities/GHSA-p6mc-m468-83gw"],
  ["MAL-2025-4711", "/vulnerabilities/MAL-2025-4711"],
  ["cwe-1321", "/vulnerabilities?cwe=CWE-1321"],
  ["lodash 4.17.15", "/vulnerabilities?text=lodash%204.17.15"],
  ["a&b=c", "/vulnerabilities?text=a%26b%3Dc"],
];
for (const [text, expected] of targets)
  test(`searching ${JSON.stringify(text)} leads to ${expected}`, () => assert.equal(searchTarget(text), expected));

const versions: readonly (readonly [string, { readonly name: string; readonly version: string } | undefined])[] = [
  ["lodash 4.17.15", { name: "lodash", version: "4.17.15" }],
  ["lodash@4.17.15", { name: "lodash", version: "4.17.15" }],
  ["@babel/core@7.0.0", { name: "@babel/core", version: "7.0.0" }],
  ["pkg:npm/%40babel/core@7.0.0?x=y", { name: "@babel/core", version: "7.0.0" }],
  ["lodash", undefined],
  ["prototype pollution", undefined],
];
for (const [text, expected] of versions) {
  test(`${JSON.stringify(text)} names ${expected === undefined ? "no version" : JSON.stringify(expected)}`, () =>
    assert.deepEqual(namedVersion(text), expected));
}

test("a package's path keeps the slashes of its name and nothing else unescaped", () => {
  assert.equal(packagePath("npm", "@babel/core", "7.0.0+x"), "/packages/npm/%40babel/core?version=7.0.0%2Bx");
  assert.equal(packagePath("Red Hat", "a?b"), "/packages/Red%20Hat/a%3Fb");
});

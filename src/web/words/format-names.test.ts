import assert from "node:assert/strict";
import { test } from "node:test";
import { namesToShow } from "./format-names.ts";

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["Cargo.lock, versions 1–4", ["cargo.lock"], []],
  ["uv.lock, version 1", ["uv.lock", "*.py.lock"], ["*.py.lock"]],
  ["dpkg status", ["dpkg/status", "dpkg/status.d/*", "!*.md5sums"], ["dpkg/status", "dpkg/status.d/*"]],
  ["CycloneDX 1.2–1.7 JSON", ["bom.json", "*.cdx.json"], ["bom.json", "*.cdx.json"]],
];
for (const [title, names, expected] of cases)
  test(`beside “${title}” stand ${JSON.stringify(expected)}`, () => assert.deepEqual(namesToShow(title, names), expected));

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { MAX_OS_RELEASE_BYTES, readOsRelease } from "./os-release.ts";

const read = (...lines: readonly string[]) => readOsRelease(new TextEncoder().encode(lines.join("\n")));

test("the system, its number and its code name are read, quoted or not", () => {
  assert.deepEqual(readOsRelease(readFileSync(join(import.meta.dirname, "testdata/os-release"))), {
    id: "sample",
    versionId: "12",
    codename: "brook",
  });
  assert.deepEqual(read("ID='alpine'", 'VERSION_ID="3.\\"18"', "VERSION_CODENAME=", "ID=later"), {
    id: "later",
    versionId: undefined,
    codename: undefined,
  });
});

test("what does not say which system it is, is none", () => {
  for (const lines of [[""], ["NAME=x"], ["ID="], ["ID=../x"], ["ID=a b"], ["id=debian"], ["ID"], [`ID=${"x".repeat(200)}`]])
    assert.equal(read(...lines), undefined, lines.join("|").slice(0, 40));
});

test("what is no text, or longer than any, is refused", () => {
  assert.throws(() => readOsRelease(new Uint8Array([0x49, 0xff])), { code: "document-invalid" });
  assert.throws(() => readOsRelease(new Uint8Array(MAX_OS_RELEASE_BYTES + 1)), { code: "document-too-large" });
});

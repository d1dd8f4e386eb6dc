import assert from "node:assert/strict";
import { test } from "node:test";

import { readText } from "./read-text.ts";

test("a document is its text, without a byte order mark", () => {
  assert.equal(readText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xc3, 0xa9, 0x0a), 10), "a\u00e9\n");
  assert.equal(readText(new Uint8Array(), 0), "");
});

test("bytes that are not UTF-8, and too many of them, are refused", () => {
  assert.throws(() => readText(Uint8Array.of(0x61, 0xff), 10), { code: "document-invalid", place: "byte 1", message: /found byte ff/ });
  assert.throws(() => readText(Uint8Array.of(0x61, 0xc3), 10), { code: "document-invalid", place: "byte 1" });
  assert.throws(() => readText(new Uint8Array(11), 10), { code: "document-too-large", message: /at most 10 bytes, found 11/ });
});

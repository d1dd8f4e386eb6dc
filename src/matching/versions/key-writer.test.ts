import assert from "node:assert/strict";
import { test } from "node:test";

import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { compareKeys, KeyWriter, MAX_KEY_BYTES, NO_END, NO_START, successorOf } from "./key-writer.ts";

test("a number is one byte up to 127, then a length and its bytes, then a count and its digits", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["0", "20"],
    ["127", "9f"],
    ["128", "a080"],
    ["255", "a0ff"],
    ["256", "a10100"],
    ["65535", "a1ffff"],
    ["16777216", "a301000000"],
    ["4294967296", "a40100000000"],
    ["99999999999999", "a55af3107a3fff"],
    ["100000000000000", "a6000f313030303030303030303030303030"],
    ["0000000000000000000007", "27"],
    ["000", "20"],
  ];
  for (const [digits, expected] of cases) assert.equal(Buffer.from(numberKey(digits)).toString("hex"), expected, digits);
});

test("numbers of any length are ordered by value", () => {
  const random = seededRandom(20_260_826);
  for (let pair = 0; pair < 2000; pair++) {
    const a = digits();
    const b = random.oneIn(10) ? `0${a}` : digits();
    const byValue = BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
    assert.equal(Math.sign(compareKeys(numberKey(a), numberKey(b))), byValue, `${a} and ${b}`);
  }

  function digits(): string {
    return Array.from({ length: 1 + random.below(random.pick([2, 4, 17, 40])) }, () => random.below(10)).join("");
  }
});

test("text is its UTF-8, closed so that a word sorts below the words that it begins", () => {
  assert.equal(Buffer.from(textKey("ab")).toString("hex"), "616200");
  assert.equal(Buffer.from(textKey("aé日𝟛")).toString("hex"), "61c3a9e697a5f09d9f9b00");
  assert.ok(compareKeys(textKey("ab"), textKey("abc")) < 0);
  assert.ok(compareKeys(textKey("\uffee"), textKey("𝟛")) < 0, "by code point, not by UTF-16 unit");
});

test("a key over the cap overflows and never grows", () => {
  for (const write of [
    (out: KeyWriter) => out.text("a".repeat(MAX_KEY_BYTES)),
    (out: KeyWriter) => out.text("é".repeat(MAX_KEY_BYTES / 2)),
    (out: KeyWriter) => out.number("9".repeat(MAX_KEY_BYTES)),
  ]) {
    const out = new KeyWriter();
    write(out);
    assert.equal(out.overflowed, true);
    assert.ok(out.length <= MAX_KEY_BYTES);
    out.reset();
    out.byte(0x20);
    assert.equal(out.overflowed, false);
    assert.deepEqual(out.key(), Uint8Array.of(0x20));
  }
});

test("nothing lies between a key and its successor, and every key lies between the start and the end", () => {
  const key = textKey("a");
  const next = successorOf(key);
  assert.ok(compareKeys(key, next) < 0);
  for (const other of [Uint8Array.of(...key, 0, 0), Uint8Array.of(...key, 1), Uint8Array.of(0x62)]) assert.ok(compareKeys(next, other) < 0);
  for (const any of [key, next, numberKey("0"), Uint8Array.of(0xfe, 0xff, 0xff)]) {
    assert.ok(compareKeys(NO_START, any) < 0);
    assert.ok(compareKeys(any, NO_END) < 0);
  }
});

function numberKey(digits: string): Uint8Array {
  const out = new KeyWriter();
  out.number(digits);
  return out.key();
}

function textKey(text: string): Uint8Array {
  const out = new KeyWriter();
  out.text(text);
  return out.key();
}

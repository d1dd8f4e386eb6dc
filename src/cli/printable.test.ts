import assert from "node:assert/strict";
import { test } from "node:test";
import { printable, printableLine, printableTexts } from "./printable.ts";

const UNPRINTABLE = [
  ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).filter((text) => text !== "\n" && text !== "\t"),
  "\u007f",
  ...Array.from({ length: 32 }, (_, index) => String.fromCharCode(0x80 + index)),
  ..."\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
];

test("what moves the cursor, recolours, reorders or breaks lines becomes a replacement mark", () => {
  for (const text of UNPRINTABLE) assert.equal(printable(`a${text}b`), "a\uFFFDb", `U+${text.charCodeAt(0).toString(16)}`);
  assert.equal(printable("a\nb\tc"), "a\nb\tc");
  assert.equal(printableLine("a\nb\tc\u001b[2J"), "a\uFFFDb\uFFFDc\uFFFD[2J");
});

test("text that people write stays as it is", () => {
  for (const text of ["@babel/core", "日本語", "émoji \u{1F600}", "Ω≤[1.0, 2.0)", "", "a\u200db"]) assert.equal(printableLine(text), text);
});

test("every text of plain data is made printable, and nothing else is touched", () => {
  const data = { a: "x\u001b", b: ["y\n", { c: "z" }], d: 1, e: true, f: null, g: undefined, h: [] };
  assert.deepEqual(printableTexts(data), { a: "x\uFFFD", b: ["y\uFFFD", { c: "z" }], d: 1, e: true, f: null, g: undefined, h: [] });
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { type CodedError, isCodedError } from "../vocabulary/coded-error.ts";
import { readToml, TOML_LIMITS, type TomlLimits } from "./read-toml.ts";

const limits: TomlLimits = { maxBytes: 2000, maxDepth: 5, maxValues: 40 };

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function read(text: string, bounds = limits): unknown {
  return JSON.parse(JSON.stringify(readToml(bytesOf(text), bounds)));
}

function refusalOf(bytes: Uint8Array, bounds = limits): CodedError {
  try {
    readToml(bytes, bounds);
  } catch (error) {
    assert.ok(isCodedError(error), `expected a CodedError, found ${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: "expected a refusal" });
}

test("every kind of value becomes what JSON has for it, a date its text", () => {
  const text = `a = [1, -0.5, true, "ü\\u00e9\\"", 'x\\n']\nb.c = { d = "e" }\n[[t]]\nn = """\nx\ny"""\n[[t]]\nat = 1979-05-27T07:32:00Z\nday = [1979-05-27]\n`;
  assert.deepEqual(read(text), {
    a: [1, -0.5, true, 'üé"', "x\\n"],
    b: { c: { d: "e" } },
    t: [{ n: "x\ny" }, { at: "1979-05-27T07:32:00.000Z", day: ["1979-05-27"] }],
  });
});

test("a byte order mark, line ends of either kind, and a document of nothing are accepted", () => {
  assert.deepEqual(readToml(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0x3d, 0x31), limits)["a"], 1);
  assert.deepEqual(read("a = 1\r\n# x\r\n[b]\r\n"), { a: 1, b: {} });
  assert.deepEqual(read(""), {});
});

test("a text that is not TOML is refused with its line, its column, what was expected and what is there", () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["a", "1:1", /^Expected TOML \(.*end of key\), found "a"$/],
    ["a =", "1:4", /found the end$/],
    ["a = 1\nb = [1,,2]", "2:8", /^Expected TOML \(invalid value\), found ","$/],
    ['a = "x', "1:5", /unfinished string/],
    ["a = 1 b = 2", "1:7", /end-of-line\), found "b"$/],
    ["[a", "1:2", /found "a"$/],
    ["{}", "1:1", /illegal character in key\), found "\{"$/],
    ['a = "\u0001"', "1:6", /found character U\+0001$/],
    ["a = 9007199254740993", "1:5", /^Expected TOML/],
    ["a = 2020-13-45", "1:5", /invalid date/],
    ["<html></html>", "1:1", /found "<"$/],
  ];
  for (const [text, place, message] of cases) {
    const error = refusalOf(bytesOf(text));
    assert.deepEqual([error.code, error.place], ["document-invalid", place], text);
    assert.match(error.message, message, text);
    assert.ok(!error.message.includes("\n"), text);
  }
});

test("a key, a table or a list that stands twice is refused at the second", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["a = 1\na = 2", "2:1"],
    ["[a]\n[b]\n[a]", "3:2"],
    ["a = []\n[[a]]", "2:3"],
    ["a.b = 1\na.b.c = 2", "2:1"],
    ["[[a]]\n[a]", "2:2"],
    ["x = { a = 1, a = 2 }", "1:14"],
  ];
  for (const [text, place] of cases) {
    const error = refusalOf(bytesOf(text));
    assert.deepEqual([error.code, error.place], ["document-invalid", place], text);
    assert.match(error.message, /redefine/, text);
  }
});

test("bytes that are not UTF-8 are refused with the place of the first of them", () => {
  for (const [bytes, place] of [
    [[0x61, 0x3d, 0x22, 0xff, 0x22], "byte 3"],
    [[0x23, 0xed, 0xa0, 0x80], "byte 1"],
    [[0xff, 0xfe, 0x61, 0x00], "byte 0"],
  ] as const) {
    const error = refusalOf(Uint8Array.from(bytes));
    assert.deepEqual([error.code, error.place], ["document-invalid", place]);
  }
});

test("nesting of lists, of tables in a line, of dotted keys and of headers has one bound, and none exhausts the stack", () => {
  assert.deepEqual(read("a.b.c.d.e = 1"), { a: { b: { c: { d: { e: 1 } } } } });
  const count = 400_000;
  const deep = [
    `a = ${"[".repeat(count)}`,
    `a = ${"[".repeat(count)}${"]".repeat(count)}`,
    `a = ${"{a=".repeat(count)}`,
    `${"a.".repeat(count)}a = 1`,
    `${'"a".'.repeat(count)}a = 1`,
    `[${"a.".repeat(count)}a]`,
    `[[${"a . ".repeat(count)}a]]`,
  ];
  for (const text of deep) {
    for (const bounds of [{ ...limits, maxBytes: 4_000_000, maxValues: 4_000_000 }, TOML_LIMITS]) {
      const error = refusalOf(bytesOf(text), bounds);
      assert.equal(error.code, "document-invalid", text.slice(0, 20));
    }
  }
  // Each way stays under the bound by itself.
  assert.match(refusalOf(bytesOf("[a.b.c.d]\ne.f.g = { h = 1 }")).message, /at most 5 levels/);
  assert.match(refusalOf(bytesOf("a = [[[{ b.c.d = 1 }]]]")).message, /at most 5 levels/);
});

test("a document with too many bytes, values, lines or escapes is refused as too large before it is parsed", () => {
  assert.equal(refusalOf(new Uint8Array(2001)).code, "document-too-large");
  const cases = [
    "\n".repeat(60),
    `a = [${"1,".repeat(60)}]`,
    `a = ["""x"""", ${"1,".repeat(60)}]`,
    `a = ['''x''''', ${"1,".repeat(60)}]`,
    `a = """${"\n".repeat(60)}"""`,
    `a = """${"\\\n".repeat(60)}"""`,
    `a = "${"\\t".repeat(60)}"`,
    Array.from({ length: 60 }, (_, index) => `k${index}=1`).join("\n"),
    "[[a]]\n".repeat(60),
    Array.from({ length: 60 }, (_, index) => `"\\u0061${index}" = 1`).join("\n"),
  ];
  for (const text of cases) assert.equal(refusalOf(bytesOf(text)).code, "document-too-large", text.slice(0, 30));
  const uncounted = [
    `a = "${"[,.=".repeat(60)}"`,
    `# ${"[,.=".repeat(60)}`,
    `a = '${"\\".repeat(60)}'`,
    `a = '''${"[,.='' ".repeat(60)}'''`,
  ];
  for (const text of uncounted) assert.doesNotThrow(() => readToml(bytesOf(text), limits), text.slice(0, 30));
});

test("a key named __proto__ is data and changes no prototype", () => {
  for (const text of [
    "__proto__.polluted = true\nconstructor = 1",
    "[__proto__]\npolluted = true\n[constructor]\nprototype = 1",
    "[[__proto__]]\npolluted = true\n[constructor.prototype]\npolluted = true",
    '"__proto__" = { polluted = true }\nconstructor = { "__proto__" = { polluted = true } }',
  ]) {
    assert.deepEqual(Object.keys(readToml(bytesOf(text), limits)), ["__proto__", "constructor"], text);
    assert.equal(Object.hasOwn(Object.prototype, "polluted"), false, text);
  }
});

test("a document cut off inside a value is refused and never read as something shorter", () => {
  const whole = bytesOf('a = [1, { b = "c\\u00e9ü" }, """x"""]');
  for (let length = 1; length < whole.length; length++) {
    assert.equal(refusalOf(whole.subarray(0, length)).code, "document-invalid", `cut at ${length}`);
  }
});

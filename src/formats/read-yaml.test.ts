import assert from "node:assert/strict";
import { test } from "node:test";

import { type CodedError, isCodedError } from "../vocabulary/coded-error.ts";
import type { Json } from "../vocabulary/json.ts";
import { readYaml, readYamlDocuments, YAML_LIMITS, type YamlLimits } from "./read-yaml.ts";

const limits: YamlLimits = { maxBytes: 4000, maxDepth: 5, maxTokens: 500 };

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function read(text: string, within: YamlLimits = limits): Json {
  return readYaml(bytesOf(text), within);
}

function refusalOf(text: string | Uint8Array, within: YamlLimits = limits): CodedError {
  try {
    readYaml(typeof text === "string" ? bytesOf(text) : text, within);
  } catch (error) {
    assert.ok(isCodedError(error), `expected a CodedError, found ${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: `expected a refusal of ${JSON.stringify(text).slice(0, 100)}` });
}

function assertRefused(cases: readonly (readonly [text: string, place: string, message: string])[], within?: YamlLimits): void {
  for (const [text, place, message] of cases) {
    const error = refusalOf(text, within);
    assert.deepEqual([error.code, error.place, error.message], ["document-invalid", place, message], text.slice(0, 100));
  }
}

test("mappings, sequences and scalars in block and in flow form are read", () => {
  const cases: readonly (readonly [string, Json])[] = [
    ["a: b\nc:\n  d: e\n  f:\n    - g\n    - h: i\n      j: k\n", { a: "b", c: { d: "e", f: ["g", { h: "i", j: "k" }] } }],
    ["a:\n- b\n-\n  c: d\n- - e\n", { a: ["b", { c: "d" }, ["e"]] }],
    ["{a: b, 'c, d': [e, \"f\\n\\u00e9\"], g: {}, h: []}", { a: "b", "c, d": ["e", "f\né"], g: {}, h: [] }],
    ["'@scope/it''s@1': x # comment\n# another\n\"@b/c@npm:^1\": y", { "@scope/it's@1": "x", "@b/c@npm:^1": "y" }],
    ["a: b c\n  d\n\n  e\n", { a: "b c d\ne" }],
    ["a: |-\n  b\n    c\nd: >-\n  e\n  f\n", { a: "b\n  c", d: "e f" }],
    [`? ${"k".repeat(1100)}\n: v\n`, { ["k".repeat(1100)]: "v" }],
    ["---\r\na: b\r\n...\r\n", { a: "b" }],
    ["\ufeffa: b", { a: "b" }],
    ["https://x.test/a?b#c: d:e", { "https://x.test/a?b#c": "d:e" }],
    ['{"json": ["is", {"yaml": "too"}]}', { json: ["is", { yaml: "too" }] }],
  ];
  for (const [text, value] of cases) assert.deepEqual(read(text), value, text);
});

test("a scalar is its text, whatever it looks like, and null where nothing is written", () => {
  assert.deepEqual(read("a: 1.10\nb: true\nc: 2021-01-01\nd: 0x1f\ne: null\nf: ~\ng: 1e999\nh:\ni: ''\nj: 012\n"), {
    a: "1.10",
    b: "true",
    c: "2021-01-01",
    d: "0x1f",
    e: "null",
    f: "~",
    g: "1e999",
    h: null,
    i: "",
    j: "012",
  });
});

test("a text that is not YAML is refused with its line and column, what was expected and what is there", () => {
  for (const [text, place, found] of [
    ["a: [b", "1:6", "the end"],
    ['a: "b\n', "2:1", "the end"],
    ["a: b\n c: d", "1:4", '"b"'],
    ["a:\n  b: c\n d: e", "3:1", "character U+0020"],
    ["a:\n\t- b", "2:1", "character U+0009"],
    ["a: ]", "1:4", '"]"'],
    ["a: }\n}", "1:4", '"}"'],
    ['\n"\\q"', "2:2", String.raw`"\"`],
    ['"\\U00110000"', "1:2", String.raw`"\"`],
    ["a: @b", "1:4", '"@"'],
    ["a: 1\n- b", "2:1", '"-"'],
    ["a: [,]", "1:5", '","'],
    ["a b\n c: d", "1:1", '"a"'],
  ] as const) {
    const error = refusalOf(text);
    assert.deepEqual([error.code, error.place], ["document-invalid", place], text);
    assert.match(error.message, /^Expected YAML \(.+\), found /, text);
    assert.ok(error.message.endsWith(`found ${found}`), `${text}: ${error.message}`);
  }
});

test("bytes that are not UTF-8, and too many of them, are refused", () => {
  assert.equal(refusalOf(Uint8Array.of(0x61, 0xff)).place, "byte 1");
  assert.equal(refusalOf(new Uint8Array(4001)).code, "document-too-large");
});

test("no document, and one of comments, are refused; an empty one is null", () => {
  assertRefused([
    ["", "1:1", "Expected a YAML document, found none"],
    ["# a\n\n# b\n", "1:1", "Expected a YAML document, found none"],
  ]);
  assert.equal(read("---\n"), null);
});

test("a second document is refused where one is expected", () => {
  assertRefused([
    ["a: b\n---\nc: d\n", "2:1", "Expected one YAML document, found another"],
    ["a: b\n...\nc: d\n", "3:1", "Expected one YAML document, found another"],
    ["---\n".repeat(900), "2:1", "Expected one YAML document, found another"],
  ]);
});

test("several documents are read where they are expected, and no more than stated", () => {
  assert.deepEqual(readYamlDocuments(bytesOf("---\na: b\n---\nc: d\n"), limits, 2), [{ a: "b" }, { c: "d" }]);
  assert.deepEqual(readYamlDocuments(bytesOf("# nothing\n"), limits, 2), []);
  assert.throws(() => readYamlDocuments(bytesOf("a\n---\nb\n---\nc"), limits, 2), {
    place: "4:1",
    message: "Expected at most 2 YAML documents, found another",
  });
});

test("anchors and aliases are refused, so that no alias can unfold", () => {
  const bomb = `a: &a [x, x]\n${Array.from({ length: 20 }, (_, index) => `k${index}: &k${index} [*a, *a]`).join("\n")}\n`;
  assertRefused([
    [bomb, "1:4", 'Expected YAML without anchors, found "&"'],
    ["a: *a", "1:4", 'Expected YAML without aliases, found "*"'],
    ["&a b: c", "1:1", 'Expected YAML without anchors, found "&"'],
    ["*a : b", "1:1", 'Expected YAML without aliases, found "*"'],
    ["a: [b, *c]", "1:8", 'Expected YAML without aliases, found "*"'],
    ["--- &a\nb: c", "1:5", 'Expected YAML without anchors, found "&"'],
    ["- &a\n", "1:3", 'Expected YAML without anchors, found "&"'],
  ]);
});

test("tags and directives are refused, the standard ones too", () => {
  assertRefused([
    ["a: !!js/function 'x'", "1:4", 'Expected YAML without tags, found "!"'],
    ["a: !custom {b: c}", "1:4", 'Expected YAML without tags, found "!"'],
    ["!!map\na: b", "1:1", 'Expected YAML without tags, found "!"'],
    ["a: !!str b", "1:4", 'Expected YAML without tags, found "!"'],
    ["a:\n  - ! b", "2:5", 'Expected YAML without tags, found "!"'],
    ["!x a: b", "1:1", 'Expected YAML without tags, found "!"'],
    ["%YAML 1.1\n---\na: b", "1:1", 'Expected YAML without directives, found "%"'],
    ["%TAG ! tag:example.org,2000:\n---\na: b", "1:1", 'Expected YAML without directives, found "%"'],
  ]);
});

test("merge keys are refused, and a quoted << is a key like any other", () => {
  assertRefused([
    ["<<: {a: b}", "1:1", 'Expected YAML without merge keys, found "<"'],
    ["a:\n  <<: [{}]\n", "2:3", 'Expected YAML without merge keys, found "<"'],
  ]);
  assert.deepEqual(read("'<<': a"), { "<<": "a" });
});

test("a key that stands there twice is refused, in whatever quotes", () => {
  assertRefused([
    ["a: 1\nb: 2\na: 3", "3:1", 'Expected each key once, found "a"'],
    ["x: {a: 1, 'a': 2}", "1:11", 'Expected each key once, found "a"'],
    ['__proto__: 1\n"__proto__": 2', "2:1", 'Expected each key once, found "__proto__"'],
  ]);
});

test("a key that is not text is refused", () => {
  assertRefused([
    ["[a]: b", "1:1", 'Expected a key that is text, found "["'],
    ["? {a: b}\n: c", "1:3", 'Expected a key that is text, found "{"'],
    ["? - a\n: b", "1:3", 'Expected a key that is text, found "-"'],
    [": a", "1:1", 'Expected a key that is text, found ":"'],
  ]);
  assert.deepEqual(read("1: a\ntrue: b\nnull: c\n'': d"), { "1": "a", true: "b", null: "c", "": "d" });
});

test("a key named __proto__ is data and changes no prototype", () => {
  const value = read("__proto__:\n  polluted: yes\nconstructor: {prototype: {polluted: yes}}\n");
  assert.deepEqual(Object.keys(value as object), ["__proto__", "constructor"]);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
});

test("nesting beyond the limit is refused with the place of the first level too many, brackets in texts not counted", () => {
  assert.deepEqual(read("[[[[[]]]]]"), [[[[[]]]]]);
  assert.deepEqual(read("- - - - - a"), [[[[["a"]]]]]);
  assert.deepEqual(read("a:\n b:\n  c:\n   d:\n    e: f"), { a: { b: { c: { d: { e: "f" } } } } });
  assert.deepEqual(read("a: '[[[[[[[['\nb: \"{{{{{{{{\"\nc: x [[[[[[[[\nd: |\n  [[[[[[[[\n- - - - - - - -\n".slice(0, -16)), {
    a: "[[[[[[[[",
    b: "{{{{{{{{",
    c: "x [[[[[[[[",
    d: "[[[[[[[[\n",
  });
  const message = "Expected at most 5 levels of nesting, found more";
  assertRefused([
    ["[[[[[[]]]]]]", "1:6", message],
    ["a: {b: {c: {d: {e: {f: g}}}}}", "1:20", message],
    ["- - - - - - a", "1:11", message],
    ["? ? ? ? ? ? a", "1:11", message],
    ["a:\n b:\n  c:\n   d:\n    e:\n     f: g", "6:6", message],
    ["'x':\n  - [[[[a]]]]\n", "2:8", message],
  ]);
});

/** Some 10,000 calls in one another are the end of the stack. */
const LEVELS = process.env["SLUICE_SOAK"] === undefined ? 20_000 : 100_000;

test(`${LEVELS} levels of each kind end in a refusal and not in the end of the stack`, () => {
  const kinds = ["[", "{", "{a: ", "[a: ", "- ", "? ", "- ? ", "? - ", "a: ", ": ", "{? ", "[{", "a: [\n", "- [", "? {", "&a ", "!a ", '"'];
  const withoutBrackets = ["a: b ", "a: [] ", "a: {b: c} ", "a: [,] ", "? ", ": ", "a: b\n", "a: [\n] "];
  const inFlow = ["{", "[", "x: {", "- ["].flatMap((open) => withoutBrackets.map((kind) => open + kind.repeat(LEVELS)));
  const byLine = ["  a: b: c\n", '  a: b"":\n', "  - a: b: c\n", "  a: {b: c}: d\n"].map((line) => `x:\n${line.repeat(LEVELS)}`);
  for (const deep of [...kinds.map((kind) => kind.repeat(LEVELS)), ...inFlow, ...byLine]) {
    const error = refusalOf(deep, YAML_LIMITS);
    assert.ok(isCodedError(error, "document-invalid", "document-too-large"), deep.slice(0, 20));
  }
  const staircase = Array.from({ length: 1500 }, (_, depth) => `${" ".repeat(depth)}a:\n`).join("");
  assert.equal(refusalOf(staircase, YAML_LIMITS).place, `${YAML_LIMITS.maxDepth + 1}:${YAML_LIMITS.maxDepth + 1}`);
});

test("a document with too many tokens is refused as too large before it is built", () => {
  for (const text of [`[${"a,".repeat(400)}]`, "a:\n".repeat(400), "\n".repeat(1200), "# x\n".repeat(400), "- a\n".repeat(300)]) {
    assert.equal(refusalOf(text).code, "document-too-large", text.slice(0, 10));
  }
});

test("the first of a million faults ends the reading", () => {
  for (const [text, place] of [
    [`"${"\\q".repeat(1_000_000)}"`, "1:2"],
    ["]".repeat(1_000_000), "1:1"],
    [`[${",".repeat(1_000_000)}]`, "1:3"],
  ] as const) {
    assert.equal(refusalOf(text, YAML_LIMITS).place, place);
  }
});

test("thirty thousand keys of one mapping are read", () => {
  const count = 30_000;
  const value = read(Array.from({ length: count }, (_, index) => `/p/${index}.0.0:\n  dev: true\n`).join(""), YAML_LIMITS);
  assert.equal(Object.keys(value as object).length, count);
});

test("a document cut off anywhere is refused or a shorter document, and nothing else is thrown", () => {
  const whole = bytesOf('a: \'b\'\n"c":\n  - {d: e, f: [g]}\n  - |-\n    h\n? i\n: "\\u00e9ü"\n');
  for (let length = 0; length < whole.length; length++) {
    try {
      readYaml(whole.subarray(0, length), limits);
    } catch (error) {
      assert.ok(isCodedError(error, "document-invalid"), `cut at ${length}: ${error}`);
    }
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type CodedError, isCodedError } from "../vocabulary/coded-error.ts";
import { readJson, type JsonLimits } from "./read-json.ts";

const limits: JsonLimits = { maxBytes: 1000, maxDepth: 5, maxValues: 20 };

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function refusalOf(bytes: Uint8Array): CodedError {
  try {
    readJson(bytes, limits);
  } catch (error) {
    assert.ok(isCodedError(error), `expected a CodedError, found ${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: "expected a refusal" });
}

test("JSON of every kind is read as JSON.parse reads it", () => {
  for (const text of [`{"a":[1,-0.5e3,true,false,null,"ü\\u00e9\\"\\\\"]}`, "7", ' "x" ', "[]", "{}", '{"a":{},"a":[]}']) {
    assert.deepEqual(readJson(bytesOf(text), limits), JSON.parse(text));
  }
});

test("a byte order mark before the document is accepted", () => {
  assert.deepEqual(readJson(Uint8Array.of(0xef, 0xbb, 0xbf, 0x5b, 0x5d), limits), []);
});

test("a text that is not JSON is refused with its line, its column, what was expected and what is there", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["", "1:1", "Expected a value, found the end"],
    ["  \n ", "2:2", "Expected a value, found the end"],
    ["<bom/>", "1:1", 'Expected a value, found "<"'],
    ["{", "1:2", "Expected a name in double quotes or }, found the end"],
    ['{"a"', "1:5", "Expected a colon, found the end"],
    ['{"a":}', "1:6", 'Expected a value, found "}"'],
    ['{"a":1', "1:7", "Expected a comma or }, found the end"],
    ['{"a":1,}', "1:8", 'Expected a name in double quotes, found "}"'],
    ["{'a':1}", "1:2", `Expected a name in double quotes or }, found "'"`],
    ["[1,]", "1:4", 'Expected a value, found "]"'],
    ["[1 2]", "1:4", 'Expected a comma or ], found "2"'],
    ["[1}", "1:3", 'Expected a comma or ], found "}"'],
    ["[\n1,\n  x]", "3:3", 'Expected a value, found "x"'],
    ["[01]", "1:3", 'Expected a comma or ], found "1"'],
    ["[1.]", "1:3", 'Expected a comma or ], found "."'],
    ["[.5]", "1:2", 'Expected a value or ], found "."'],
    ["[NaN]", "1:2", 'Expected a value or ], found "N"'],
    ["[] []", "1:4", 'Expected the end of the document, found "["'],
    ['["abc', "1:6", "Expected the closing quote of a string, found the end"],
    ['["a\nb"]', "1:4", "Expected no control character inside a string, found character U+000A"],
    ['["\\x"]', "1:4", 'Expected an escape that JSON has, found "x"'],
    ['["\\u12g4"]', "1:4", 'Expected an escape that JSON has, found "u"'],
    ['["\\', "1:4", "Expected an escape that JSON has, found the end"],
    ["[\u00a0]", "1:2", "Expected a value or ], found character U+00A0"],
    ["[😀]", "1:2", 'Expected a value or ], found "😀"'],
    ["// x\n{}", "1:1", 'Expected a value, found "/"'],
  ];
  for (const [text, place, message] of cases) {
    const error = refusalOf(bytesOf(text));
    assert.deepEqual([error.code, error.place, error.message], ["document-invalid", place, message], text);
  }
});

test("bytes that are not UTF-8 are refused with the place of the first of them", () => {
  const cases: readonly (readonly [readonly number[], string])[] = [
    [[0x22, 0xff, 0x22], "byte 1"],
    [[0x22, 0xc0, 0x80, 0x22], "byte 1"],
    [[0x22, 0xed, 0xa0, 0x80, 0x22], "byte 1"],
    [[0x22, 0xef, 0xbf, 0xbd, 0xf5, 0x22], "byte 4"],
    [[0x22, 0xe2, 0x82], "byte 1"],
    [[0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00], "byte 0"],
  ];
  for (const [bytes, place] of cases) {
    const error = refusalOf(Uint8Array.from(bytes));
    assert.deepEqual([error.code, error.place], ["document-invalid", place]);
    assert.match(error.message, /Expected UTF-8, found byte [0-9a-f]{2}/);
  }
});

test("nesting beyond the limit is refused before anything is parsed, brackets inside strings not counted", () => {
  assert.deepEqual(readJson(bytesOf("[[[[[]]]]]"), limits), [[[[[]]]]]);
  const error = refusalOf(bytesOf('["[[[[[[[[",[[[[[1]]]]]]'));
  assert.deepEqual([error.code, error.place], ["document-invalid", "byte 16"]);
  assert.equal(refusalOf(bytesOf("[".repeat(900))).place, "byte 5");
  assert.deepEqual(readJson(bytesOf('"\\"[[[[[[[[[[\\\\"'), limits), '"[[[[[[[[[[\\');
});

test("a document with too many bytes or values is refused as too large", () => {
  assert.equal(refusalOf(new Uint8Array(1001)).code, "document-too-large");
  assert.equal(refusalOf(bytesOf(`[${"0,".repeat(30)}0]`)).code, "document-too-large");
  assert.equal(refusalOf(bytesOf(`[${"[],".repeat(12)}0]`)).code, "document-too-large");
});

test("a member named __proto__ is data and changes no prototype", () => {
  const value = readJson(bytesOf('{"__proto__":{"polluted":true},"constructor":1}'), limits);
  assert.deepEqual(Object.keys(value as object), ["__proto__", "constructor"]);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
});

test("a document cut off anywhere is refused and never read as something shorter", () => {
  const whole = bytesOf('{"a":[1,{"b":"c\\u00e9ü"},true],"d":null}');
  for (let length = 0; length < whole.length; length++) {
    assert.equal(refusalOf(whole.subarray(0, length)).code, "document-invalid", `cut at ${length}`);
  }
});

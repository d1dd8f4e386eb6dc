import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../vocabulary/json.ts";
import type { Problem } from "../vocabulary/problem.ts";
import { asObject, optionalList, optionalObject, optionalText, readEach, requiredList, requiredText, textList } from "./json-reading.ts";

const parent: JsonObject = {
  text: "x",
  empty: "",
  none: null,
  number: 3,
  list: ["a", 1],
  texts: ["a", "b"],
  object: { a: 1 },
  "odd name": [],
};

test("a field of the wrong kind is refused with its place, what was expected and what is there", () => {
  const cases: readonly (readonly [() => unknown, string, RegExp])[] = [
    [() => asObject([], "top"), "top", /^Expected an object, found a list$/],
    [() => requiredText(parent, "missing", "top"), "top.missing", /^Expected a text that is not empty, found nothing$/],
    [() => requiredText(parent, "empty", "top"), "top.empty", /found ""$/],
    [() => requiredText({ text: "a\0b" }, "text", "top"), "top.text", /^Expected a text without the character U\+0000, found "a\\u0000b"$/],
    [() => optionalText({ text: "\0" }, "text", "top"), "top.text", /U\+0000/],
    [() => textList({ texts: ["a", "\0"] }, "texts", "top"), "top.texts[1]", /U\+0000/],
    [() => optionalText(parent, "number", "top"), "top.number", /^Expected a text, found 3$/],
    [() => optionalText({ "odd name": true }, "odd name", "top"), 'top["odd name"]', /found true$/],
    [() => optionalObject(parent, "list", ""), "list", /^Expected an object, found a list$/],
    [() => optionalList(parent, "object", "top"), "top.object", /^Expected a list, found an object$/],
    [() => requiredList(parent, "none", "top"), "top.none", /^Expected a list, found null$/],
    [() => textList(parent, "list", "top"), "top.list[1]", /^Expected a text, found 1$/],
    [() => textList({ list: "y".repeat(500) }, "list", "top"), "top.list", /^Expected a list, found "y{60}…"$/],
  ];
  for (const [read, place, message] of cases) {
    assert.throws(read, { name: "CodedError", code: "document-invalid", place, message });
  }
});

test("absent, null and empty are alike where a field may be missing", () => {
  for (const key of ["missing", "none", "empty"]) assert.equal(optionalText(parent, key, ""), undefined);
  for (const key of ["missing", "none"]) {
    assert.equal(optionalObject(parent, key, ""), undefined);
    assert.deepEqual(optionalList(parent, key, ""), []);
  }
  assert.deepEqual(textList(parent, "texts", ""), ["a", "b"]);
});

test("one bad entry of a list is kept aside with its place and the rest is read", () => {
  const problems: Problem[] = [];
  const read: string[] = [];
  readEach([{ name: "a" }, { name: 7 }, "b", { name: "c" }], "things", problems, (entry, place) => {
    read.push(requiredText(asObject(entry, place), "name", place));
  });
  assert.deepEqual(read, ["a", "c"]);
  assert.deepEqual(problems, [
    { place: "things[1].name", reason: "Expected a text that is not empty, found 7" },
    { place: "things[2]", reason: 'Expected an object, found "b"' },
  ]);
});

test("an error that is no refusal of the document is not swallowed", () => {
  assert.throws(() => readEach([1], "things", [], () => JSON.parse("{")), SyntaxError);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { asWord, linesOf } from "./text-lines.ts";

test("lines are told apart by either kind of end, and the last needs none", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["", [""]],
    ["a", ["a"]],
    ["a\nb\n", ["a", "b", ""]],
    ["a\r\n\r\nb", ["a", "", "b"]],
    ["\r", [""]],
    ["a\rb", ["a\rb"]],
  ];
  for (const [text, lines] of cases)
    assert.deepEqual(
      [...linesOf(text)].map((line) => line.text),
      lines,
      JSON.stringify(text),
    );
  assert.deepEqual([...linesOf("a\nb")][1], { text: "b", place: "line 2" });
});

test("a word has no spaces, no control characters and an end", () => {
  assert.equal(asWord("a/b@1", "line 1", "a name"), "a/b@1");
  for (const text of [undefined, "", "a b", "a\u0000", "a\u001bb", " ", "\u00a0", "x".repeat(1025)])
    assert.throws(() => asWord(text, "line 7", "a name"), { code: "document-invalid", place: "line 7" }, JSON.stringify(text));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { readCursor, writeCursor } from "./page-cursor.ts";

test("a cursor gives back the key it was made of, and fits a URL", () => {
  for (const key of [
    ["2026-01-01T00:00:00.000001Z", "SLU-1"],
    ["", "ü @/?&=#"],
  ] as const) {
    const cursor = writeCursor(key);
    assert.match(cursor, /^[\w-]*$/);
    assert.deepEqual(readCursor(cursor, ["", ""]), key);
  }
  assert.deepEqual(readCursor(writeCursor([7, "npm", "x"]), [0, "", ""]), [7, "npm", "x"]);
});

test("what is no cursor of the list is refused", () => {
  const cursors = [
    writeCursor(["a"]),
    writeCursor(["a", 1]),
    writeCursor(["a", "b", "c"]),
    writeCursor([1.5, "b"]),
    writeCursor(["a", "\0"]),
    "",
    "%",
    "e30",
    "bnVsbA",
    "WyJhIiwi",
  ];
  for (const cursor of cursors) assert.throws(() => readCursor(cursor, ["", ""]), { code: "input-invalid", place: "query.after" }, cursor);
  assert.throws(() => readCursor(writeCursor([1.5]), [0]), { code: "input-invalid" });
});

import assert from "node:assert/strict";
import test from "node:test";
import { CodedError } from "../vocabulary/coded-error.ts";
import { pageOf, readNamePosition, readTimePosition } from "./list-page.ts";
import { writeCursor } from "./page-cursor.ts";

const ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

test("a page says where the next one begins when there is a row more than it shows", () => {
  const rows = [3, 2, 1].map((atMs) => ({ atMs, id: ID }));
  const page = (limit: number) =>
    pageOf(
      rows,
      limit,
      ({ atMs }) => atMs,
      ({ atMs, id }) => [atMs, id],
    );

  const { rows: shown, next } = page(2);

  assert.deepEqual(shown, [3, 2]);
  assert.deepEqual(readTimePosition(next), { atMs: 2, id: ID });
  assert.deepEqual(page(3), { rows: [3, 2, 1] });
});

test("the first page has no position", () => {
  assert.equal(readTimePosition(undefined), undefined);
  assert.equal(readNamePosition(undefined), undefined);
});

for (const [what, key] of [
  ["an id that is none", [1, "x"]],
  ["a moment that no date has", [Number.MAX_SAFE_INTEGER, ID]],
  ["a moment that the database has not", [-8_640_000_000_000_000, ID]],
  ["a position of a list by name", ["a", ID]],
] as const) {
  test(`${what} is no cursor of a list by time`, () => {
    assert.throws(
      () => readTimePosition(writeCursor(key)),
      (error) => error instanceof CodedError && error.code === "input-invalid" && error.place === "query.after",
    );
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Column } from "./column.ts";
import { toCsv, toJson } from "./rows-file.ts";

type Row = { readonly id: string; readonly title: string; readonly score: number | undefined };

const cell = () => undefined;
const columns: readonly Column<Row>[] = [
  { id: "id", header: "Id", stacked: "name", cell, fileValue: (row) => row.id },
  { id: "title", header: "Title", stacked: "plain", cell, fileValue: (row) => row.title },
  { id: "score", header: "Score", stacked: "side", cell, fileValue: (row) => row.score },
];

const csv: readonly (readonly [string, Row, string])[] = [
  ["a comma or quote is quoted", { id: "A-1", title: 'one, "two"', score: 7.5 }, 'A-1,"one, ""two""",7.5'],
  ["a missing value is an empty field", { id: "A-2", title: "plain", score: undefined }, "A-2,plain,"],
  ["a title that a spreadsheet would run is made inert", { id: "A-3", title: "=1+1", score: 1 }, "A-3,'=1+1,1"],
  ["a negative number stays a number", { id: "A-4", title: "x", score: -1 }, "A-4,x,-1"],
];
for (const [title, row, expected] of csv) {
  test(`CSV: ${title}`, () => assert.equal(toCsv(columns, [row]), `id,title,score\r\n${expected}\r\n`));
}

test("JSON leaves out what is not known", () => {
  assert.deepEqual(JSON.parse(toJson(columns, [{ id: "A", title: "t", score: undefined }])), [{ id: "A", title: "t" }]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import type { Row } from "./database.ts";
import { sql, type SqlQuery } from "./sql.ts";
import { parameterText } from "./statement-values.ts";

const date = new Date("2026-05-22T17:00:00.123Z");

const returned: readonly { readonly query: SqlQuery; readonly value: unknown }[] = [
  { query: sql`${'it\'s \\ "text" \u{1f600}\n\t'}::text`, value: 'it\'s \\ "text" \u{1f600}\n\t' },
  { query: sql`${""}::text`, value: "" },
  { query: sql`${null}::text`, value: null },
  { query: sql`${42}::int4`, value: 42 },
  { query: sql`${Number.MAX_SAFE_INTEGER}::int8`, value: Number.MAX_SAFE_INTEGER },
  { query: sql`${-9007199254740991n}::int8`, value: -9007199254740991 },
  { query: sql`${0.1}::float8`, value: 0.1 },
  { query: sql`'NaN'::float8`, value: Number.NaN },
  { query: sql`'-infinity'::float8`, value: Number.NEGATIVE_INFINITY },
  { query: sql`${"12345678901234567890.5"}::numeric`, value: "12345678901234567890.5" },
  { query: sql`${true}::bool`, value: true },
  { query: sql`${false}::bool`, value: false },
  { query: sql`${new Uint8Array([0, 92, 34, 39, 255])}::bytea`, value: new Uint8Array([0, 92, 34, 39, 255]) },
  { query: sql`${new Uint8Array()}::bytea`, value: new Uint8Array() },
  { query: sql`${date}::timestamptz`, value: date },
  { query: sql`'1970-01-01 05:30:00.5+05:30'::timestamptz`, value: new Date(500) },
  { query: sql`'infinity'::timestamptz`, value: Number.POSITIVE_INFINITY },
  { query: sql`'-infinity'::timestamptz`, value: Number.NEGATIVE_INFINITY },
  { query: sql`'2026-05-22'::date`, value: "2026-05-22" },
  { query: sql`${'{"b": 1,  "a": [2]}'}::json`, value: '{"b": 1,  "a": [2]}' },
  { query: sql`${'{"b":1,"a":[2]}'}::jsonb`, value: '{"a": [2], "b": 1}' },
  { query: sql`${"6f1c8a1e-0000-4000-8000-000000000001"}::uuid`, value: "6f1c8a1e-0000-4000-8000-000000000001" },
  { query: sql`${[1, null, 3]}::int8[]`, value: [1, null, 3] },
  { query: sql`${[]}::int4[]`, value: [] },
  {
    query: sql`${["", "NULL", null, 'a"b', "c\\d", "{e}", "f,g", " h "]}::text[]`,
    value: ["", "NULL", null, 'a"b', "c\\d", "{e}", "f,g", " h "],
  },
  { query: sql`${[new Uint8Array([1]), new Uint8Array([34, 92])]}::bytea[]`, value: [new Uint8Array([1]), new Uint8Array([34, 92])] },
  { query: sql`${[date, null]}::timestamptz[]`, value: [date, null] },
  {
    query: sql`${[
      [1, 2],
      [3, 4],
    ]}::int4[]`,
    value: [
      [1, 2],
      [3, 4],
    ],
  },
  { query: sql`'[0:1]={7,8}'::int4[]`, value: [7, 8] },
  { query: sql`${[true, false]}::bool[]`, value: [true, false] },
];

withTestDatabase("every kind of value arrives alike from both drivers", async (database) => {
  for (const { query, value } of returned) {
    const [row] = await database.query<Row & { value: unknown }>("reader", sql`select ${query} as value`);
    assert.deepEqual(row?.value, value, query.text);
  }
});

withTestDatabase("an int8 that a number cannot hold is refused instead of rounded", async (database) => {
  await assert.rejects(database.query("reader", sql`select 9007199254740993::int8 as value`), /int8 beyond 2\^53: 9007199254740993/);
  assert.deepEqual(await database.query("reader", sql`select 1 as still_here`), [{ still_here: 1 }]);
});

for (const value of [undefined, {}, { a: 1 }, Symbol("s"), () => 1, [undefined]]) {
  test(`a parameter of ${Array.isArray(value) ? "an array of undefined" : typeof value} is a bug, not text`, () => {
    assert.throws(() => parameterText(value), TypeError);
  });
}

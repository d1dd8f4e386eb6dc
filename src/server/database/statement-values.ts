import type { CopyValue } from "./database.ts";

/** A parameter in PostgreSQL's text form. Arrays become array literals; JSON is passed as text. */
export function parameterText(value: unknown): string | null {
  if (value === null) return null;
  if (Array.isArray(value))
    return `{${value.map((element: unknown) => elementText(parameterText(element), Array.isArray(element))).join(",")}}`;
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      if (value instanceof Date) return value.toISOString();
      if (value instanceof Uint8Array) return `\\x${hexOf(value)}`;
  }
  throw new TypeError(`not a parameter: expected text, number, boolean, Date, Uint8Array, null or an array of these, got ${typeof value}`);
}

/** Column `index` of `rows` as an array literal. */
export function columnLiteral(rows: readonly (readonly CopyValue[])[], index: number): string {
  return `{${rows.map((row) => elementText(parameterText(row[index]), false)).join(",")}}`;
}

function elementText(text: string | null, isArray: boolean): string {
  if (text === null) return "NULL";
  return isArray ? text : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

type ColumnParser = (text: string) => unknown;

/** How a column of the type with this OID arrives: int8 as number, bytea as Uint8Array, timestamptz as Date, everything without a rule (json, numeric, uuid, date) as text. */
export function columnParser(oid: number): ColumnParser {
  return parsers.get(oid) ?? asText;
}

const asText: ColumnParser = (text) => text;
const asBoolean: ColumnParser = (text) => text === "t";
const asNumber: ColumnParser = Number;

function asSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 beyond 2^53: ${text}`);
  return value;
}

function asBytes(text: string): Uint8Array {
  const buffer = Buffer.from(text.slice(2), "hex");
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** `infinity` and `-infinity` have no Date: they arrive as the numbers that compare as they should. */
function asInstant(text: string): Date | number {
  if (text === "infinity") return Number.POSITIVE_INFINITY;
  if (text === "-infinity") return Number.NEGATIVE_INFINITY;
  return new Date(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
}

const parsers: ReadonlyMap<number, ColumnParser> = new Map([
  ...typeAndArray(16, 1000, asBoolean),
  ...typeAndArray(17, 1001, asBytes),
  ...typeAndArray(20, 1016, asSafeInteger),
  ...typeAndArray(21, 1005, asNumber),
  ...typeAndArray(23, 1007, asNumber),
  ...typeAndArray(26, 1028, asNumber),
  ...typeAndArray(700, 1021, asNumber),
  ...typeAndArray(701, 1022, asNumber),
  ...typeAndArray(1184, 1185, asInstant),
  ...[1002, 1003, 1009, 1014, 1015, 199, 3807, 2951, 1231, 1182].map((oid): [number, ColumnParser] => [oid, arrayOf(asText)]),
]);

function typeAndArray(oid: number, arrayOid: number, parser: ColumnParser): readonly [number, ColumnParser][] {
  return [
    [oid, parser],
    [arrayOid, arrayOf(parser)],
  ];
}

function arrayOf(parser: ColumnParser): ColumnParser {
  return (text) => readArray(text, parser);
}

/** PostgreSQL's array output: `{1,NULL,"a \"quoted\" one",{…}}`. */
function readArray(text: string, parser: ColumnParser): readonly unknown[] {
  const stack: unknown[][] = [];
  const token = /[{},]|"((?:[^"\\]|\\.)*)"|[^{},"]+/gs;
  let done: unknown[] = [];
  for (const match of text.slice(text.indexOf("{")).matchAll(token)) {
    const [word, quoted] = match;
    if (word === "{") {
      const inner: unknown[] = [];
      stack.at(-1)?.push(inner);
      stack.push(inner);
    } else if (word === "}") done = stack.pop() ?? done;
    else if (quoted !== undefined) stack.at(-1)?.push(parser(quoted.replaceAll(/\\(.)/gs, "$1")));
    else if (word !== ",") stack.at(-1)?.push(word === "NULL" ? null : parser(word));
  }
  return done;
}

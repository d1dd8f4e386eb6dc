import assert from "node:assert/strict";
import { test } from "node:test";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { foldName, readSpans, type JsonSpan } from "./json-spans.ts";

const valid = [
  "{}",
  "[]",
  ' { "a" : 1 , "b" : [ true , false , null ] } \r\n\t',
  '{"a":{"b":{"c":[[[{}]]]}}}',
  '"\\u0000\\ud83c\\udf0a \\" \\\\ \\/"',
  '{"\\u0061":"x","日本":"🌊"}',
  "-0",
  "1.5e+10",
  "123456789012345678901234567890",
  `"${"x".repeat(200)}\\""`,
  `{"long":"${"y\\\\".repeat(100)}","next":1}`,
  `{"quote at the loop's end":"${"z".repeat(63)}"}`,
  `{"escape at the loop's end":"${"z".repeat(63)}\\\\"}`,
];

for (const text of valid) {
  test(`${text.slice(0, 40)} reads as JSON.parse reads it`, () => {
    const bytes = Buffer.from(text);
    assert.deepEqual(built(bytes, readSpans(bytes)), JSON.parse(text));
  });
}

const refused: readonly (readonly [string, string | Buffer])[] = [
  ["nothing", ""],
  ["two values", "{} {}"],
  ["a byte order mark", "\ufeff{}"],
  ["a trailing comma", '{"a":1,}'],
  ["a trailing comma in a list", "[1,]"],
  ["a leading comma", '{,"a":1}'],
  ["a comment", '{/* */"a":1}'],
  ["single quotes", "{'a':1}"],
  ["a bare name", "{a:1}"],
  ["NaN", '{"a":NaN}'],
  ["Infinity", '{"a":-Infinity}'],
  ["a number with a leading zero", "01"],
  ["a hexadecimal number", "0x10"],
  ["a plus sign", "+1"],
  ["a number without digits behind its point", "1."],
  ["an open text", '{"a":"b'],
  ["an open text that ends in an escape", '"\\'],
  ["an open object", '{"a":1'],
  ["an open list", "[1"],
  ["a missing colon", '{"a" 1}'],
  ["a name with a control character", '{"a\nb":1}'],
  ["a name with a bad escape", '{"\\x61":1}'],
  ["UTF-16", Buffer.from('{"a":1}', "utf16le")],
  ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ["an overlong character", Buffer.from([0x22, 0xc1, 0xa1, 0x22])],
  ["another kind of space", '{\u00a0"a":1}'],
];

for (const [what, text] of refused) {
  test(`${what} is refused`, () => {
    assert.throws(
      () => readSpans(Buffer.from(text as string)),
      (error) => isCodedError(error, "document-invalid"),
    );
  });
}

test("nesting beyond the limit is refused before it can exhaust the stack", () => {
  assert.throws(
    () => readSpans(Buffer.from("[".repeat(1_000_000))),
    (error) => isCodedError(error, "document-too-large"),
  );
  assert.throws(
    () => readSpans(Buffer.from('{"a":'.repeat(129) + "1" + "}".repeat(129))),
    (error) => isCodedError(error, "document-too-large"),
  );
  assert.doesNotThrow(() => readSpans(Buffer.from("[".repeat(128) + "]".repeat(128))));
});

test("more values than the limit are refused", () => {
  assert.throws(
    () => readSpans(Buffer.from(`[${"0,".repeat(250_000)}0]`)),
    (error) => isCodedError(error, "document-too-large"),
  );
});

test("names that a lenient reader takes for one another fold to the same", () => {
  for (const name of ["store", "Store", "STORE", "\u017ftore", "store\0x"]) assert.equal(foldName(name), "store");
  assert.equal(foldName("\u212aey"), "key");
  for (const name of ["F\u0130LE_\u0131d", "FILE_ID"]) assert.equal(foldName(name), "file_id");
  assert.notEqual(foldName("store "), "store");
});

/** Built from the spans alone, so that each of them is seen to be right. */
function built(bytes: Buffer, span: JsonSpan): unknown {
  if (span.kind === "object") return Object.fromEntries(span.members.map(({ name, value }) => [name, built(bytes, value)]));
  if (span.kind === "list") return span.items.map((item) => built(bytes, item));
  return JSON.parse(bytes.toString("utf8", span.start, span.end));
}

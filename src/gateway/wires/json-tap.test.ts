import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonTap, type JsonTap } from "./json-tap.ts";

const PATHS = ["model", "usage", "choices.0.finish_reason", "response.usage"];
const TEXT = JSON.stringify({
  id: "x",
  choices: [
    { index: 0, usage: { hidden: 1 }, message: { content: 'a "usage": {"input": 0} \\ 🌊' }, finish_reason: "stop" },
    { finish_reason: "no" },
  ],
  model: 'm"\\ü',
  deep: [[[{ usage: 3, model: "not this" }]]],
  usage: { prompt_tokens: 5, details: { a: [1, 2, { b: "}" }] } },
  after: true,
});

test("members are found at their paths and nowhere else", () => {
  const tap = pushed(Buffer.from(TEXT), TEXT.length);
  assert.equal(tap.state(), "closed");
  assert.equal(tap.value("model"), 'm"\\ü');
  assert.deepEqual(tap.value("usage"), { prompt_tokens: 5, details: { a: [1, 2, { b: "}" }] } });
  assert.equal(tap.value("choices.0.finish_reason"), "stop");
  assert.equal(tap.value("response.usage"), undefined);
});

test("the same is found however the text is split", () => {
  const bytes = Buffer.from(TEXT);
  const whole = pushed(bytes, bytes.length);
  for (const size of [1, 2, 3, 5, 7, 64]) {
    const tap = pushed(bytes, size);
    assert.equal(tap.state(), "closed", `pieces of ${size}`);
    for (const path of PATHS) assert.deepEqual(tap.value(path), whole.value(path), `${path} in pieces of ${size}`);
  }
});

test("a text that is cut anywhere stays open, and says what it had found", () => {
  const bytes = Buffer.from(TEXT);
  for (let end = 0; end < bytes.length; end++) assert.equal(pushed(bytes.subarray(0, end), 9).state(), "open", `cut at ${end}`);
});

const broken = ["(nonsense)", "<html>", '{"a":1}}', '{"a":1]', "{a:1}", '{"a" 1}', "[1 2]", '{"a":1,}', '{"a":1} x'];

for (const text of broken) {
  test(`${text} leaves the tap broken`, () => {
    assert.equal(pushed(Buffer.from(text), 2).state(), "broken");
  });
}

test("bare values keep their type, also at the end of a piece", () => {
  const bytes = Buffer.from('{"model":-1.5e3,"usage":null,"choices":[{"finish_reason":true}]}');
  for (const size of [1, 4, bytes.length]) {
    const tap = pushed(bytes, size);
    assert.deepEqual([tap.value("model"), tap.value("usage"), tap.value("choices.0.finish_reason")], [-1500, null, true]);
  }
});

test("of a member that stands twice, the last counts, as for every common reader", () => {
  assert.equal(pushed(Buffer.from('{"model":"a","model":"b"}'), 3).value("model"), "b");
});

test("a value too long to be what is looked for is not known, and holds no memory", () => {
  const tap = pushed(Buffer.from(JSON.stringify({ model: "x".repeat(1_000_000), usage: 1 })), 1000);
  assert.equal(tap.state(), "closed");
  assert.equal(tap.value("model"), undefined);
  assert.equal(tap.value("usage"), 1);
});

test("escaped names are names", () => {
  assert.equal(pushed(Buffer.from('{"\\u006dodel":"m"}'), 1).value("model"), "m");
});

test("endless nesting breaks the tap instead of growing it", () => {
  assert.equal(pushed(Buffer.alloc(100_000, "["), 1000).state(), "broken");
});

function pushed(bytes: Buffer, size: number): JsonTap {
  const tap = jsonTap(PATHS);
  for (let at = 0; at < bytes.length; at += size) tap.push(bytes.subarray(at, at + size));
  return tap;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutAddedUsage } from "./added-usage.ts";

const CHUNK = `data: {"id":"c","choices":[{"index":0,"delta":{"content":"水門 \\"prompt_tokens\\" 🌊"}}],"usage":null}\n\n`;
const USAGE = `data: {"id":"c","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7}}\n\n`;
const DONE = "data: [DONE]\n\n";

test("the event that states the usage is taken out, every other byte passes", () => {
  assert.equal(filtered(CHUNK + CHUNK + USAGE + DONE, 1_000_000), CHUNK + CHUNK + DONE);
});

test("the result is the same however the stream is split", () => {
  const stream = CHUNK + USAGE + CHUNK + DONE;
  for (const size of [1, 2, 3, 17, 100]) assert.equal(filtered(stream, size), CHUNK + CHUNK + DONE, `pieces of ${size}`);
});

test("line ends of two characters are taken out with it", () => {
  const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
  for (const size of [1, 5, 1000]) assert.equal(filtered(crlf(CHUNK + USAGE + DONE), size), crlf(CHUNK + DONE));
});

const kept: readonly (readonly [string, string])[] = [
  ["usage beside choices", `data: {"choices":[{"index":0}],"usage":{"prompt_tokens":5}}\n\n`],
  ["an error that states usage", `data: {"choices":[],"usage":{"prompt_tokens":5},"error":{"message":"x"}}\n\n`],
  ["no usage at all", `data: {"choices":[],"prompt_filter_results":[],"about":"prompt_tokens"}\n\n`],
  ["usage that is no object", `data: {"choices":[],"usage":"\\"prompt_tokens\\""}\n\n`],
  ["something that is no JSON", `data: {"choices":[],"usage":{"prompt_tokens":5}\n\n`],
  ["a line that is no data", `: {"choices":[],"usage":{"prompt_tokens":5}}\n\n`],
];

for (const [what, event] of kept) {
  test(`an event with ${what} passes`, () => {
    for (const size of [1, 1000]) assert.equal(filtered(CHUNK + event + DONE, size), CHUNK + event + DONE);
  });
}

test("whole lines pass at once, and only the end of one that is not whole is held", () => {
  const filter = withoutAddedUsage();
  assert.equal(filter.push(Buffer.from(`${CHUNK}data: {"id"`)).toString(), CHUNK);
  assert.equal(filter.push(Buffer.from(`:1}\n\n`)).toString(), `data: {"id":1}\n\n`);
  assert.equal(filter.push(Buffer.from("data: cut")).toString(), "");
  assert.equal(filter.end().toString(), "data: cut");
});

test("a line too long to be that event passes as it comes", () => {
  const line = `data: ${"x".repeat(300_000)}\n\n`;
  for (const size of [1000, 70_000, 1_000_000]) assert.equal(filtered(line + USAGE + DONE, size), line + DONE);
});

function filtered(stream: string, size: number): string {
  const bytes = Buffer.from(stream);
  const filter = withoutAddedUsage();
  const passed: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) passed.push(Buffer.from(filter.push(bytes.subarray(at, at + size))));
  return Buffer.concat([...passed, filter.end()]).toString();
}

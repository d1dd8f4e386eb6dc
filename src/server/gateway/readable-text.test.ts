import assert from "node:assert/strict";
import { test } from "node:test";
import { readableText } from "./readable-text.ts";

const chat = (text: string): string => `data: ${JSON.stringify({ id: "c", object: "chunk", choices: [{ delta: { content: text } }] })}\n\n`;
const delta = (more: object): string =>
  `event: content_block_delta\ndata: ${JSON.stringify({ type: "content_block_delta", delta: more })}\n\n`;

const bodies: readonly { readonly what: string; readonly body: string; readonly read: string }[] = [
  {
    what: "a JSON document is its texts, unescaped",
    body: '{"messages":[{"role":"user","content":"a \\u00e9\\n b"}],"n":1}',
    read: "user\na \u00e9\n b",
  },
  {
    what: "chat events are one text, what is split in two is whole",
    body: `${chat("Mitter")}${chat("nacht")}data: [DONE]\n\n`,
    read: "Mitternacht",
  },
  {
    what: "text, thinking and arguments of tools are read, types and ids are not",
    body:
      delta({ type: "thinking_delta", thinking: "hm " }) +
      delta({ type: "input_json_delta", partial_json: '{"q":' }) +
      delta({ type: "text_delta", text: "so" }),
    read: 'hm {"q":so',
  },
  {
    what: "typed events of responses, with lines that end as on Windows",
    body: 'event: response.output_text.delta\r\ndata: {"delta":"ab"}\r\n\r\ndata: {"delta":"c"}\r\n',
    read: "abc",
  },
  { what: "an event that was cut is left out", body: `${chat("whole")}data: {"choices":[{"delta":{"con`, read: "whole" },
  { what: "a JSON document that was cut is its own text", body: '{"error": {"mess', read: '{"error": {"mess' },
  { what: "any other body is its own text", body: "upstream says no", read: "upstream says no" },
];
for (const { what, body, read } of bodies) {
  test(what, () => assert.equal(readableText(Buffer.from(body)), read));
}

test("a document that is nested without end is read as far as is sensible", () => {
  const deep = `${'{"a":'.repeat(5000)}"end"${"}".repeat(5000)}`;
  assert.equal(readableText(Buffer.from(deep)), "");
});

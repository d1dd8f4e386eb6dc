import assert from "node:assert/strict";
import { test } from "node:test";
import { readBody, type Said } from "./exchange-reading.ts";

const events = (...data: readonly unknown[]): string => data.map((each) => `event: x\ndata: ${JSON.stringify(each)}\n\n`).join("");
const delta = (content: object, index = 0): object => ({ choices: [{ index, delta: content }] });
const assistant = (what: Said["what"], text: string, name?: string): Said => ({
  who: "assistant",
  what,
  text,
  ...(name === undefined ? {} : { name }),
});

const cases: readonly (readonly [title: string, body: string, said: readonly Said[] | undefined])[] = [
  [
    "a chat request is read message by message, with what is no text named",
    JSON.stringify({
      messages: [
        { role: "system", content: "Be brief" },
        {
          role: "user",
          content: [
            { type: "text", text: "Hello" },
            { type: "image_url", image_url: { url: "data:," } },
          ],
        },
        { role: "assistant", content: null, tool_calls: [{ function: { name: "look", arguments: '{"at":1}' } }] },
        { role: "tool", content: "seen" },
      ],
    }),
    [
      { who: "system", what: "text", text: "Be brief" },
      { who: "user", what: "text", text: "Hello" },
      { who: "user", what: "something else", name: "image_url", text: '{"type":"image_url","image_url":{"url":"data:,"}}' },
      assistant("tool call", '{"at":1}', "look"),
      { who: "tool", what: "tool result", text: "seen" },
    ],
  ],
  [
    "a request of responses is read from its instructions and input",
    JSON.stringify({
      instructions: "Be brief",
      input: [
        { role: "user", content: "Hi" },
        { type: "function_call_output", output: "4" },
      ],
    }),
    [
      { who: "system", what: "text", text: "Be brief" },
      { who: "user", what: "text", text: "Hi" },
      { who: "tool", what: "tool result", text: "4" },
    ],
  ],
  [
    "a request of messages has its system text first, and results of tools among the parts",
    JSON.stringify({
      system: [{ type: "text", text: "Be brief" }],
      messages: [{ role: "user", content: [{ type: "tool_result", content: "4" }] }],
    }),
    [
      { who: "system", what: "text", text: "Be brief" },
      { who: "tool", what: "tool result", text: "4" },
    ],
  ],
  ["a whole chat answer", JSON.stringify({ choices: [{ message: { role: "assistant", content: "Yes" } }] }), [assistant("text", "Yes")]],
  [
    "a whole answer of messages",
    JSON.stringify({
      type: "message",
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Hm" },
        { type: "text", text: "Yes" },
      ],
    }),
    [assistant("thinking", "Hm"), assistant("text", "Yes")],
  ],
  [
    "a whole answer of responses",
    JSON.stringify({ output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "Yes" }] }] }),
    [assistant("text", "Yes")],
  ],
  [
    "streamed chat is put together by choice, and calls by their place",
    `${events(
      delta({ role: "assistant", content: "" }),
      delta({ content: "Hel" }),
      delta({ content: "lo" }),
      delta({ content: "other" }, 1),
      delta({ tool_calls: [{ index: 0, function: { name: "look", arguments: "" } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"at":' } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: "1}" } }] }),
    )}data: [DONE]\n\n`,
    [assistant("text", "Hello"), assistant("text", "other"), assistant("tool call", '{"at":1}', "look")],
  ],
  [
    "streamed messages are put together by block",
    events(
      { type: "message_start", message: { role: "assistant", content: [] } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hel" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "lo" } },
      { type: "content_block_start", index: 1, content_block: { type: "tool_use", name: "look", input: {} } },
      { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: '{"at":1}' } },
    ),
    [assistant("text", "Hello"), assistant("tool call", '{"at":1}', "look")],
  ],
  [
    "streamed responses are put together by item",
    events(
      { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hel" },
      { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "lo" },
      { type: "response.output_item.added", output_index: 1, item: { type: "function_call", name: "look" } },
      { type: "response.function_call_arguments.delta", output_index: 1, delta: "{}" },
      { type: "response.output_text.done", output_index: 0, content_index: 0, text: "Hello" },
    ),
    [assistant("text", "Hello"), assistant("tool call", "{}", "look")],
  ],
  [
    "an error inside a stream stands after what came before it",
    events(delta({ content: "Hel" }), { error: { type: "overloaded_error", message: "Overloaded" } }),
    [assistant("text", "Hel"), { who: "the model’s server", what: "error", name: "overloaded_error", text: "Overloaded" }],
  ],
  ["what is no JSON and no stream is text", "<html>502</html>", undefined],
  ["other JSON has nothing said in it", '{"data":[{"id":"aurora-1"}]}', undefined],
  [
    "a stream that breaks off inside an event keeps what came",
    `${events(delta({ content: "Hel" }))}data: {"choices":[{"ind`,
    [assistant("text", "Hel")],
  ],
];

for (const [title, body, said] of cases) {
  test(title, () => assert.deepEqual(readBody(body).said, said));
}

test("JSON is given lines, a stream is counted, and other text is left alone", () => {
  assert.equal(readBody('{"a":[1]}').pretty, '{\n  "a": [\n    1\n  ]\n}');
  assert.deepEqual([readBody(events({}, {})).kind, readBody(events({}, {})).events], ["events", 2]);
  assert.deepEqual(readBody("plain"), { kind: "text" });
});

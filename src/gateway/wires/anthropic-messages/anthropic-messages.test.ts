import assert from "node:assert/strict";
import { test } from "node:test";
import { testAnswers } from "../../../../tests/support/wire-answers.ts";
import { testAmbiguousBodies, testAsks } from "../../../../tests/support/wire-asks.ts";
import { anthropicMessages } from "./anthropic-messages.ts";

const TESTDATA = new URL("testdata/", import.meta.url);

testAsks(anthropicMessages, TESTDATA);
testAnswers(anthropicMessages, TESTDATA);

testAmbiguousBodies(anthropicMessages, [
  `{"model":"m","mcp_servers":[],"mcp_servers":[{"url":"https://host.example"}]}`,
  `{"model":"m","MCP_Servers":[{"url":"https://host.example"}]}`,
  `{"model":"m","m\\u0063p_servers\\u0000x":[{"url":"https://host.example"}]}`,
  `{"model":"m","messages":[{"content":[{"type":"image","source":{"type":"base64"},"source":{"type":"url","url":"x"}}]}]}`,
  `{"model":"m","messages":[{"content":[{"type":"image","source":{"type":"base64","Url":"https://host.example"}}]}]}`,
  `{"model":"m","messages":[{"content":[{"type":"tool_use","type":"image","input":{},"source":{"type":"text"}}]}]}`,
  `{"model":"m","tools":[{"type":"custom","Type":"web_search_20250305"}]}`,
  `{"model":"m","max_tokens":true}`,
]);

test("the reservation is what the limit says, and an assumption without one", () => {
  const output = (body: string): unknown => anthropicMessages.readAsk(Buffer.from(body)).tokensAtMost;
  assert.deepEqual(output(`{"model":"m","max_tokens":5}`), { input: 2048 + 28, output: 5, isOutputStated: true });
  assert.deepEqual(output(`{"model":"m"}`), { input: 2048 + 13, output: 32_768, isOutputStated: false });
});

test("a picture counts by itself, not by its bytes", () => {
  const source = { type: "base64", media_type: "image/webp", data: "A".repeat(500_000) };
  const body = { model: "m", messages: [{ role: "user", content: [{ type: "tool_result", content: [{ type: "image", source }] }] }] };
  const { input } = anthropicMessages.readAsk(Buffer.from(JSON.stringify(body))).tokensAtMost;
  assert.ok(input < 15_000, String(input));
});

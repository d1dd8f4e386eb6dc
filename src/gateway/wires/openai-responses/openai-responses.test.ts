import assert from "node:assert/strict";
import { test } from "node:test";
import { testAnswers } from "../../../../tests/support/wire-answers.ts";
import { testAmbiguousBodies, testAsks } from "../../../../tests/support/wire-asks.ts";
import { openaiResponses } from "./openai-responses.ts";

const TESTDATA = new URL("testdata/", import.meta.url);

testAsks(openaiResponses, TESTDATA);
testAnswers(openaiResponses, TESTDATA);

testAmbiguousBodies(openaiResponses, [
  `{"model":"m","store":false,"store":true}`,
  `{"model":"m","store":"false"}`,
  `{"model":"m","store":false,"Store":true}`,
  `{"model":"m","store":false,"previous_response_id":"","previous_response_id":"resp_1"}`,
  `{"model":"m","store":false,"input":[{"type":"message","type":"item_reference","id":"a"}]}`,
  `{"model":"m","store":false,"tools":"all"}`,
  `{"model":"m","max_output_tokens":"100"}`,
  `{"model":"m","max_output_tokens":100000000000}`,
]);

test("a grant of storing keeps the client's own word, and its absence", () => {
  for (const body of [`{"model":"m"}`, `{"model":"m","store":true,"metadata":{"a":"b"}}`]) {
    const bytes = Buffer.from(body);
    const options = { model: "m", granted: new Set(["store"] as const), asksStreamUsage: true };
    const { bytes: sent } = openaiResponses.readAsk(bytes).upstreamBody(options);
    assert.equal(sent, bytes);
  }
});

test("the reservation is what the limit says", () => {
  const { tokensAtMost } = openaiResponses.readAsk(Buffer.from(`{"model":"m","max_output_tokens":77}`));
  assert.deepEqual([tokensAtMost.output, tokensAtMost.isOutputStated], [77, true]);
});

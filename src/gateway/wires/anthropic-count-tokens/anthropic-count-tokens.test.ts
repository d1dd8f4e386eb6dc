import assert from "node:assert/strict";
import { test } from "node:test";
import { testAnswers } from "../../../../tests/support/wire-answers.ts";
import { testAmbiguousBodies, testAsks } from "../../../../tests/support/wire-asks.ts";
import { anthropicCountTokens } from "./anthropic-count-tokens.ts";

const TESTDATA = new URL("testdata/", import.meta.url);

testAsks(anthropicCountTokens, TESTDATA);
testAnswers(anthropicCountTokens, TESTDATA);
testAmbiguousBodies(anthropicCountTokens, [`{"model":"m","mcp_servers":[],"mcp_servers":[1]}`, `{"messages":[]}`]);

test("counting reserves no tokens", () => {
  assert.deepEqual(anthropicCountTokens.readAsk(Buffer.from(`{"model":"m","max_tokens":5}`)).tokensAtMost, {
    input: 0,
    output: 0,
    isOutputStated: true,
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { endingCostText, gatewayBudgetText, gatewayShown } from "./gateway-words.ts";

for (const [gateway, word] of [
  [{}, "not heard of yet"],
  [{ lastSeenAtMs: 1_000_000 - 60_000 }, "in touch"],
  [{ lastSeenAtMs: 1_000_000 - 150_000 }, "silent: nothing goes through"],
  [{ lastSeenAtMs: 1_000_000, revokedAtMs: 999_999 }, "ended"],
] as const) {
  test(`a gateway is shown as ${word}`, () => assert.equal(gatewayShown(gateway, 1_000_000).word, word));
}

const nothing = { requests: 0, tokens: 0 };

test("a gateway says what it holds of budgets, and what of it was charged when it was ended", () => {
  const words = (reserved: typeof nothing, unaccounted: typeof nothing) => gatewayBudgetText({ reserved, unaccounted });
  assert.equal(words(nothing, nothing), undefined);
  assert.equal(words({ requests: 1, tokens: 2000 }, nothing), "holds 1 request and 2,000 tokens");
  assert.equal(words(nothing, { requests: 20, tokens: 0 }), "20 requests and 0 tokens charged with its end");
  assert.match(endingCostText({ reserved: nothing }), /^It holds nothing of any budget now\. Whatever it holds is charged in full/);
  assert.match(endingCostText({ reserved: { requests: 1, tokens: 2000 } }), /^It holds 1 request and 2,000 tokens of budgets now\./);
});

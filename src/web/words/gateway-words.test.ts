import assert from "node:assert/strict";
import { test } from "node:test";
import { gatewayShown } from "./gateway-words.ts";

for (const [gateway, word] of [
  [{}, "not heard of yet"],
  [{ lastSeenAtMs: 1_000_000 - 60_000 }, "in touch"],
  [{ lastSeenAtMs: 1_000_000 - 150_000 }, "silent: nothing goes through"],
  [{ lastSeenAtMs: 1_000_000, revokedAtMs: 999_999 }, "revoked"],
] as const) {
  test(`a gateway is shown as ${word}`, () => assert.equal(gatewayShown(gateway, 1_000_000).word, word));
}

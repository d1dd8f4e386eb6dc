import assert from "node:assert/strict";
import { test } from "node:test";
import type { GrantAnswer } from "../../contract/model-schemas.ts";
import { WINDOW_STATES } from "../../vocabulary/access-window.ts";
import {
  baseUrlOf,
  exhaustedText,
  grantHeadingEnd,
  grantShown,
  isUsable,
  leavesText,
  standingStops,
  stoppedText,
  tokenShown,
  toolSettings,
  unaccountedText,
} from "./grant-words.ts";

const at = { local: "2026-12-09T09:00", zone: "UTC", instantMs: 0 };
const grant = (state: GrantAnswer["window"]["state"], endedAtMs?: number) => ({
  window: { id: "w", kind: "testing-window" as const, name: "First", state, opens: at },
  ...(endedAtMs === undefined ? {} : { endedAtMs }),
});

test("only an open window of a grant that has not ended lets tools through", () => {
  assert.deepEqual(
    WINDOW_STATES.filter((state) => isUsable(grant(state))),
    ["open"],
  );
  assert.ok(!isUsable(grant("open", 1)));
});

test("a grant that ended says so while its window is open for others, and its closed window when it is not", () => {
  assert.deepEqual([grantShown(grant("open", 1), false).word, grantShown(grant("closed", 1), false).word], ["ended", "closed"]);
  assert.deepEqual(
    [grantHeadingEnd(grant("open"), false), grantHeadingEnd(grant("open", 1), false)],
    [" is open to you", ": your use has ended"],
  );
});

test("a stop governs an open window, and nothing that is over or not open yet", () => {
  assert.deepEqual(
    WINDOW_STATES.filter((state) => grantShown(grant(state), true).word === "stopped"),
    ["open"],
  );
  assert.equal(grantShown(grant("open", 1), true).word, "ended");
  assert.equal(grantHeadingEnd(grant("open"), true), " is stopped for now");
});

test("stops of others, of one token, and lifted ones stop no organisation's use", () => {
  const stops = [{}, { organisation: { id: "a" } }, { organisation: { id: "b" } }, { token: "t" }, { liftedAtMs: 1 }];
  assert.deepEqual(standingStops(stops, "a"), [{}, { organisation: { id: "a" } }]);
});

test("tools of the OpenAI wire are pointed at /v1, those of the other at the address itself", () => {
  assert.equal(baseUrlOf("openai", "http://localhost:8788/"), "http://localhost:8788/v1");
  assert.equal(baseUrlOf("anthropic", "http://localhost:8788"), "http://localhost:8788");
  assert.deepEqual(toolSettings("anthropic", "https://gate.example", "slm_x"), [
    "export ANTHROPIC_BASE_URL=https://gate.example",
    "export ANTHROPIC_API_KEY=slm_x",
  ]);
});

for (const [token, isOver, word] of [
  [{ expiresAtMs: 10, isStopped: false }, false, "in force"],
  [{ expiresAtMs: 10, isStopped: true }, false, "stopped"],
  [{ expiresAtMs: 10, isStopped: true }, true, "ended with its grant"],
  [{ expiresAtMs: 5, isStopped: true }, false, "ended"],
  [{ expiresAtMs: 5, isStopped: true, revokedAtMs: 1 }, true, "revoked"],
] as const) {
  test(`a token ${word} is shown as that`, () => assert.equal(tokenShown(token, { nowMs: 5, isOver }).word, word));
}

test("what leaves the sandbox is named, and that nothing does", () => {
  assert.equal(leavesText([]), "nothing leaves the sandbox");
  assert.match(leavesText(["store", "remote-media"]), /^answers kept at the provider and media .* may leave the sandbox$/);
});

test("a budget that is used up says of what, and that reserved parts may come back", () => {
  const none = { requests: 0, tokens: 0 };
  assert.equal(exhaustedText({ left: { requests: 1, tokens: 1 }, reserved: none }), undefined);
  assert.equal(exhaustedText({ left: { requests: 1, tokens: 0 }, reserved: none }), "no tokens left");
  assert.equal(exhaustedText({ left: none, reserved: { requests: 3, tokens: 0 } }), "no requests left that are not reserved");
});

test("a stop names what it stops", () => {
  assert.equal(stoppedText({ token: "t" }), "One of your tokens is stopped");
  assert.equal(stoppedText({ organisation: { id: "o" } }), "Your use is stopped");
  assert.equal(stoppedText({}), "All use of the model is stopped");
});

test("what nobody accounts for is said to be charged because a gateway was ended", () => {
  assert.equal(unaccountedText({ requests: 0, tokens: 0 }), undefined);
  assert.equal(unaccountedText({ requests: 19, tokens: 1970 }), "19 requests and 1,970 tokens charged because a gateway was ended");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { EXCHANGE_OUTCOMES } from "../../vocabulary/exchange.ts";
import { bytesText, isBrokenOff, lastedText, markedParts, outcomeShown, secondText, sessionText, usageText } from "./exchange-words.ts";

test("each outcome has a word and a shape of its own, and an answer breaks off in three of them", () => {
  assert.equal(new Set(EXCHANGE_OUTCOMES.map((outcome) => outcomeShown(outcome).word)).size, EXCHANGE_OUTCOMES.length);
  assert.equal(new Set(EXCHANGE_OUTCOMES.map((outcome) => outcomeShown(outcome).kind)).size, EXCHANGE_OUTCOMES.length);
  assert.deepEqual(EXCHANGE_OUTCOMES.filter(isBrokenOff), ["cut", "client-gone", "revoked"]);
});

test("a session is what a tool named it, or the day of its token", () => {
  assert.deepEqual(sessionText("run-7"), { name: "run-7", isNamed: true });
  assert.deepEqual(sessionText("0b9f1c2e-1111-4222-8333-444455556666:2026-11-25"), { name: "2026-11-25", isNamed: false });
});

test("usage that was not stated is not nothing", () => {
  assert.equal(usageText({ inputTokens: 1204, outputTokens: 0 }), "1,204 in, 0 out");
  assert.equal(usageText({ inputTokens: 1204 }), undefined);
});

for (const [bytes, words] of [
  [0, "0 B"],
  [999, "999 B"],
  [12_040, "12.0 kB"],
  [3_400_000, "3.4 MB"],
] as const) {
  test(`${bytes} bytes are ${words}`, () => assert.equal(bytesText(bytes), words));
}

test("a second is told in the reader's zone", () => {
  assert.equal(secondText(Date.UTC(2026, 10, 25, 22, 15, 7), "Europe/Brussels"), "23:15:07");
});

test("how long it took is in milliseconds, seconds and then in minutes", () => {
  assert.deepEqual([lastedText(840), lastedText(124_000)], ["840 ms", "2 min 4 s"]);
});

for (const [text, sought, marked] of [
  ["Say AURORA, aurora", " aurora", ["AURORA", "aurora"]],
  ["nothing", "x", []],
  ["aaa", "aa", ["aa"]],
  // Its capital I with a dot is two characters in lower case.
  ["İstanbul", "stan", []],
] as const) {
  test(`${JSON.stringify(sought)} is marked ${marked.length} times in ${JSON.stringify(text)}, which stays whole`, () => {
    const parts = markedParts(text, sought);
    assert.equal(parts.map((part) => part.text).join(""), text);
    assert.deepEqual(
      parts.filter(({ isSought }) => isSought).map((part) => part.text),
      marked,
    );
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { batchWords, ledgerHeading, statementWords, whatWitnessesMean } from "./ledger-words.ts";

const standing = { size: 64, isRecording: true, witnesses: [] };

for (const [title, more, heading] of [
  ["without witnesses", {}, "The ledger has 64 leaves, cosigned by no independent witness"],
  ["with one witness that never answered", { witnesses: [{}] }, "The ledger has 64 leaves, cosigned by no independent witness"],
  ["with two that did", { witnesses: [{ size: 64 }, { size: 32 }, {}] }, "The ledger has 64 leaves, cosigned by 2 independent witnesses"],
  ["where nothing was recorded", { size: 0, isRecording: false }, "The ledger is empty: nothing was recorded yet"],
  ["that is not signed", { refusal: "a fork" }, "The ledger is not continued"],
] as const) {
  test(`a ledger ${title} says so in its heading`, () => assert.equal(ledgerHeading({ ...standing, ...more }), heading));
}

test("no witness is said to be what it is: no protection against two trees", () => {
  assert.match(whatWitnessesMean(0), /Nobody can show that everybody was given the same tree/);
  assert.match(whatWitnessesMean(1), /continue the one before/);
});

test("a batch is described by its period and its leaves", () => {
  assert.match(batchWords(600, 32), /^Every 10 minutes 32 confidential leaves/);
  assert.match(batchWords(1, 1), /^Every 1 second 1 confidential leaf/);
});

test("a statement's kind becomes a sentence; one of a newer version stands as it is", () => {
  assert.equal(statementWords("release.stage-opened"), "A stage of a release opened");
  assert.equal(statementWords("circle.joined"), "Joined a circle");
  assert.equal(statementWords("new.kind"), "New.kind");
});

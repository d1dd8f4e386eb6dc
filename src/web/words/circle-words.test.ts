import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { conditionSentences, spanOptions } from "./circle-words.ts";

describe("a circle in words", () => {
  it("says each condition, also what is not asked", () => {
    const open = { needsSecondFactor: false, needsSponsor: false, membersListed: false };
    assert.deepEqual(conditionSentences(open, false), [
      "There is nothing to sign.",
      "Any session sees what is opened to it.",
      "A membership has no longest time.",
      "Its members do not see one another; the owner sees them.",
    ]);
    const strict = { needsSecondFactor: true, needsSponsor: true, membersListed: true, longestDays: 1 };
    assert.deepEqual(conditionSentences(strict, true), [
      "Its agreement is signed, by the digest of its text, before anything is seen.",
      "Only sessions with a second factor, such as a passkey, see what is opened to it.",
      "A sponsor stands for whoever is invited: the owner, or a member.",
      "A membership lasts 1 day at most, then it ends by itself.",
      "Its members see one another.",
    ]);
  });

  it("offers no membership longer than the circle allows", () => {
    const values = (longest: number | undefined) => spanOptions(longest).map(({ value }) => value);
    assert.deepEqual(values(undefined), ["", "7", "30", "90", "180", "365"]);
    assert.deepEqual(values(90), ["", "7", "30"]);
    assert.deepEqual(values(1), [""]);
    assert.equal(spanOptions(90)[0]?.label, "90 days, the longest");
  });
});

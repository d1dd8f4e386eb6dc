import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestAnswer } from "../../contract/endpoints/access-requests.ts";
import { ENROLMENT_SIDES } from "../../vocabulary/enrolment.ts";
import { answerText, requestShown, requestsVoluntary, requestText } from "./request-words.ts";

const asked: RequestAnswer = {
  id: "r",
  model: { id: "m", name: "large-2" },
  kind: "grant",
  organisation: { id: "o", name: "Testing institute" },
  words: "Please.",
  askedBy: { id: "d", name: "Harbour desk" },
  askedAtMs: 0,
  state: "asked",
};
const window = { id: "w", name: "Testing" };

test("a request says what it asks for", () => {
  assert.equal(requestText(asked), "Use by Testing institute");
  assert.equal(requestText({ ...asked, window }), "Use by Testing institute in Testing");
  assert.equal(requestText({ ...asked, kind: "extension", window }), "A later end of Testing, as late as the bounds allow");
  assert.match(
    requestText({ ...asked, kind: "extension", window, closes: { instantMs: Date.parse("2026-12-09T09:00Z"), zone: "UTC" } }),
    /^A later end of Testing, .*9 Dec/,
  );
});

test("each side is told what is voluntary about it", () => {
  for (const side of ENROLMENT_SIDES) assert.match(requestsVoluntary(side), /need not answer/);
});

test("an answer says what it was, and its state shows a yes and a no alike", () => {
  assert.equal(answerText({ outcome: "declined", atMs: 0 }, "desk"), "The lab declined");
  assert.equal(answerText({ outcome: "granted", atMs: 0, grant: "g" }, "lab"), "You granted the use");
  assert.equal(requestShown("answered").word, "answered");
});

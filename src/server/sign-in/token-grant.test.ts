import assert from "node:assert/strict";
import { test } from "node:test";
import { isCodedError, type RefusalCode } from "../../vocabulary/coded-error.ts";
import { DAY_MS, grantToken, lesserBounds, type TokenBounds, type TokenRequest } from "./token-grant.ts";

const reader: TokenBounds = { verbs: ["token.issue", "draft.read", "scan"], floor: 1, secondFactor: true };
const weak: TokenBounds = { ...reader, floor: 4, secondFactor: false };
const asked: TokenRequest = { name: "nightly scan", verbs: ["scan"], days: 30 };

test("a token has the verbs it was asked for, its owner's floor, and an end", () => {
  assert.deepEqual(grantToken({ ...asked, verbs: ["scan", "scan"] }, reader, 1000), {
    name: "nightly scan",
    verbs: ["scan"],
    floor: 1,
    secondFactor: true,
    expiresAtMs: 1000 + 30 * DAY_MS,
  });
});

test("a floor below its owner's is kept", () => {
  assert.equal(grantToken({ ...asked, floor: "notice" }, reader, 0).floor, 4);
});

const refusals: readonly {
  readonly title: string;
  readonly request: TokenRequest;
  readonly bounds: TokenBounds;
  readonly code: RefusalCode;
}[] = [
  {
    title: "a verb that its owner does not have",
    request: { ...asked, verbs: ["scan", "draft.write"] },
    bounds: reader,
    code: "not-allowed",
  },
  { title: "a level above its owner's", request: { ...asked, floor: "fix" }, bounds: weak, code: "not-allowed" },
  { title: "more than a year", request: { ...asked, days: 366 }, bounds: reader, code: "input-invalid" },
];
for (const { title, request, bounds, code } of refusals) {
  test(`${title} is refused`, () => {
    assert.throws(
      () => grantToken(request, bounds, 0),
      (error) => isCodedError(error, code),
    );
  });
}

test("what one issues for another is bounded by both", () => {
  assert.deepEqual(
    lesserBounds(
      { verbs: ["member.manage", "scan"], floor: 4, secondFactor: true },
      { verbs: ["scan", "draft.read"], floor: 1, secondFactor: false },
    ),
    {
      verbs: ["scan"],
      floor: 4,
      secondFactor: false,
    },
  );
});

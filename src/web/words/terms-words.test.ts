import assert from "node:assert/strict";
import { test } from "node:test";
import { grantTermsText } from "./terms-words.ts";

test("a grant says its version of the terms once there is more than one", () => {
  assert.equal(grantTermsText(1, 1), undefined);
  assert.equal(grantTermsText(1, 3), "under version 1 of the terms, 3 holds now");
  assert.equal(grantTermsText(3, 3), "under version 3 of the terms");
});

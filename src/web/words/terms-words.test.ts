import assert from "node:assert/strict";
import { test } from "node:test";
import { grantTermsText, modelTermsText, ownTermsText } from "./terms-words.ts";

test("a grant says its version of the terms once there is more than one", () => {
  assert.equal(grantTermsText(1, 1), undefined);
  assert.equal(grantTermsText(1, 3), "under version 1 of the terms, 3 holds now");
  assert.equal(grantTermsText(3, 3), "under version 3 of the terms");
});

test("whoever was granted use reads which version its grant stays under, and which holds for new ones", () => {
  assert.equal(ownTermsText(1, 1), "version 1, under which it was made and stays");
  assert.equal(ownTermsText(1, 3), "version 1, under which it was made and stays; new grants are under version 3");
});

test("a list of models says the version of the terms once they have changed", () => {
  assert.equal(modelTermsText(1), undefined);
  assert.equal(modelTermsText(2), "version 2 of the terms");
});

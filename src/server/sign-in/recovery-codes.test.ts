import assert from "node:assert/strict";
import { test } from "node:test";
import { newRecoveryCodes, parseRecoveryCode } from "./recovery-codes.ts";

test("ten codes, each of sixteen letters that cannot be mistaken for one another", () => {
  const codes = newRecoveryCodes();
  assert.equal(new Set(codes).size, 10);
  for (const code of codes) assert.match(code, /^(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
});

test("a code is read however it was typed", () => {
  for (const code of newRecoveryCodes()) {
    assert.equal(parseRecoveryCode(code), code);
    assert.equal(parseRecoveryCode(` ${code.toLowerCase().replaceAll("-", " ")}\n`), code);
    assert.equal(parseRecoveryCode(code.replaceAll("0", "O").replaceAll("1", "l")), code);
  }
});

for (const typed of ["", "7K3M", "7K3M-Q0ZD-AAAA-UUUU", "7K3M-Q0ZD-AAAA-AAAAA", "7K3M-Q0ZD-AAAA-AAA💥"]) {
  test(`${JSON.stringify(typed)} is no code`, () => assert.equal(parseRecoveryCode(typed), undefined));
}

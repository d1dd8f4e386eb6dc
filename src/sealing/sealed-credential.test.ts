import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { openSealedCredential, sealCredential } from "./sealed-credential.ts";
import { SealingError } from "./sealing-error.ts";

const key = randomBytes(32);
const grant = "0b1f6a1e-5d7c-4b1e-9a53-0d2f5f7a9c11";
const credential = "sk-lab-√-4711-this-must-not-appear";
const sealed = sealCredential(key, grant, credential);

test("a sealed credential opens with its key for its grant, and two sealings of one differ", () => {
  assert.equal(openSealedCredential(key, grant, sealed), credential);
  assert.notEqual(sealCredential(key, grant, credential), sealed);
  assert.equal(openSealedCredential(key, grant, sealCredential(key, grant, "")), "");
});

const flipped = (text: string, at: number): string => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);

const refused: readonly (readonly [string, () => string])[] = [
  ["another key", () => openSealedCredential(randomBytes(32), grant, sealed)],
  ["another grant", () => openSealedCredential(key, grant.replace("0b", "1b"), sealed)],
  ["a changed character", () => openSealedCredential(key, grant, flipped(sealed, 40))],
  ["a changed format", () => openSealedCredential(key, grant, flipped(sealed, 0))],
  ["a text cut short", () => openSealedCredential(key, grant, sealed.slice(0, -2))],
  ["a longer text", () => openSealedCredential(key, grant, `${sealed}.x`)],
  ["the credential itself", () => openSealedCredential(key, grant, credential)],
  ["nothing", () => openSealedCredential(key, grant, "")],
];
for (const [name, open] of refused) {
  test(`a sealed credential is refused with ${name}, in words that hold none of it`, () => {
    assert.throws(open, (error) => {
      assert.ok(error instanceof SealingError);
      assert.equal(error.code, "sealed-content-refused");
      assert.equal(`${error.message}${String(error.cause)}`.includes("4711"), false);
      return true;
    });
  });
}

import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { test } from "node:test";
import { keyedDigest } from "./keyed-digest.ts";

test("a keyed digest is HMAC with SHA-256, for messages of every length", () => {
  const key = randomBytes(32);
  const digest = keyedDigest(key);
  for (const length of [0, 1, 55, 56, 63, 64, 65, 300, 4095, 4096, 4097, 100_000]) {
    const message = randomBytes(length);
    assert.equal(digest.of(message).toString("hex"), createHmac("sha256", key).update(message).digest("hex"), `${length} bytes`);
  }
});

test("the digest of RFC 4231, test case 2, with its key filled up to 32 bytes by zeros, as HMAC does", () => {
  const key = Buffer.concat([Buffer.from("Jefe")], 32);
  const message = Buffer.from("what do ya want for nothing?");
  assert.equal(keyedDigest(key).of(message).toString("hex"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
});

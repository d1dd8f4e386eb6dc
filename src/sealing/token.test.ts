import assert from "node:assert/strict";
import { test } from "node:test";
import { actorMac } from "./actor-seal.ts";
import { isToken, makeToken, randomSecret, secretDigest } from "./token.ts";

const key = new Uint8Array(32).fill(1);

test("a token has a prefix, 256 random bits and check characters", () => {
  const token = makeToken();
  assert.match(token, /^slu_[A-Za-z0-9_-]{49}$/);
  assert.ok(isToken(token));
  assert.notEqual(makeToken(), token);
  assert.equal(Buffer.from(randomSecret(), "base64url").length, 32);
});

test("a text with any one character changed, cut or added is no token", () => {
  const token = makeToken();
  for (let index = 0; index < token.length; index++) {
    const changed = token.slice(0, index) + (token[index] === "A" ? "B" : "A") + token.slice(index + 1);
    assert.equal(isToken(changed), false, `changed at ${index}`);
  }
  for (const text of ["", token.slice(1), token.slice(0, -1), `${token}A`, ` ${token}`, `${token}\n`]) assert.equal(isToken(text), false);
});

test("a digest needs the key, and differs by text and by key", () => {
  const digest = secretDigest(key, "slu_a");
  assert.equal(digest.length, 32);
  assert.deepEqual(secretDigest(key, "slu_a"), digest);
  assert.notDeepEqual(secretDigest(key, "slu_b"), digest);
  assert.notDeepEqual(secretDigest(new Uint8Array(32), "slu_a"), digest);
});

test("an actor's mac is HMAC-SHA-256 as RFC 4231 has it (test case 2), and differs by key and text", () => {
  const jefe = new TextEncoder().encode("Jefe");
  const mac = actorMac(jefe, "what do ya want for nothing?");
  assert.equal(Buffer.from(mac, "base64url").toString("hex"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  assert.notEqual(actorMac(jefe, "what do ya want for nothing!"), mac);
  assert.notEqual(actorMac(key, "what do ya want for nothing?"), mac);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { contentAddress } from "./content-address.ts";

test("an address depends on the key, on every part of where it belongs, and on the content", () => {
  const key = new Uint8Array(32).fill(1);
  const sha256 = new Uint8Array(32).fill(2);
  const address = contentAddress(key, ["a", "b"], sha256);
  assert.match(address, /^[0-9a-f]{64}$/);
  assert.equal(contentAddress(key, ["a", "b"], sha256), address);
  const others = [
    contentAddress(key.with(0, 9), ["a", "b"], sha256),
    contentAddress(key, ["ab"], sha256),
    contentAddress(key, ["ab", ""], sha256),
    contentAddress(key, ["a"], sha256),
    contentAddress(key, ["a", "b"], sha256.with(31, 9)),
  ];
  assert.equal(new Set([address, ...others]).size, others.length + 1);
});

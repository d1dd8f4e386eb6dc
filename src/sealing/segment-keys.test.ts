import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { it } from "node:test";
import { contentAddressOf } from "./segment-keys.ts";

it("names content that comes in pieces as it names the whole, however it is cut", () => {
  const address = contentAddressOf(randomBytes(32), "grant");
  for (const length of [0, 1, 2047, 2048, 2049, 20_000]) {
    const content = randomBytes(length);
    for (const longest of [1, 300, 2048, 5000]) {
      const running = address.begin();
      for (let at = 0; at < length;) {
        const end = Math.min(length, at + randomInt(longest + 1));
        running.add(content.subarray(at, end));
        at = end;
      }
      assert.equal(running.digest(), address.of(content));
      assert.equal(running.digest(), address.of(content));
    }
  }
});

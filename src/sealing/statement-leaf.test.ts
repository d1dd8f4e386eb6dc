import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { newNonce, paddingLeaf, statementLeaf } from "./statement-leaf.ts";

test("a leaf is SHA-256 over the nonce and the statement's UTF-8 bytes", () => {
  const nonce = new Uint8Array(32).fill(3);
  assert.deepEqual(
    statementLeaf(nonce, "é"),
    new Uint8Array(
      createHash("sha256")
        .update(Buffer.concat([nonce, Buffer.from("é")]))
        .digest(),
    ),
  );
});

test("the same statement under two nonces makes two leaves, and padding is as long as either", () => {
  assert.notDeepEqual(statementLeaf(newNonce(), "a"), statementLeaf(newNonce(), "a"));
  assert.equal(newNonce().length, 32);
  assert.equal(paddingLeaf().length, statementLeaf(newNonce(), "a").length);
  assert.notDeepEqual(paddingLeaf(), paddingLeaf());
});

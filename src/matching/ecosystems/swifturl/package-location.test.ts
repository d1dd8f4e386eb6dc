import assert from "node:assert/strict";
import { test } from "node:test";

import { seededRandom } from "../../../../tests/support/seeded-random.ts";
import { canonicalLocation, packageIdentity } from "./package-location.ts";

test("addresses of one repository are one name", () => {
  for (const address of [
    "github.com/apple/swift-nio",
    "https://github.com/apple/swift-nio",
    "https://github.com/Apple/Swift-NIO.git",
    "https://github.com/apple/swift-nio/",
    "https://github.com/apple/swift-nio.git/",
    "https://user:secret@github.com/apple/swift-nio.git",
    "https://github.com:443/apple/swift-nio",
    "ssh://git@github.com/apple/swift-nio.git",
    "ssh://git@github.com:22/apple/swift-nio.git",
    "git@github.com:apple/swift-nio.git",
    "git@github.com:apple/swift-nio",
    "git://github.com/apple/swift-nio",
    "https://github.com/apple/swift-nio?ref=main#readme",
  ])
    assert.equal(canonicalLocation(address), "github.com/apple/swift-nio", address);
});

test("what tells repositories apart stays", () => {
  for (const address of ["gitlab.com/a/b/c", "example.org/~user/pkg", "a.b/c.swift", "a.b/git", "a.b/c-git", "host/1234/pkg"])
    assert.equal(canonicalLocation(address), address);
});

test("the identity of a package is the last part of its address", () => {
  assert.equal(packageIdentity("github.com/apple/swift-nio"), "swift-nio");
  assert.equal(packageIdentity("swift-nio"), "swift-nio");
});

test("a name once made canonical stays, however odd the address was", () => {
  const random = seededRandom(20_261_207);
  const pieces = ["a", "b.c", "/", "//", ":", "://", "@", ".git", "?", "#", "8080", "git", "https", "İ", "\ud800", "\n", "~", "%2F"];
  for (let round = 0; round < 5000; round++) {
    const address = Array.from({ length: 1 + random.below(9) }, () => random.pick(pieces)).join("");
    const once = canonicalLocation(address);
    assert.equal(canonicalLocation(once), once, JSON.stringify(address));
  }
  for (const piece of pieces) {
    for (const count of [500, 100_000]) {
      const once = canonicalLocation(`a://a@${piece.repeat(count)}`);
      assert.equal(canonicalLocation(once), once, piece);
    }
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeVersion } from "../encode-version.ts";
import { KeyWriter } from "../key-writer.ts";
import { writeIdentifierList } from "./identifier-list.ts";
import { semver } from "./semver.ts";

test("a list of identifiers is written as the prerelease of a version is", () => {
  for (const identifiers of ["rc.1", "1", "a", "-5", "0.1.x-y.128", "a.b.c"]) {
    const out = new KeyWriter();
    for (const byte of [0x21, 0x20, 0x20, 0x02]) out.byte(byte);
    writeIdentifierList(identifiers, (identifier) => /^\d+$/.test(identifier), out);
    assert.deepEqual(out.key(), encodeVersion(`1.0.0-${identifiers}`, semver), identifiers);
  }
});

test("what counts as a number is the caller's to say", () => {
  const out = new KeyWriter();
  writeIdentifierList("1.2", (identifier) => identifier === "2", out);
  assert.deepEqual(out.key(), Uint8Array.of(0xb0, 0x31, 0x00, 0x22, 0x01));
});

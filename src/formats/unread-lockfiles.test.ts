import assert from "node:assert/strict";
import { test } from "node:test";
import { isInventoryFileName, readInventory } from "./read-inventory.ts";
import { unreadLockfile } from "./unread-lockfiles.ts";

test("a lockfile that is not read is told by its name, wherever it lies", () => {
  for (const path of ["pubspec.lock", "app/pubspec.lock", "a\\b\\PubSpec.lock", "x/Package.resolved", "Podfile.lock", "bun.lockb"]) {
    const unread = unreadLockfile(path);
    assert.ok(unread !== undefined, path);
    assert.ok(!isInventoryFileName(path), `${path} is not read either`);
    assert.throws(
      () => readInventory({ name: path, bytes: new TextEncoder().encode("packages: {}") }, () => undefined),
      (error: Error) => error.message.includes(unread.found) && error.message.endsWith(unread.instead),
    );
  }
});

test("what is read, and what is no lockfile, is none of them", () => {
  for (const path of [
    "package-lock.json",
    "bun.lock",
    "Cargo.lock",
    "pubspec.yaml",
    "my-pubspec.lock",
    "pubspec.lock/x",
    "",
    "constructor",
  ])
    assert.equal(unreadLockfile(path), undefined, path);
});

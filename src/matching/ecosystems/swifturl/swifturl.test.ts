import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { swifturl } from "./swifturl.ts";

test("a package's name is where its repository is, however the address is written", () => {
  assert.equal(swifturl.nameFromPurl("github.com/Apple", "swift-nio", undefined), "github.com/apple/swift-nio");
  assert.equal(swifturl.nameFromPurl(undefined, "swift-nio", undefined), "swift-nio");
  assert.equal(swifturl.normaliseName("https://github.com/Apple/swift-nio.git"), "github.com/apple/swift-nio");
  assert.equal(swifturl.purlOf("https://github.com/Apple/swift-nio.git"), "pkg:swift/github.com/apple/swift-nio");
});

test("a change may break where the first number that is not 0 changes", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3", "1.9.0", false],
    ["v1.2.3", "1.9.0", false],
    ["1.2", "v1.3.0", false],
    ["1.2.3", "2.0.0", true],
    ["0.2.3", "0.2.9", false],
    ["0.2.3", "0.3.0", true],
    ["1.0.0-rc.1", "1.0.0", false],
    ["main", "1.0.0", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(swifturl.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a prerelease is told from a release", () => {
  for (const version of ["1.0.0-rc.1", "v1.0.0-0+build"]) assert.equal(swifturl.isPrerelease(version), true, version);
  for (const version of ["1.0.0", "v1.2", "1.0.0+a-b", "", "main"]) assert.equal(swifturl.isPrerelease(version), false, version);
});

test("each kind of upgrade has its lines", () => {
  const step: UpgradeStep = {
    name: "github.com/apple/swift-nio-http2",
    version: "1.28.0",
    above: false,
    direct: true,
    development: false,
    blocked: false,
  };
  const update = "swift package update swift-nio-http2";
  const edit = '# Package.swift: .package(url: "https://github.com/apple/swift-nio-http2", from: "1.28.0")';
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, [update]],
    [{ name: "https://github.com/Apple/swift-nio-http2.git" }, [update]],
    [{ direct: false }, [update]],
    [{ direct: undefined }, [update]],
    [{ above: true }, [update]],
    [{ blocked: true }, [edit, update]],
    [{ blocked: true, version: "v1.28" }, [edit, update]],
    [{ blocked: true, above: true }, []],
    [{ blocked: true, direct: false }, []],
    [{ blocked: true, direct: undefined }, []],
  ];
  for (const [change, lines] of cases) assert.deepEqual(swifturl.commandsFor({ ...step, ...change }), lines, JSON.stringify(change));
});

test("what Package.swift is told to ask for admits the version", () => {
  for (const version of ["1.2.3", "0.2.0", "v0.0.3", "1.0.0-rc.1", "1.0.0+build"]) {
    const [edit = ""] = swifturl.commandsFor({ name: "a.b/c", version, above: false, direct: true, development: false, blocked: true });
    assert.equal(swifturl.admits(/(from: ".*")\)/.exec(edit)?.[1] ?? "", version), true, edit);
  }
});

test("a package is taken out only where it is known to be a dependency of the project itself", () => {
  assert.deepEqual(swifturl.removalCommands({ name: "github.com/evil/x", direct: true }), [
    '# Package.swift: no .package(url: "https://github.com/evil/x", …) and none of its products',
    "swift package resolve",
  ]);
  assert.deepEqual(swifturl.removalCommands({ name: "github.com/evil/x", direct: false }), []);
  assert.deepEqual(swifturl.removalCommands({ name: "github.com/evil/x", direct: undefined }), []);
  assert.deepEqual(swifturl.removalCommands({ name: "--all", direct: true }), []);
});

test("a name or version that would mean something else on the command line gets no command", () => {
  const hostile = [
    "--all",
    "swift-nio",
    "../x",
    "/etc",
    "a.b",
    "a.b/--all",
    "a.b/c d",
    "a.b/c\nd",
    "a.b/$(id)",
    "a.b/`id`",
    "a.b/c;id",
    'a.b/c"d',
    "a.b/../c",
    "a.b//c",
    "a.b/é",
    "-a.b/c",
    "",
  ];
  for (const name of hostile) {
    for (const blocked of [true, false])
      assert.deepEqual(swifturl.commandsFor({ name, version: "1.0.0", above: false, direct: true, development: false, blocked }), [], name);
  }
  for (const version of ["main", "1", "vv1.0.0", "1.0.0;id", "^1.0.0", "1.0.0\n", "", "$(id)", `1.0.0-${"a".repeat(300)}`]) {
    for (const blocked of [true, false])
      assert.deepEqual(
        swifturl.commandsFor({ name: "a.b/c", version, above: false, direct: true, development: false, blocked }),
        [],
        JSON.stringify(version),
      );
  }
});

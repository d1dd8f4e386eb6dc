import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { pub } from "./pub.ts";

test("a package's name is in lower case, and its purl has no namespace", () => {
  assert.equal(pub.nameFromPurl(undefined, "Shelf_Static", undefined), "shelf_static");
  assert.equal(pub.normaliseName("HTTP"), "http");
  assert.equal(pub.purlOf("shelf_static"), "pkg:pub/shelf_static");
});

test("a change may break with another major version, or in 0.x another minor one", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3", "1.9.0", false],
    ["1.2.3", "2.0.0", true],
    ["0.2.3", "0.2.9", false],
    ["0.2.3", "0.3.0", true],
    ["0.0.3", "0.0.4", false],
    ["0.9.0", "1.0.0", true],
    ["1.0.0+1", "1.0.0+2", false],
    ["2.0.0-dev", "2.0.0", false],
    ["1.0", "1.1.0", true],
    ["latest", "1.0.0", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(pub.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a prerelease is told from a release, build metadata or not", () => {
  for (const version of ["1.0.0-dev.1", "2.0.0-nullsafety.0+1"]) assert.equal(pub.isPrerelease(version), true, version);
  for (const version of ["1.0.0", "1.0.0+1", "1.0.0+a-b", "", "latest"]) assert.equal(pub.isPrerelease(version), false, version);
});

test("each kind of upgrade has its command", () => {
  const step: UpgradeStep = { name: "shelf_static", version: "1.1.2", above: false, direct: true, development: false, blocked: false };
  const upgrade = "dart pub upgrade shelf_static";
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, [upgrade]],
    [{ direct: false }, [upgrade]],
    [{ direct: undefined }, [upgrade]],
    [{ above: true }, [upgrade]],
    [{ blocked: true }, ['dart pub add "shelf_static:^1.1.2"']],
    [{ blocked: true, version: "1.1.2+3" }, ['dart pub add "shelf_static:^1.1.2+3"']],
    [{ blocked: true, above: true }, ['dart pub add "shelf_static:>1.1.2"']],
    [{ blocked: true, development: true }, ['dart pub add "dev:shelf_static:^1.1.2"']],
    [{ blocked: true, direct: false }, ['dart pub add "override:shelf_static:^1.1.2"']],
    [{ blocked: true, direct: undefined }, []],
  ];
  for (const [change, lines] of cases) assert.deepEqual(pub.commandsFor({ ...step, ...change }), lines, JSON.stringify(change));
});

test("a package is taken out only where it is known to be a dependency of the project itself", () => {
  assert.deepEqual(pub.removalCommands({ name: "evil", direct: true }), ["dart pub remove evil"]);
  assert.deepEqual(pub.removalCommands({ name: "evil", direct: false }), []);
  assert.deepEqual(pub.removalCommands({ name: "evil", direct: undefined }), []);
  assert.deepEqual(pub.removalCommands({ name: "--dev", direct: true }), []);
});

test("a name or version that would mean something else on the command line gets no command", () => {
  const hostile = ["--all", "-n", "../x", "/etc", "a b", "a\nb", "$(id)", "`id`", "a;id", 'a"b', "a/b", "a-b", "dev:a", "A", "1a", "é", ""];
  for (const name of hostile) {
    for (const blocked of [true, false])
      assert.deepEqual(pub.commandsFor({ name, version: "1.0.0", above: false, direct: true, development: false, blocked }), [], name);
  }
  for (const version of ["latest", "1.0", "v1.0.0", "1.0.0;id", "^1.0.0", "1.0.0\n", "", "$(id)", "any", `1.0.0-${"a".repeat(300)}`]) {
    for (const blocked of [true, false])
      assert.deepEqual(
        pub.commandsFor({ name: "a", version, above: false, direct: true, development: false, blocked }),
        [],
        JSON.stringify(version),
      );
  }
});

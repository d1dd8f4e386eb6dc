import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { cratesIo } from "./crates-io.ts";

test("a crate's name is matched as it stands, and its purl has no namespace", () => {
  for (const name of ["serde", "rand_core", "async-std", "H3"]) {
    assert.equal(cratesIo.nameFromPurl(undefined, name, undefined), name);
    assert.equal(cratesIo.purlOf(name), `pkg:cargo/${name}`);
    assert.equal(cratesIo.normaliseName(name), name);
  }
});

test("a change may break where it leaves the caret range of the version in use", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3", "1.9.0", false],
    ["1.2.3", "2.0.0", true],
    ["0.2.3", "0.2.9", false],
    ["0.2.3", "0.3.0", true],
    ["0.0.3", "0.0.4", true],
    ["1.0.0+a", "1.0.1+b", false],
    ["1.0", "1.1.0", true],
    ["latest", "1.0.0", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(cratesIo.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a prerelease is told from a release, build metadata or not", () => {
  for (const version of ["1.0.0-rc.1", "0.6.0-rc1", "1.0.0-0+build"]) assert.equal(cratesIo.isPrerelease(version), true, version);
  for (const version of ["1.0.0", "1.0.0+build-a", "", "latest"]) assert.equal(cratesIo.isPrerelease(version), false, version);
});

test("each kind of upgrade has its lines", () => {
  const step: UpgradeStep = { name: "rand_core", version: "0.6.2", above: false, direct: true, development: false, blocked: false };
  const update = "cargo update -p rand_core --precise 0.6.2";
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, [update]],
    [{ direct: false }, [update]],
    [{ direct: undefined }, [update]],
    [{ development: true }, [update]],
    [{ above: true }, ["cargo update -p rand_core"]],
    [{ from: ["0.6.0"] }, ["cargo update -p rand_core@0.6.0 --precise 0.6.2"]],
    [
      { from: ["0.6.0", "0.6.1"], blocked: true },
      ['# Cargo.toml: rand_core = "0.6.2"', ...["0.6.0", "0.6.1"].map((old) => `cargo update -p rand_core@${old} --precise 0.6.2`)],
    ],
    [{ from: ["$(id)"] }, []],
    [{ blocked: true }, ['# Cargo.toml: rand_core = "0.6.2"', update]],
    [{ blocked: true, above: true }, ['# Cargo.toml: rand_core = ">0.6.2"', "cargo update -p rand_core"]],
    [
      { blocked: true, version: "0.9.39+zstd.1.5.0" },
      ['# Cargo.toml: rand_core = "0.9.39"', "cargo update -p rand_core --precise 0.9.39+zstd.1.5.0"],
    ],
    [{ blocked: true, direct: false }, []],
    [{ blocked: true, direct: undefined }, []],
  ];
  for (const [change, lines] of cases) assert.deepEqual(cratesIo.commandsFor({ ...step, ...change }), lines, JSON.stringify(change));
});

test("what Cargo.toml is told to ask for admits the version", () => {
  for (const version of ["1.2.3", "0.2.0", "0.0.3", "1.0.0-rc.1", "1.0.0+build"]) {
    const [edit = ""] = cratesIo.commandsFor({ name: "x", version, above: false, direct: true, development: false, blocked: true });
    assert.equal(cratesIo.admits(edit.replace("# Cargo.toml: x = ", "").replaceAll('"', ""), version), true, edit);
  }
});

test("a crate is taken out only where it is known to be a dependency of the project itself", () => {
  assert.deepEqual(cratesIo.removalCommands({ name: "evil", direct: true }), ["cargo remove evil"]);
  assert.deepEqual(cratesIo.removalCommands({ name: "evil", direct: false }), []);
  assert.deepEqual(cratesIo.removalCommands({ name: "evil", direct: undefined }), []);
  assert.deepEqual(cratesIo.removalCommands({ name: "--dev", direct: true }), []);
});

test("a name or version that would mean something else on the command line gets no command", () => {
  const hostile = [
    "--workspace",
    "-p",
    "../x",
    "/etc",
    "a b",
    "a\nb",
    "$(id)",
    "`id`",
    "a;id",
    'a"b',
    "a'b",
    "a\u001b[2J",
    "a/b",
    "a@1",
    "1a",
    "é",
    "",
  ];
  for (const name of hostile) {
    for (const blocked of [true, false])
      assert.deepEqual(cratesIo.commandsFor({ name, version: "1.0.0", above: false, direct: true, development: false, blocked }), [], name);
  }
  for (const version of ["latest", "1.0", "v1.0.0", "1.0.0;id", "^1.0.0", "1.0.0\n", "", "$(id)", `1.0.0-${"a".repeat(300)}`]) {
    for (const blocked of [true, false])
      assert.deepEqual(
        cratesIo.commandsFor({ name: "a", version, above: false, direct: true, development: false, blocked }),
        [],
        JSON.stringify(version),
      );
  }
});

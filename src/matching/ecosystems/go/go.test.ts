import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { go } from "./go.ts";

test("a module's name is its path, and the purl's subpath belongs to it", () => {
  const cases: readonly (readonly [string | undefined, string, string | undefined, string])[] = [
    ["github.com/gin-gonic", "gin", undefined, "github.com/gin-gonic/gin"],
    ["github.com/Masterminds", "vcs", "", "github.com/Masterminds/vcs"],
    ["google.golang.org", "genproto", "googleapis/api", "google.golang.org/genproto/googleapis/api"],
    [undefined, "stdlib", undefined, "stdlib"],
  ];
  for (const [namespace, name, subpath, full] of cases) {
    assert.equal(go.nameFromPurl(namespace, name, subpath), full);
    assert.equal(go.purlOf(full), `pkg:golang/${full}`);
    assert.equal(go.normaliseName(full), full);
  }
  assert.equal(go.purlOf("a.b/c+(d)"), "pkg:golang/a.b/c%2B%28d%29");
});

test("a change may break where the major version changes, or in v0 the minor one", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["v1.2.3", "v1.3.0", false],
    ["v1.2.3", "1.2.4", false],
    ["v1.2.3", "v2.0.0+incompatible", true],
    ["v0.2.3", "v0.2.4", false],
    ["v0.2.3", "v0.3.0", true],
    ["v0.0.0-20200101120000-abcdef123456", "v0.0.0-20210101120000-abcdef123456", false],
    ["go1.20.3", "1.22.0", false],
    ["go1.21rc2", "1.21.3", false],
    ["latest", "v1.0.0", true],
    ["v1.0.0", "v1", true],
    ["1.21", "1.25.3", false],
    ["1.21", "2.0.0", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(go.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a prerelease is told from a release, and from a commit between two", () => {
  for (const version of ["v1.0.0-rc.1", "1.16.0-0", "v2.7.0-rc.0+incompatible", "go1.21rc2", "1.18beta1"])
    assert.equal(go.isPrerelease(version), true, version);
  for (const version of [
    "v1.0.0",
    "v2.0.0+incompatible",
    "v0.0.0-20200101120000-abcdef123456",
    "v1.2.4-0.20200101120000-abcdef123456",
    "v3.0.1-0.20180525145409-4c9aadca8f89+incompatible",
    "v1.2.3-pre.0.20200101120000-abcdef123456",
    "go1.21.3",
    "go1.21",
    "",
    "latest",
  ])
    assert.equal(go.isPrerelease(version), false, version);
});

test("each kind of upgrade has its commands", () => {
  const step: UpgradeStep = {
    name: "golang.org/x/crypto",
    version: "0.17.0",
    above: false,
    direct: true,
    development: false,
    blocked: false,
  };
  const get = ["go get golang.org/x/crypto@v0.17.0", "go mod tidy"];
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, get],
    [{ version: "v0.17.0" }, get],
    [{ direct: false }, get],
    [{ direct: undefined }, get],
    [{ development: true }, get],
    [{ above: true }, ['go get "golang.org/x/crypto@>v0.17.0"', "go mod tidy"]],
    [{ version: "2.0.0+incompatible" }, ["go get golang.org/x/crypto@v2.0.0+incompatible", "go mod tidy"]],
    [
      { name: "gopkg.in/yaml.v2", version: "0.0.0-20200101120000-abcdef123456" },
      ["go get gopkg.in/yaml.v2@v0.0.0-20200101120000-abcdef123456", "go mod tidy"],
    ],
    [{ name: "git.sr.ht/~a/b" }, ["go get git.sr.ht/~a/b@v0.17.0", "go mod tidy"]],
    [{ blocked: true }, get],
    [{ blocked: true, direct: undefined }, get],
    [{ version: "go1.21.3" }, []],
    [{ name: "stdlib", version: "1.22.3" }, ["go get toolchain@go1.22.3"]],
    [{ name: "toolchain", version: "1.22.0-rc.2" }, ["go get toolchain@go1.22rc2"]],
    [{ name: "stdlib", version: "go1.21" }, ["go get toolchain@go1.21.0"]],
    [{ name: "stdlib", version: "1.20.3" }, []],
    [{ name: "stdlib", version: "1.22.0-0" }, []],
    [{ name: "stdlib", version: "1.22.3", above: true }, []],
  ];
  for (const [change, commands] of cases) assert.deepEqual(go.commandsFor({ ...step, ...change }), commands, JSON.stringify(change));
});

test("a module is taken out only where it is known to be a dependency of the project itself", () => {
  assert.deepEqual(go.removalCommands({ name: "example.org/evil", direct: true }), ["go get example.org/evil@none", "go mod tidy"]);
  assert.deepEqual(go.removalCommands({ name: "example.org/evil", direct: false }), []);
  assert.deepEqual(go.removalCommands({ name: "example.org/evil", direct: undefined }), []);
  assert.deepEqual(go.removalCommands({ name: "stdlib", direct: true }), []);
});

test("a name or version that would mean something else on the command line gets no command", () => {
  const hostile = [
    "-u",
    "all",
    "./x",
    "../x",
    "/etc",
    "cmd",
    "example.org/../x",
    "example.org/.x",
    "example.org/x.",
    "example.org//x",
    "example.org/x@v1",
    "example.org/a b",
    "example.org/$(id)",
    "example.org/`id`",
    "example.org/a;id",
    'example.org/a"b',
    "example.org/a\nb",
    "example.org/é",
    "",
  ];
  for (const name of hostile) {
    for (const above of [true, false])
      assert.deepEqual(go.commandsFor({ name, version: "1.0.0", above, direct: true, development: false, blocked: false }), [], name);
    assert.deepEqual(go.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["latest", "1.0", "v1.0.0;id", ">=v1.0.0", "1.0.0\n", "", "$(id)", "1.0.0+a b", `1.0.${"9".repeat(5000)}`]) {
    assert.deepEqual(
      go.commandsFor({ name: "example.org/a", version, above: false, direct: true, development: false, blocked: false }),
      [],
      JSON.stringify(version),
    );
  }
});

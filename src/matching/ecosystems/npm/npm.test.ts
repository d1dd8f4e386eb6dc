import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { npm } from "./npm.ts";

test("a scoped package keeps its scope in its name, and its purl is written as OSV writes it", () => {
  const cases = [
    { namespace: undefined, name: "lodash", full: "lodash", purl: "pkg:npm/lodash" },
    { namespace: "", name: "lodash", full: "lodash", purl: "pkg:npm/lodash" },
    { namespace: "@babel", name: "core", full: "@babel/core", purl: "pkg:npm/%40babel/core" },
    { namespace: undefined, name: "socket.io-client", full: "socket.io-client", purl: "pkg:npm/socket.io-client" },
    { namespace: undefined, name: "JSONStream", full: "JSONStream", purl: "pkg:npm/JSONStream" },
    { namespace: undefined, name: "it's~(odd)*!", full: "it's~(odd)*!", purl: "pkg:npm/it%27s~%28odd%29%2A%21" },
    { namespace: undefined, name: "\ud800", full: "\ud800", purl: "pkg:npm/%EF%BF%BD" },
  ];
  for (const { namespace, name, full, purl } of cases) {
    assert.equal(npm.nameFromPurl(namespace, name, undefined), full);
    assert.equal(npm.purlOf(full), purl);
    assert.equal(npm.normaliseName(full), full);
  }
});

test("a change may break where it leaves the caret range of the version in use", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["1.2.3", "1.2.4", false],
    ["1.2.3", "1.9.0", false],
    ["1.2.3", "2.0.0", true],
    ["2.0.0", "1.9.9", true],
    ["0.2.3", "0.2.9", false],
    ["0.2.3", "0.3.0", true],
    ["0.2.3", "1.0.0", true],
    ["0.0.3", "0.0.4", true],
    ["0.0.3", "0.1.0", true],
    ["0.0.3", "0.0.3", false],
    ["0.0.0", "0.0.1", true],
    ["1.0.0-rc.1", "1.0.0", false],
    ["1.0.0", "2.0.0-rc.1", true],
    ["v1.0.0", "1.1.0", false],
    ["1", "1.1", false],
    ["1.2.3.4", "1.2.4", true],
    ["latest", "1.0.0", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(npm.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("a prerelease is told from a release, build metadata or not", () => {
  for (const version of ["1.0.0-rc.1", "1.0.0-0", "v1.0.0-a", "1.0.0beta", "1.0.0-rc+build", "1.2.3.4-a", "1-a"]) {
    assert.equal(npm.isPrerelease(version), true, version);
  }
  for (const version of ["1.0.0", "v1.0.0", "1.0.0+build", "1.0.0+build-a", "1", "1.2.3.4", "latest", ""]) {
    assert.equal(npm.isPrerelease(version), false, version);
  }
});

test("each kind of upgrade has its command", () => {
  const step: UpgradeStep = { name: "lodash", version: "4.17.21", above: false, direct: true, development: false, blocked: false };
  const cases: readonly (readonly [Partial<UpgradeStep>, readonly string[]])[] = [
    [{}, ["npm install lodash@4.17.21"]],
    [{ blocked: true }, ["npm install lodash@4.17.21", "npm pkg set 'overrides.lodash=$lodash'", "npm install"]],
    [
      { blocked: true, within: ["form-builder", "socket.io"] },
      [
        "npm install lodash@4.17.21",
        "npm pkg set 'overrides.form-builder.lodash=$lodash' 'overrides[socket.io].lodash=$lodash'",
        "npm install",
      ],
    ],
    [{ above: true }, ['npm install "lodash@>4.17.21"']],
    [{ development: true }, ["npm install --save-dev lodash@4.17.21"]],
    [{ name: "@babel/core" }, ["npm install @babel/core@4.17.21"]],
    [{ direct: false }, ["npm update lodash"]],
    [{ direct: false, development: true }, ["npm update lodash"]],
    [{ direct: false, blocked: true }, ['npm pkg set "overrides.lodash=4.17.21"', "npm install"]],
    [{ direct: false, blocked: true, name: "@babel/core" }, ['npm pkg set "overrides.@babel/core=4.17.21"', "npm install"]],
    [{ direct: false, blocked: true, name: "lodash.merge" }, ['npm pkg set "overrides[lodash.merge]=4.17.21"', "npm install"]],
    [
      { direct: false, blocked: true, within: ["@x/y.z", "a"] },
      ['npm pkg set "overrides[@x/y.z].lodash=4.17.21" "overrides.a.lodash=4.17.21"', "npm install"],
    ],
    [
      { direct: false, blocked: true, within: ["a"], name: "lodash.merge" },
      ['npm pkg set "overrides.a[lodash.merge]=4.17.21"', "npm install"],
    ],
    [{ direct: false, blocked: true, within: [] }, []],
    [{ direct: false, blocked: true, within: ["a", "$(id)"] }, []],
    [{ direct: false, blocked: true, above: true }, []],
    [{ direct: false, above: true }, ["npm update lodash"]],
    [{ direct: undefined }, ["npm update lodash"]],
    [{ direct: undefined, blocked: true }, []],
    [{ version: "1.0.0-rc.1+b" }, ["npm install lodash@1.0.0-rc.1+b"]],
    [{ name: "it's" }, [`npm install "it's@4.17.21"`]],
    [{ name: "wow!" }, ["npm install 'wow!@4.17.21'"]],
    [{ name: "it's!" }, [String.raw`npm install 'it'\''s!@4.17.21'`]],
  ];
  for (const [change, commands] of cases) assert.deepEqual(npm.commandsFor({ ...step, ...change }), commands, JSON.stringify(change));
});

test("each tool has its own words, as the lockfile says which it is", () => {
  const step: UpgradeStep = { name: "lodash", version: "4.17.21", above: false, direct: true, development: false, blocked: false };
  const OVERRIDES = '# pnpm-workspace.yaml, until pnpm 9 "pnpm" in package.json: "overrides":';
  const cases: readonly (readonly [string, Partial<UpgradeStep>, readonly string[]])[] = [
    ["npm", {}, ["npm install lodash@4.17.21"]],
    ["pnpm", {}, ["pnpm update --recursive lodash@4.17.21"]],
    ["pnpm", { above: true }, ['pnpm update --recursive "lodash@>4.17.21"']],
    ["pnpm", { direct: false }, ["pnpm update --recursive lodash"]],
    ["pnpm", { direct: undefined }, ["pnpm update --recursive lodash"]],
    ["pnpm", { direct: undefined, blocked: true }, []],
    ["pnpm", { direct: false, blocked: true }, [`${OVERRIDES} {"lodash":"4.17.21"}`, "pnpm install"]],
    [
      "pnpm",
      { direct: false, blocked: true, within: ["@x/y.z", "a"] },
      [`${OVERRIDES} {"@x/y.z>lodash":"4.17.21","a>lodash":"4.17.21"}`, "pnpm install"],
    ],
    ["pnpm", { direct: false, blocked: true, within: [] }, []],
    ["pnpm", { direct: false, blocked: true, above: true }, []],
    ["pnpm", { blocked: true }, ["pnpm update --recursive lodash@4.17.21", `${OVERRIDES} {"lodash":"4.17.21"}`, "pnpm install"]],
    ["yarn", {}, ["yarn up lodash@4.17.21"]],
    ["yarn", { above: true }, ['yarn up "lodash@>4.17.21"']],
    ["yarn", { direct: false }, ["yarn up --recursive lodash"]],
    ["yarn", { direct: false, blocked: true }, ['npm pkg set "resolutions.lodash=4.17.21"', "yarn install"]],
    [
      "yarn",
      { direct: false, blocked: true, within: ["a", "@x/b"], name: "lodash.merge" },
      ['npm pkg set "resolutions[a/lodash.merge]=4.17.21" "resolutions[@x/b/lodash.merge]=4.17.21"', "yarn install"],
    ],
    ["yarn", { blocked: true }, ["yarn up lodash@4.17.21", 'npm pkg set "resolutions.lodash=4.17.21"', "yarn install"]],
    ["yarn-1", { direct: undefined }, ["# yarn.lock: take out the entries of lodash", "yarn install"]],
    ["yarn-1", { direct: undefined, blocked: true }, ['npm pkg set "resolutions.lodash=4.17.21"', "yarn install"]],
    ["yarn-1", { direct: undefined, blocked: true, within: ["a"] }, ['npm pkg set "resolutions[a/lodash]=4.17.21"', "yarn install"]],
    ["yarn-1", { direct: undefined, blocked: true, above: true }, []],
    ["yarn-1", { direct: false }, ["# yarn.lock: take out the entries of lodash", "yarn install"]],
    [
      "yarn-1",
      {},
      ['# package.json: "lodash": "^4.17.21" where it is asked for', "# yarn.lock: take out the entries of lodash", "yarn install"],
    ],
    [
      "yarn-1",
      { blocked: true, within: ["a"] },
      ['# package.json: "lodash": "^4.17.21" where it is asked for', 'npm pkg set "resolutions[a/lodash]=4.17.21"', "yarn install"],
    ],
    ["bun", {}, ["bun update --recursive lodash@4.17.21"]],
    ["bun", { direct: false }, ["bun update lodash"]],
    ["bun", { direct: false, blocked: true, name: "@a/b.c" }, ['bun pm pkg set "overrides[@a/b.c]=4.17.21"', "bun install"]],
    ["bun", { direct: false, blocked: true, within: ["a"] }, []],
    ["bun", { blocked: true }, ["bun update --recursive lodash@4.17.21", 'bun pm pkg set "overrides.lodash=4.17.21"', "bun install"]],
    ["bun", { blocked: true, within: ["a"] }, []],
    ["cargo", {}, []],
    ["constructor", {}, []],
  ];
  for (const [tool, change, commands] of cases)
    assert.deepEqual(npm.commandsFor({ ...step, ...change, tool }), commands, `${tool}: ${JSON.stringify(change)}`);
});

test("each tool has its own word for taking a package out", () => {
  const words = { npm: "npm uninstall", pnpm: "pnpm remove --recursive", yarn: "yarn remove --all", bun: "bun remove" };
  for (const [tool, word] of Object.entries(words)) {
    assert.deepEqual(npm.removalCommands({ name: "@evil/x", direct: true, tool }), [`${word} @evil/x`]);
    assert.deepEqual(npm.removalCommands({ name: "evil", direct: false, tool }), []);
    assert.deepEqual(npm.removalCommands({ name: "-g", direct: true, tool }), []);
  }
  assert.deepEqual(npm.removalCommands({ name: "evil", direct: undefined, tool: "yarn-1" }), []);
  assert.deepEqual(npm.removalCommands({ name: "evil", direct: true, tool: "yarn-1" }), ['# package.json: no "evil"', "yarn install"]);
  assert.deepEqual(npm.removalCommands({ name: "evil", direct: true, tool: "pip" }), []);
});

test("a package is taken out only where it is known to be a dependency of the project itself", () => {
  assert.deepEqual(npm.removalCommands({ name: "@evil/x", direct: true }), ["npm uninstall @evil/x"]);
  assert.deepEqual(npm.removalCommands({ name: "evil", direct: false }), []);
  assert.deepEqual(npm.removalCommands({ name: "evil", direct: undefined }), []);
  assert.deepEqual(npm.removalCommands({ name: "-g", direct: true }), []);
});

test("a name or version that would mean something else on the command line gets no command", () => {
  const hostile = [
    "a\nb",
    "a\u0000b",
    "a\u001b[2Jb",
    "--registry=https://example.org",
    "-g",
    "../x",
    "./x",
    "/etc",
    "https://example.org/x.tgz",
    "git+ssh://example.org/x",
    "user/repo",
    "a@npm:b",
    "@a/b/c",
    "@/b",
    "@a/",
    "a b",
    "$(id)",
    "`id`",
    "a;id",
    'a"b',
    "a%PATH%",
    "",
  ];
  for (const tool of [undefined, "pnpm", "yarn", "yarn-1", "bun"]) {
    for (const name of hostile) {
      for (const direct of [true, false, undefined]) {
        const step = { version: "1.0.0", above: false, direct, development: false, blocked: direct === false, tool };
        assert.deepEqual(npm.commandsFor({ ...step, name }), [], JSON.stringify(name));
        assert.deepEqual(
          npm.commandsFor({ ...step, name: "a", direct: false, blocked: true, within: ["b", name] }),
          [],
          JSON.stringify(name),
        );
      }
    }
  }
  for (const version of ["latest", "npm:evil@1.0.0", "1.0.0\n", "1.0.0;id", "https://example.org/x.tgz", "^1.0.0", "", "1.x", "$(id)"]) {
    assert.deepEqual(
      npm.commandsFor({ name: "a", version, above: false, direct: true, development: false, blocked: false }),
      [],
      JSON.stringify(version),
    );
  }
});

test("a shell hands npm the very words that were meant", { skip: process.platform === "win32" ? "needs a POSIX shell" : false }, () => {
  for (const name of ["it's", "wow!", "it's!", "a*b", "~a", "a(b)", "(a)"]) {
    const [command = ""] = npm.commandsFor({ name, version: "1.2.3", above: false, direct: true, development: false, blocked: false });
    const words = execFileSync("sh", ["-c", command.replace(/^npm install/, String.raw`printf '%s\n'`)], { encoding: "utf8" });
    assert.equal(words, `${name}@1.2.3\n`);
  }
});

test("the size of the feed is said with the day it was seen", () => {
  assert.deepEqual(npm.feedSize, { bytes: 142_300_000, seenOn: "2025-11-08" });
});

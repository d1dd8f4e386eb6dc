import assert from "node:assert/strict";
import { test } from "node:test";

import { filesInMemory } from "../../../tests/support/files-in-memory.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Inventory } from "../../vocabulary/component.ts";
import { workspaceFolders } from "./workspace-folders.ts";
import { yarnLock } from "./yarn-lock.ts";

type Files = Readonly<Record<string, string | CodedError>>;

function read(text: string, files: Files): Inventory {
  return yarnLock.read({ name: "app/yarn.lock", bytes: new TextEncoder().encode(text), beside: filesInMemory(files) }, () => undefined);
}

/** gate needs bolt; rivet and hinge stand alone. */
const CLASSIC = `# yarn lockfile v1

bolt@^3.0.0:
  version "3.1.0"

gate@^2.0.0, gate@2.x:
  version "2.3.4"
  dependencies:
    bolt "^3.0.0"

hinge@^1.0.0:
  version "1.0.9"

"old-rivet@npm:rivet@~1.0.0":
  version "1.0.2"
`;

const BERRY = `__metadata:
  version: 8

"bolt@npm:^3.0.0":
  version: 3.1.0
  resolution: "bolt@npm:3.1.0"

"gate@npm:^2.0.0":
  version: 2.3.4
  resolution: "gate@npm:2.3.4"
  dependencies:
    bolt: "npm:^3.0.0"

"hinge@npm:^1.0.0":
  version: 1.0.9
  resolution: "hinge@npm:1.0.9"

"pump@workspace:packages/pump":
  version: 0.0.0-use.local
  resolution: "pump@workspace:packages/pump"
  dependencies:
    hinge: "npm:^1.0.0"

"waterworks@workspace:.":
  version: 0.0.0-use.local
  resolution: "waterworks@workspace:."
  dependencies:
    gate: "npm:^2.0.0"
    pump: "workspace:*"
`;

const json = (value: unknown): string => JSON.stringify(value);
const needsOf = ({ dependencies }: Inventory): readonly string[] | undefined =>
  dependencies.get("")?.map(({ ref, range }) => `${ref} ${range ?? "-"}`);
const developmentOf = ({ components }: Inventory): readonly string[] =>
  components.filter(({ development }) => development).map(({ ref }) => ref);

test("yarn 1: package.json says what the project asks for, and what of it is for development only with all that comes through it", () => {
  const inventory = read(CLASSIC, {
    "package.json": json({
      name: "waterworks",
      version: "1.2.3",
      dependencies: { hinge: "^1.0.0", own: "file:./own" },
      optionalDependencies: { "old-rivet": "npm:rivet@~1.0.0" },
      devDependencies: { gate: "2.x", hinge: "^1.0.0" },
    }),
  });
  assert.deepEqual(
    [inventory.format, inventory.root, inventory.problems],
    ["yarn.lock 1, with package.json", { name: "waterworks", version: "1.2.3" }, []],
  );
  assert.deepEqual(needsOf(inventory), ["hinge@1.0.9 ^1.0.0", "rivet@1.0.2 ~1.0.0", "gate@2.3.4 2.x"]);
  assert.deepEqual(developmentOf(inventory), ["bolt@3.1.0", "gate@2.3.4"]);
});

test("yarn 1: what any workspace asks for is the project's own, and workspaces that ask for one another are not looked for", () => {
  const files: Files = {
    "package.json": json({ private: true, workspaces: { packages: ["packages/*", "tool"] }, devDependencies: { gate: "^2.0.0" } }),
    "packages/pump/package.json": json({ name: "pump", dependencies: { gate: "2.x", valve: "1.0.0" } }),
    "packages/valve/package.json": json({ name: "valve", devDependencies: { hinge: "^1.0.0" } }),
    "packages/notes/readme.md": "",
    "packages/valve/node_modules/x/package.json": json({ dependencies: { "not-there": "1" } }),
    "tool/package.json": json({ name: "tool", dependencies: { pump: "*" } }),
    "other/package.json": json({ dependencies: { "not-there": "1" } }),
  };
  const inventory = read(CLASSIC, files);
  assert.deepEqual(inventory.problems, []);
  assert.equal(inventory.format, "yarn.lock 1, with package.json, packages/pump/package.json, packages/valve/package.json and 1 more");
  assert.deepEqual(needsOf(inventory), ["gate@2.3.4 ^2.0.0", "gate@2.3.4 2.x", "hinge@1.0.9 ^1.0.0"]);
  assert.deepEqual(developmentOf(inventory), ["hinge@1.0.9"]);
});

test("yarn 2 and later: each workspace's package.json says what of its needs is for development only; without one, none is", () => {
  const root = json({ name: "waterworks", devDependencies: { gate: "^2.0.0" }, dependencies: { pump: "workspace:*" } });
  const pump = json({ name: "pump", devDependencies: { hinge: "^1.0.0" } });
  const cases: readonly (readonly [Files, string, readonly string[]])[] = [
    [{}, "yarn.lock 8", []],
    [{ "package.json": root }, "yarn.lock 8, with package.json", ["bolt@3.1.0", "gate@2.3.4"]],
    [{ "packages/pump/package.json": pump }, "yarn.lock 8, with packages/pump/package.json", ["hinge@1.0.9"]],
    [
      { "package.json": root, "packages/pump/package.json": pump },
      "yarn.lock 8, with packages/pump/package.json, package.json",
      ["bolt@3.1.0", "gate@2.3.4", "hinge@1.0.9"],
    ],
    [
      { "package.json": root, "packages/pump/package.json": json({ name: "pump", dependencies: { bolt: "^3.0.0" } }) },
      "yarn.lock 8, with packages/pump/package.json, package.json",
      ["bolt@3.1.0", "gate@2.3.4"],
    ],
  ];
  for (const [files, format, development] of cases) {
    const inventory = read(BERRY, files);
    assert.deepEqual(
      [inventory.format, inventory.problems, developmentOf(inventory)],
      [format, [], development],
      Object.keys(files).join(),
    );
    assert.deepEqual(needsOf(inventory), ["hinge@1.0.9 ^1.0.0", "gate@2.3.4 ^2.0.0"]);
  }
});

test("without a package.json, or where one cannot be read, nothing is said of what the project asks for", () => {
  const pump = { "packages/pump/package.json": "{" };
  const cases: readonly (readonly [Files, readonly string[]])[] = [
    [{}, []],
    [{ "packages/pump/package.json": json({ dependencies: { gate: "2.x" } }) }, []],
    [{ "package.json": "{" }, ["package.json 1:2"]],
    [{ "package.json": "[]" }, ["package.json"]],
    [{ "package.json": "[".repeat(200) }, ["package.json byte 100"]],
    [{ "package.json": " ".repeat(5_000_000) }, ["package.json"]],
    [{ "package.json": new CodedError("document-invalid", "Expected this, found that") }, ["package.json"]],
    [{ "package.json": json({ workspaces: ["packages/*"] }), ...pump }, ["packages/pump/package.json 1:2"]],
    [{ "package.json": json({ workspaces: ["packages/{a,b}"] }) }, []],
    [{ "package.json": json({ workspaces: ["../x"] }) }, []],
    [{ "package.json": json({ workspaces: 7 }) }, []],
  ];
  for (const [files, places] of cases) {
    const inventory = read(CLASSIC, files);
    const label = JSON.stringify(files).slice(0, 80);
    assert.deepEqual(
      [inventory.format, needsOf(inventory), developmentOf(inventory), inventory.components.length],
      ["yarn.lock 1", undefined, [], 4],
      label,
    );
    assert.deepEqual(
      inventory.problems.map(({ place }) => place),
      places,
      label,
    );
    const berry = read(BERRY, files);
    assert.deepEqual([needsOf(berry)?.length, developmentOf(berry)], [2, []], label);
  }
});

test("a package.json that is another project's, or has what it should not, is kept aside with its place", () => {
  const other = read(BERRY, { "package.json": json({ name: "other", devDependencies: { gate: "^2.0.0" } }) });
  assert.deepEqual(
    [other.format, developmentOf(other), other.problems],
    ["yarn.lock 8", [], [{ place: "package.json name", reason: 'Expected the workspace "waterworks", found "other"' }]],
  );
  const odd = read(CLASSIC, {
    "package.json": json({ dependencies: [], devDependencies: { gate: 7, "not-there": "^1.0.0", __proto__x: "1" } }),
  });
  assert.deepEqual(
    odd.problems.map(({ place, reason }) => `${place}: ${reason}`),
    [
      "package.json dependencies: Expected an object, found a list",
      'package.json devDependencies.not-there: Expected a requirement that an entry is for, found "not-there@^1.0.0"',
      'package.json devDependencies.__proto__x: Expected a requirement that an entry is for, found "__proto__x@1"',
    ],
  );
});

test("workspaces are named by words, one star in each, and two for any depth", () => {
  const beside = filesInMemory({
    "a/one/x": "",
    "a/two/deep/x": "",
    "a/.hidden/x": "",
    "a/node_modules/y/x": "",
    "b-1-c/x": "",
    "b-2/x": "",
  });
  const cases: readonly (readonly [unknown, readonly string[] | undefined])[] = [
    [undefined, []],
    [[], []],
    [
      ["a/one", "./a/one/", "gone"],
      ["a/one", "gone"],
    ],
    [["a/*"], ["a/one", "a/two"]],
    [["*"], ["a", "b-1-c", "b-2"]],
    [["b-*-c"], ["b-1-c"]],
    [["a/**"], ["a", "a/one", "a/two", "a/two/deep"]],
    [["b-*/in"], ["b-1-c/in", "b-2/in"]],
    [{ packages: ["a/one"], nohoist: ["**"] }, ["a/one"]],
    [["!a/one"], undefined],
    [["a/[ot]*"], undefined],
    [["/etc"], undefined],
    [["a/../../x"], undefined],
    [["C:\\x"], undefined],
    [[7], undefined],
    [Array.from({ length: 10_001 }, (_, index) => `w${index}`), undefined],
    [["**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/**/x"], undefined],
  ];
  for (const [workspaces, folders] of cases)
    assert.deepEqual(workspaceFolders(beside, JSON.parse(json({ workspaces }))), folders, json(workspaces)?.slice(0, 80));
});

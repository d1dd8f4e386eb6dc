import assert from "node:assert/strict";
import { test } from "node:test";

import { filesInMemory } from "../../../tests/support/files-in-memory.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Inventory } from "../../vocabulary/component.ts";
import { poetryLock } from "./poetry-lock.ts";

/** gate needs bolt. */
function lockOf(version: string, extra: (name: string) => string = () => ""): string {
  const packages = ["bolt", "gate", "needle", "Steel.Hinge"].map(
    (name) =>
      `[[package]]\nname = "${name}"\nversion = "1.0"\n${extra(name)}\n${name === "gate" ? '[package.dependencies]\nbolt = ">=1"\n' : ""}`,
  );
  return `${packages.join("\n")}\n[metadata]\nlock-version = "${version}"\n`;
}

function read(pyproject: string | CodedError | undefined, lock = lockOf("2.0")): Inventory {
  const beside = filesInMemory(pyproject === undefined ? {} : { "pyproject.toml": pyproject });
  return poetryLock.read({ name: "app/poetry.lock", bytes: new TextEncoder().encode(lock), beside }, () => undefined);
}

const needsOf = ({ dependencies }: Inventory): readonly string[] | undefined =>
  dependencies.get("")?.map(({ ref, range }) => `${ref} ${range ?? "-"}`);
const developmentOf = ({ components }: Inventory): readonly string[] =>
  components.filter(({ development }) => development).map(({ name }) => name);

test("what the project asks for stands in pyproject.toml, in Poetry's tables and in the standard's", () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['[tool.poetry.dependencies]\npython = "^3.9"\ngate = "^1.0"\n', ["gate@1.0 ^1.0"], []],
    [
      '[tool.poetry.dependencies]\ngate = { version = ">=1", optional = true }\nneedle = { git = "https://x.example" }\n',
      ["gate@1.0 >=1", "needle@1.0 -"],
      [],
    ],
    ['[tool.poetry.dependencies]\nbolt = [{ version = "1", python = "<3.9" }, { version = "2" }]\n', ["bolt@1.0 1", "bolt@1.0 2"], []],
    [
      '[tool.poetry.dependencies]\nbolt = "*"\n[tool.poetry.group.dev.dependencies]\ngate = "^1"\n',
      ["bolt@1.0 *", "gate@1.0 ^1"],
      ["gate"],
    ],
    ['[tool.poetry.dev-dependencies]\ngate = "^1"\n', ["gate@1.0 ^1"], ["bolt", "gate"]],
    [
      '[project]\nname = "w"\ndependencies = ["gate[x] (>=1) ; python_version < \'4\'", "not-locked", "steel_hinge @ https://x.example"]\n[project.optional-dependencies]\nx = ["needle==1.0"]\n',
      ["gate@1.0 >=1", "Steel.Hinge@1.0 -", "needle@1.0 ==1.0"],
      [],
    ],
    [
      '[project]\ndependencies = []\n[dependency-groups]\ntest = ["needle", { include-group = "x" }]\nx = ["gate"]\n',
      ["needle@1.0 -", "gate@1.0 -"],
      ["bolt", "gate", "needle"],
    ],
  ];
  for (const [pyproject, needs, development] of cases) {
    const inventory = read(pyproject);
    assert.deepEqual([inventory.format, inventory.problems], ["poetry.lock 2.0, with pyproject.toml", []], pyproject);
    assert.deepEqual([needsOf(inventory), developmentOf(inventory)], [needs, development], pyproject);
  }
});

test("where the lockfile says itself what is for development, it is believed", () => {
  const pyproject = '[tool.poetry.group.dev.dependencies]\ngate = "^1"\n';
  const grouped = lockOf("2.1", (name) => `groups = ["${name === "needle" ? "dev" : "main"}"]`);
  assert.deepEqual(developmentOf(read(pyproject, grouped)), ["needle"]);
  const category = lockOf("1.1", (name) => `category = "${name === "needle" ? "dev" : "main"}"`);
  assert.deepEqual(developmentOf(read(pyproject, category)), ["needle"]);
});

test("without a pyproject.toml that says it, what the project asks for is not known", () => {
  const cases: readonly (readonly [string | CodedError | undefined, readonly string[]])[] = [
    [undefined, []],
    ["[tool.black]\nline-length = 100\n", []],
    ["tool = 7\nproject = []\n", []],
    ["[project", ["pyproject.toml 1:2"]],
    [" ".repeat(5_000_000), ["pyproject.toml"]],
    [new CodedError("document-invalid", "Expected this, found that"), ["pyproject.toml"]],
  ];
  for (const [pyproject, places] of cases) {
    const inventory = read(pyproject);
    assert.deepEqual([inventory.format, needsOf(inventory), developmentOf(inventory)], ["poetry.lock 2.0", undefined, []]);
    assert.deepEqual(
      inventory.problems.map(({ place }) => place),
      places,
    );
  }
  const odd = read('[project]\ndependencies = "gate"\n[tool.poetry.dependencies]\nbolt = 7\n__proto__ = "1"\n');
  assert.deepEqual([needsOf(odd), odd.problems.map(({ place }) => place)], [["bolt@1.0 -"], ["pyproject.toml project.dependencies"]]);
});

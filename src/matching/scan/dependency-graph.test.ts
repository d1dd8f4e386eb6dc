import assert from "node:assert/strict";
import { test } from "node:test";
import { projectOf } from "../../../tests/support/stated-project.ts";
import type { Component, Dependency, Inventory } from "../../vocabulary/component.ts";
import { dependencyGraphOf } from "./dependency-graph.ts";

test("a lockfile says who needs what, with the range as written", () => {
  const graph = dependencyGraphOf(
    projectOf({
      needs: { top: "^1.0.0", both: "*" },
      installed: {
        top: { version: "1.0.0", needs: { mid: "~1.1.0", both: "^2.0.0" } },
        mid: { version: "1.1.0", needs: { deep: "1" } },
        deep: "1.0.0",
        both: "2.0.0",
      },
    }),
  );
  const at = (name: string): string => `node_modules/${name}`;
  assert.deepEqual(
    ["top", "mid", "deep", "both"].map((name) => graph.isDirect(at(name))),
    [true, false, false, true],
  );
  assert.deepEqual(
    graph.dependentsOf(at("both")).map(({ component, range }) => [component?.name, range]),
    [
      [undefined, "*"],
      ["top", "^2.0.0"],
    ],
  );
  assert.deepEqual(graph.throughOf(at("deep"), 5), ["top"]);
  assert.deepEqual(graph.throughOf(at("both"), 5), ["top"]);
  assert.deepEqual(graph.throughOf(at("top"), 5), []);
  assert.deepEqual(graph.dependentsOf("absent"), []);
});

test("a cycle is walked once", () => {
  const graph = dependencyGraphOf(inventory(["top", "a", "b"], { "": ["top"], top: ["a"], a: ["b"], b: ["a", "b"] }));
  assert.deepEqual(graph.throughOf("b", 5), ["top"]);
});

test("the walk up stops at the number asked for", () => {
  const tops = Array.from({ length: 50 }, (_, index) => `top${index}`);
  const edges = { "": tops, ...Object.fromEntries(tops.map((top) => [top, ["a"]])) };
  const graph = dependencyGraphOf(inventory([...tops, "a"], edges));
  assert.deepEqual(graph.throughOf("a", 3), ["top0", "top1", "top2"]);
});

test("where the root's own needs are not stated, only what nothing else needs is known to be direct", () => {
  const graph = dependencyGraphOf(inventory(["p", "q", "a"], { p: ["a"], q: ["a"] }));
  assert.deepEqual([graph.isDirect("p"), graph.isDirect("a")], [true, undefined]);
  assert.deepEqual(graph.throughOf("a", 5), ["p", "q"]);
  assert.deepEqual(graph.throughOf("a", 1), ["p"]);
});

test("where nothing is stated nothing is known", () => {
  const graph = dependencyGraphOf(inventory(["a"], {}));
  assert.deepEqual([graph.isDirect("a"), graph.dependentsOf("a"), graph.throughOf("a", 5)], [undefined, [], []]);
});

test("the copies of a package are told apart from packages of the same name elsewhere", () => {
  const components = [...inventory(["1", "2"], {}).components, componentOf("3", "PyPI"), componentOf("4", undefined)];
  const graph = dependencyGraphOf({ ...inventory([], {}), components: components.map((component) => ({ ...component, name: "same" })) });
  assert.deepEqual(graph.copiesOf({ ecosystem: "npm", name: "same" }), ["1", "2"]);
  assert.deepEqual(graph.copiesOf({ ecosystem: undefined, name: "same" }), ["4"]);
  assert.deepEqual(graph.copiesOf({ ecosystem: "npm", name: "other" }), []);
});

function inventory(refs: readonly string[], edges: Readonly<Record<string, readonly string[]>>): Inventory {
  const dependencies = new Map(
    Object.entries(edges).map(([from, to]): [string, readonly Dependency[]] => [from, to.map((ref) => ({ ref, range: undefined }))]),
  );
  return { format: "test", root: undefined, components: refs.map((ref) => componentOf(ref, "npm")), dependencies, problems: [] };
}

function componentOf(ref: string, ecosystem: string | undefined): Component {
  return { ref, ecosystem, packageType: "x", name: ref, version: "1.0.0", purl: undefined, place: ref, development: false };
}

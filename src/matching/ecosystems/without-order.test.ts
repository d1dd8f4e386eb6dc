import assert from "node:assert/strict";
import { test } from "node:test";

import { isRebuilder } from "../rebuilds/rebuilds.ts";
import { ecosystemOf } from "./ecosystem-of.ts";
import { baseEcosystemNames } from "./osv-ecosystems.ts";
import { exactOnlyEcosystems, whyWithoutOrder } from "./without-order.ts";

test("every ecosystem of OSV has an order, rebuilds packages of one that has, or is matched by exact versions only", () => {
  for (const name of baseEcosystemNames) {
    const ordered = ecosystemOf(name) !== undefined || isRebuilder(name);
    assert.equal(ordered, !exactOnlyEcosystems.has(name), name);
  }
});

test("what is matched by exact versions only is so for every release", () => {
  for (const name of exactOnlyEcosystems.keys()) assert.equal(ecosystemOf(`${name}:4.0`), undefined, name);
});

test("an ecosystem without an order says why", () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      "Photon OS:4.0",
      "no version order is known for Photon OS: OSV states no order for it; only versions that an advisory lists are found",
    ],
    [
      "GIT",
      "no version order is known for GIT: whether a commit lies between two others only the repository's history tells; only what an advisory names itself is found",
    ],
    ["TuxCare", "TuxCare has the order of the ecosystem that its name goes on with (TuxCare:NAME), and nothing stands there"],
    ["TuxCare:9", 'TuxCare has the order of the ecosystem that its name goes on with (TuxCare:NAME), and "9" is none'],
    ["Haiku", "no version order is known for Haiku"],
    ["", "no version order is known for "],
  ];
  for (const [name, reason] of cases) assert.equal(whyWithoutOrder(name), reason, name);
});

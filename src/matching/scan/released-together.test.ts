import assert from "node:assert/strict";
import { test } from "node:test";
import type { StatedProject } from "../../../tests/support/stated-project.ts";
import { changesOf } from "../../../tests/support/stated-scan.ts";
import type { StatedAdvisory } from "../../../tests/support/stated-snapshot.ts";

const PARTS: readonly StatedAdvisory[] = [
  { id: "A", affects: { wheel: "introduced 0, fixed 7.0.8" } },
  { id: "B", affects: { door: "introduced 0, fixed 7.2.3" } },
];
const at7 = (needs: Readonly<Record<string, string>>) => ({ version: "7.0.2", needs });

test("parts that a direct dependency pins to its own version go with it, to the highest that one of them needs", () => {
  const [change, ...others] = changesOf(
    {
      needs: { car: "~7.0.0" },
      installed: { car: at7({ wheel: "7.0.2", frame: "=7.0.2" }), frame: at7({ door: "7.0.2" }), wheel: "7.0.2", door: "7.0.2" },
    },
    PARTS,
  );
  assert.deepEqual(others, []);
  assert.deepEqual(
    [change?.name, change?.from, change?.fix, change?.direct, change?.ends, change?.blockedBy, change?.commands, change?.notes],
    [
      "car",
      ["7.0.2"],
      { kind: "version", version: "7.2.3", majorChange: false },
      true,
      ["A", "B"],
      [],
      ["npm install car@7.2.3"],
      ["takes along door and wheel, pinned to its own version; the advisories are about these, and do not say that there is a 7.2.3 of it"],
    ],
  );
});

test("what else the whole has, and what else holds a part back, belong to the same change", () => {
  const [change, ...others] = changesOf(
    {
      needs: { car: "~7.0.0", trailer: "1" },
      installed: { car: at7({ wheel: "7.0.2" }), wheel: "7.0.2", trailer: { version: "1.0.0", needs: { wheel: "~7.0.0" } } },
    },
    [
      { id: "A", affects: { wheel: "introduced 0, fixed 7.2.0" } },
      { id: "C", affects: { car: "introduced 0, fixed 7.1.0" } },
    ],
  );
  assert.deepEqual(others, []);
  assert.deepEqual([change?.name, change?.fix.kind === "version" && change.fix.version, change?.ends], ["car", "7.2.0", ["A", "C"]]);
  assert.deepEqual(change?.blockedBy, ["trailer 1.0.0 asks for ~7.0.0"]);
});

test("a part is left to itself when it is not bound to one whole", () => {
  const cases: readonly (readonly [string, StatedProject, readonly string[]])[] = [
    ["a range that admits the fix", { needs: { car: "7" }, installed: { car: at7({ wheel: "^7.0.2" }), wheel: "7.0.2" } }, ["wheel"]],
    [
      "a pin by another version",
      { needs: { car: "8" }, installed: { car: { version: "8.0.0", needs: { wheel: "7.0.2" } }, wheel: "7.0.2" } },
      ["wheel"],
    ],
    ["a direct part", { needs: { car: "7", wheel: "7" }, installed: { car: at7({ wheel: "7.0.2" }), wheel: "7.0.2" } }, ["wheel"]],
    [
      "two wholes",
      { needs: { car: "7", cart: "7" }, installed: { car: at7({ wheel: "7.0.2" }), cart: at7({ wheel: "7.0.2" }), wheel: "7.0.2" } },
      ["wheel"],
    ],
  ];
  for (const [title, project, names] of cases)
    assert.deepEqual(
      changesOf(project, PARTS).map(({ name }) => name),
      names,
      title,
    );
});

test("a part that has its vulnerability again where the whole would go is left to itself", () => {
  const changes = changesOf(
    { needs: { car: "7" }, installed: { car: at7({ wheel: "7.0.2", door: "7.0.2" }), wheel: "7.0.2", door: "7.0.2" } },
    [
      { id: "A", affects: { wheel: "introduced 0, fixed 7.0.8; introduced 7.2.0, fixed 7.2.9" } },
      { id: "B", affects: { door: "introduced 0, fixed 7.2.3" } },
    ],
  );
  assert.deepEqual(
    changes.map(({ name, ends }) => [name, ends]),
    [
      ["car", ["B"]],
      ["wheel", ["A"]],
    ],
  );
});

test("a whole whose version has something new in one of its parts leaves each part to itself", () => {
  const changes = changesOf(
    { needs: { car: "7" }, installed: { car: at7({ wheel: "7.0.2", door: "7.0.2" }), wheel: "7.0.2", door: "7.0.2" } },
    [...PARTS, { id: "N", affects: { wheel: "introduced 7.2.0, fixed 7.2.9" } }],
  );
  assert.deepEqual(
    changes.map(({ name, ends }) => [name, ends]),
    [
      ["door", ["B"]],
      ["wheel", ["A"]],
    ],
  );
});

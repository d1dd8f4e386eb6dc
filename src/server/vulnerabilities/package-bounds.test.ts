import assert from "node:assert/strict";
import { test } from "node:test";
import type { AffectedPackage, RangeEvent, RangeEventKind } from "../../vocabulary/advisory.ts";
import { compilePackages } from "../advisories/compile-advisory.ts";
import { packageBounds } from "./package-bounds.ts";

type Event = readonly [RangeEventKind, string];

function affected(name: string, events: readonly Event[], versions: readonly string[] = []): AffectedPackage {
  const written = events.map(([kind, version]): RangeEvent => ({ kind, version }));
  const ranges = events.length === 0 ? [] : [{ type: "SEMVER", repository: undefined, events: written }];
  return { package: { ecosystem: "npm", name }, purl: undefined, ranges, versions };
}

function statement(entries: readonly AffectedPackage[], inForce = true): Parameters<typeof packageBounds>[0][number] {
  return { packages: compilePackages(entries), inForce };
}

const cases: readonly (readonly [string, readonly AffectedPackage[], ReturnType<typeof packageBounds>[number]])[] = [
  [
    "bounds stand in the ecosystem's order, not in that of their text",
    [
      affected("a", [
        ["introduced", "1.9.0"],
        ["fixed", "1.10.0"],
      ]),
      affected("a", [
        ["introduced", "0"],
        ["fixed", "1.2.0-rc.1"],
      ]),
    ],
    {
      ecosystem: "npm",
      name: "a",
      bounds: ["0", "1.2.0-rc.1", "1.9.0", "1.10.0"],
      outside: { version: "1.10.0", isItself: true, commands: ["npm install a@1.10.0"] },
    },
  ],
  [
    "above a last affected version is outside, not the version itself",
    [
      affected("a", [
        ["introduced", "1.0.0"],
        ["last_affected", "1.4.0"],
      ]),
    ],
    {
      ecosystem: "npm",
      name: "a",
      bounds: ["1.0.0", "1.4.0"],
      outside: { version: "1.4.0", isItself: false, commands: ['npm install "a@>1.4.0"'] },
    },
  ],
  ["a range that stays open has no outside", [affected("a", [["introduced", "0"]])], { ecosystem: "npm", name: "a", bounds: ["0"] }],
  [
    "a listed version above every range is not outside, and is no bound",
    [
      affected(
        "a",
        [
          ["introduced", "0"],
          ["fixed", "1.0.0"],
        ],
        ["2.0.0"],
      ),
    ],
    {
      ecosystem: "npm",
      name: "a",
      bounds: ["0", "1.0.0"],
      outside: { version: "2.0.0", isItself: false, commands: ['npm install "a@>2.0.0"'] },
    },
  ],
  [
    "a version without a place in the order leaves nothing outside",
    [
      affected(
        "a",
        [
          ["introduced", "0"],
          ["fixed", "1.0.0"],
        ],
        ["banana"],
      ),
    ],
    { ecosystem: "npm", name: "a", bounds: ["0", "1.0.0"] },
  ],
];
for (const [title, entries, expected] of cases) test(title, () => assert.deepEqual(packageBounds([statement(entries)]), [expected]));

test("the package that most statements name comes first", () => {
  const both = statement([affected("rare", [["introduced", "0"]]), affected("usual", [["introduced", "0"]])]);
  const one = statement([affected("usual", [["introduced", "0"]])]);
  assert.deepEqual(
    packageBounds([both, one]).map(({ name }) => name),
    ["usual", "rare"],
  );
});

test("a statement that is no longer in force has bounds but holds nothing", () => {
  const closed = statement([
    affected("a", [
      ["introduced", "0"],
      ["fixed", "1.0.0"],
    ]),
  ]);
  const withdrawn = statement(
    [
      affected("a", [
        ["introduced", "0"],
        ["fixed", "3.0.0"],
      ]),
    ],
    false,
  );
  const [found] = packageBounds([closed, withdrawn]);
  assert.deepEqual(found?.bounds, ["0", "1.0.0", "3.0.0"]);
  assert.deepEqual(found?.outside, { version: "1.0.0", isItself: true, commands: ["npm install a@1.0.0"] });
});

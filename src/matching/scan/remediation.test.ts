import assert from "node:assert/strict";
import { test } from "node:test";
import { projectOf, type StatedProject } from "../../../tests/support/stated-project.ts";
import { answerTo, changesOf } from "../../../tests/support/stated-scan.ts";
import { NOW, type StatedAdvisory, statedSnapshot } from "../../../tests/support/stated-snapshot.ts";
import type { Component, Inventory } from "../../vocabulary/component.ts";
import type { Change } from "../../vocabulary/scan-answer.ts";
import { ecosystemOf } from "../ecosystems/ecosystem-of.ts";
import { answerScan } from "./answer-scan.ts";

/** Of the advisory that most cases are about. */
const FIXED: readonly StatedAdvisory[] = [{ id: "A", affects: { a: "introduced 0, fixed 4.17.21" } }];

test("a direct dependency is raised where the project asks for it", () => {
  const [change] = changesOf({ needs: { a: "^4.0.0" }, installed: { a: "4.17.15" } }, FIXED);
  assert.deepEqual(change, {
    number: 1,
    ecosystem: "npm",
    name: "a",
    from: ["4.17.15"],
    fix: { kind: "version", version: "4.17.21", majorChange: false },
    document: "package-lock.json",
    direct: true,
    development: false,
    through: [],
    blockedBy: [],
    commands: ["npm install a@4.17.21"],
    notes: [],
    ends: ["A"],
    exploited: false,
    score: undefined,
  });
});

test("commands are in the words of the tool whose lockfile it is", () => {
  const snapshot = statedSnapshot(FIXED);
  const inventory = projectOf({ needs: { a: "^4.0.0" }, installed: { a: "4.17.15" } });
  for (const [tool, command] of [
    ["npm", "npm install a@4.17.21"],
    ["pnpm", "pnpm update --recursive a@4.17.21"],
    [undefined, "npm install a@4.17.21"],
  ] as const) {
    assert.deepEqual(answerTo(snapshot, { ...inventory, tool }).changes[0]?.commands, [command]);
  }
});

test("where a package stands decides what to do", () => {
  const parent = (range: string, version = "1.0.0") => ({ version, needs: { a: range } });
  const cases: readonly (readonly [string, StatedProject, Partial<Change>])[] = [
    [
      "a development dependency",
      { devNeeds: { a: "^4.0.0" }, installed: { a: { version: "4.17.15", dev: true } } },
      { direct: true, development: true, commands: ["npm install --save-dev a@4.17.21"] },
    ],
    [
      "an indirect one whose ranges admit the version",
      { needs: { p: "1" }, installed: { p: parent("^4.0.0"), a: "4.17.15" } },
      { direct: false, through: ["p"], commands: ["npm update a"], blockedBy: [], notes: [] },
    ],
    [
      "an indirect one that a range holds back",
      { needs: { p: "1" }, installed: { p: parent("~4.16.0"), a: "4.16.6" } },
      {
        direct: false,
        through: ["p"],
        blockedBy: ["p 1.0.0 asks for ~4.16.0"],
        commands: ['npm pkg set "overrides.a=4.17.21"', "npm install"],
        notes: ["a newer p may bring it by itself: look there first"],
      },
    ],
    [
      "a direct one that others hold back",
      { needs: { a: "^4.0.0", p: "1" }, installed: { p: parent("4.17.15"), a: "4.17.15" } },
      {
        direct: true,
        blockedBy: ["p 1.0.0 asks for 4.17.15"],
        commands: ["npm install a@4.17.21", "npm pkg set 'overrides.a=$a'", "npm install"],
      },
    ],
    [
      "a direct one that others hold back, beside a copy that must stay",
      {
        needs: { a: "^4.0.0", p: "1", q: "1" },
        installed: { p: parent("4.17.15"), q: parent("^5.0.0"), a: "4.17.15", "q > a": "5.0.0" },
      },
      { direct: true, commands: ["npm install a@4.17.21", "npm pkg set 'overrides.p.a=$a'", "npm install"] },
    ],
    [
      "a nested copy beside a direct one that must stay",
      { needs: { a: "^5.0.0", p: "1" }, installed: { a: "5.0.0", p: parent("~4.16.0"), "p > a": "4.16.6" } },
      { direct: false, through: ["p"], commands: ['npm pkg set "overrides.p.a=4.17.21"', "npm install"] },
    ],
    [
      "copies of several versions that go the same way",
      {
        needs: { p: "1", q: "1" },
        installed: { p: parent("^4.0.0"), q: parent("^4.0.0"), "p > a": "4.17.15", "q > a": "4.17.16" },
      },
      { from: ["4.17.15", "4.17.16"], through: ["p", "q"], commands: ["npm update a"] },
    ],
    [
      "one deep below, through what the project itself asks for",
      { needs: { top: "1" }, installed: { top: { version: "1.0.0", needs: { p: "1" } }, p: parent("^4.0.0"), a: "4.17.15" } },
      { direct: false, through: ["top"] },
    ],
    [
      "a requirement that is no range, for a small step",
      { needs: { p: "1" }, installed: { p: parent("git+https://example.org/a.git"), a: "4.17.15" } },
      { blockedBy: [], commands: ["npm update a"] },
    ],
    [
      "a requirement that is no range, for a step that may break",
      { needs: { p: "1" }, installed: { p: parent("git+https://example.org/a.git"), a: "3.0.0" } },
      {
        blockedBy: [],
        commands: ['npm pkg set "overrides.a=4.17.21"', "npm install"],
        notes: ["3.0.0 to 4.17.21 may break its users: read its release notes", "a newer p may bring it by itself: look there first"],
      },
    ],
    [
      "a direct one whose step may break",
      { needs: { a: "^3.0.0" }, installed: { a: "3.0.0" } },
      { commands: ["npm install a@4.17.21"], notes: ["3.0.0 to 4.17.21 may break its users: read its release notes"] },
    ],
  ];
  for (const [title, project, expected] of cases) {
    const [change, ...others] = changesOf(project, FIXED);
    assert.deepEqual(others, [], title);
    assert.ok(change !== undefined, title);
    assert.deepEqual({ ...change, ...expected }, change, title);
  }
});

test("copies that need different care are different changes", () => {
  const project: StatedProject = {
    needs: { a: "^4.0.0", p: "1", q: "1" },
    installed: {
      a: "4.17.15",
      p: { version: "1.0.0", needs: { a: "~2.4.0" } },
      "p > a": "2.4.2",
      q: { version: "1.0.0", needs: { a: "4.16.6" } },
      "q > a": "4.16.6",
    },
  };
  assert.deepEqual(
    changesOf(project, FIXED).map(({ direct, from, commands }) => [direct, from, commands]),
    [
      [true, ["4.17.15"], ["npm install a@4.17.21"]],
      [false, ["2.4.2"], ['npm pkg set "overrides.p.a=4.17.21"', "npm install"]],
      [false, ["4.16.6"], ['npm pkg set "overrides.q.a=4.17.21"', "npm install"]],
    ],
  );
});

test("a document that does not say how components depend on one another gets no command that guesses", () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["4.17.15", ["npm update a"], []],
    [
      "3.0.0",
      [],
      [
        "3.0.0 to 4.17.21 may break its users: read its release notes",
        "if the project asks for it itself, raise it there; if only others do, override it",
      ],
    ],
  ];
  for (const [version, commands, notes] of cases) {
    const [change] = answerTo(statedSnapshot(FIXED), bareInventory([componentAt("a", version)])).changes;
    assert.deepEqual([change?.direct, change?.through, change?.commands, change?.notes], [undefined, [], commands, notes]);
  }
});

test("what is installed of one source package is one change, and its command names all of it; the lists are fetched once", () => {
  const installed = (installedAs: string, name: string): Component => ({
    ref: installedAs,
    ecosystem: "Debian:12",
    packageType: "deb",
    name,
    version: "1.0-1",
    purl: undefined,
    source: "stated",
    installedAs,
    place: installedAs,
    development: false,
  });
  const inventory: Inventory = {
    format: "dpkg status",
    root: undefined,
    components: [installed("libgate3", "gate"), installed("gate-tools", "gate"), installed("pump", "pump-src"), installed("bolt", "bolt")],
    dependencies: new Map([
      ["pump", [{ ref: "libgate3", range: ">= 0.9" }]],
      ["bolt", [{ ref: "libgate3", range: "<< 1.0-2" }]],
    ]),
    problems: [],
  };
  const advisories: readonly StatedAdvisory[] = [
    { id: "A", affects: { "Debian:12 gate": "introduced 0, fixed 1.0-2" }, score: 9 },
    { id: "B", affects: { "Debian:12 pump-src": "introduced 0, fixed 1.0-3" }, score: 5 },
    { id: "C", affects: { "Debian:12 libgate3": "introduced 0" } },
  ];
  const { changes } = answerScan({
    snapshot: statedSnapshot(advisories),
    ecosystemOf,
    documents: [{ name: "status", inventory }],
    unreadable: [],
    nowMs: NOW,
  });
  assert.deepEqual(
    changes.map(({ name, direct, through, blockedBy, commands, ends }) => ({ name, direct, through, blockedBy, commands, ends })),
    [
      {
        name: "gate",
        direct: undefined,
        through: ["pump", "bolt"],
        blockedBy: ["bolt 1.0-1 asks for << 1.0-2"],
        commands: ["apt-get update", "apt-get install --only-upgrade gate-tools libgate3"],
        ends: ["A"],
      },
      {
        name: "pump-src",
        direct: true,
        through: [],
        blockedBy: [],
        commands: ["apt-get install --only-upgrade pump"],
        ends: ["B"],
      },
    ],
  );
});

test("what an ecosystem has to say of a package stands with its change", () => {
  const component: Component = {
    ref: "stdlib",
    ecosystem: "Go",
    packageType: "golang",
    name: "stdlib",
    version: "1.21",
    purl: undefined,
    place: "line 3",
    development: false,
  };
  const inventory: Inventory = { format: "go.mod", root: undefined, components: [component], dependencies: new Map(), problems: [] };
  const { changes } = answerScan({
    snapshot: statedSnapshot([{ id: "A", affects: { "Go stdlib": "introduced 0, fixed 1.21.3" } }]),
    ecosystemOf,
    documents: [{ name: "go.mod", inventory }],
    unreadable: [],
    nowMs: NOW,
  });
  assert.deepEqual(
    changes.map(({ commands, notes }) => ({ commands, notes })),
    [
      {
        commands: ["go get toolchain@go1.21.3"],
        notes: ["a go.mod states the least version of Go: what the project is built with may be newer"],
      },
    ],
  );
});

test("a last affected version is what to go above, and that is said", () => {
  const advisories = [{ id: "A", affects: { a: "introduced 0, last_affected 1.2.0" } }];
  const [direct] = changesOf({ needs: { a: "^1.0.0" }, installed: { a: "1.0.0" } }, advisories);
  assert.deepEqual(direct?.fix, { kind: "above", version: "1.2.0", majorChange: false });
  assert.deepEqual(direct?.commands, ['npm install "a@>1.2.0"']);
  const note = "the advisory names 1.2.0 as the last affected version, not the first fixed one: take the next release above it";
  assert.deepEqual(direct?.notes, [note]);
  const blocked = { needs: { p: "1" }, installed: { p: { version: "1.0.0", needs: { a: "~0.5.0" } }, a: "0.5.0" } };
  const [nested] = changesOf(blocked, advisories);
  assert.deepEqual(
    [nested?.commands, nested?.notes],
    [[], [note, "0.5.0 to above 1.2.0 may break its users: read its release notes", "a newer p may bring it by itself: look there first"]],
  );
});

test("malware is taken out, with all else that its version has", () => {
  const advisories: readonly StatedAdvisory[] = [
    { id: "MAL-1", kind: "malware", affects: { evil: "=1.0.1" } },
    { id: "GHSA-1", score: 9.8, affects: { evil: "introduced 0, fixed 2.0.0" } },
  ];
  const [change, ...others] = changesOf({ needs: { evil: "1" }, installed: { evil: "1.0.1" } }, advisories);
  assert.deepEqual(others, []);
  assert.deepEqual(change?.fix, { kind: "remove" });
  assert.deepEqual(change?.ends, ["MAL-1", "GHSA-1"]);
  assert.deepEqual(change?.commands, ["npm uninstall evil"]);
  assert.match(change?.notes[0] ?? "", /treat the machines that installed it as compromised/);
  const [other] = changesOf({ needs: { evil: "1" }, installed: { evil: "1.0.0" } }, advisories);
  assert.deepEqual([other?.fix.kind, other?.ends], ["version", ["GHSA-1"]]);
});

test("the version to go to is the least step that leaves the least", () => {
  const cases: readonly (readonly [string, string, readonly string[], string | undefined])[] = [
    ["the smallest that ends all", "1.0.0", ["introduced 0, fixed 1.1.0", "introduced 0, fixed 1.3.0"], "1.3.0"],
    [
      "one within the major version goes before a lower one that breaks",
      "1.0.0",
      ["introduced 0, fixed 2.0.0", "introduced 3.0.0, fixed 3.1.0"],
      "2.0.0",
    ],
    ["not into another affected range", "1.0.0", ["introduced 0, fixed 1.1.0", "introduced 1.1.0, fixed 1.2.0"], "1.2.0"],
    ["a branch of its own before the next major version", "1.0.0", ["introduced 0, fixed 1.4.0; introduced 2.0.0, fixed 2.1.0"], "1.4.0"],
    ["a branch that was never fixed leads to the next", "1.5.0", ["introduced 0, fixed 1.4.0; introduced 1.5.0, fixed 2.1.0"], "2.1.0"],
    [
      "a named version before one that is only known to lie above",
      "1.0.0",
      ["introduced 0, fixed 1.2.0", "introduced 0, last_affected 1.1.0"],
      "1.2.0",
    ],
    ["as much as can be ended", "1.0.0", ["introduced 0, fixed 1.2.0", "introduced 0"], "1.2.0"],
    ["nothing where one would only be changed for another", "1.0.0", ["introduced 0, fixed 1.2.0", "introduced 1.2.0"], undefined],
    ["no placeholder", "1.0.0", ["introduced 0, fixed 1.999.0"], undefined],
    ["no placeholder of another make", "1.0.0", ["introduced 0, fixed 999.999.999"], undefined],
    ["no version that only looks like one", "1.0.0", ["introduced 0, fixed 1.9990.1"], "1.9990.1"],
    ["no prerelease for who runs a release", "1.0.0", ["introduced 0, fixed 2.0.0-beta.1"], undefined],
    ["a prerelease for who runs one", "2.0.0-alpha.1", ["introduced 2.0.0-alpha.0, fixed 2.0.0-beta.1"], "2.0.0-beta.1"],
    ["a release for who runs a prerelease", "2.0.0-alpha.1", ["introduced 0, fixed 2.0.0"], "2.0.0"],
    ["no end known", "1.0.0", ["introduced 0"], undefined],
    ["a limit names no version to go to", "1.0.0", ["introduced 0, limit 3.0.0"], undefined],
    ["a listed version names none", "1.0.0", ["=1.0.0"], undefined],
  ];
  for (const [title, version, ranges, expected] of cases) {
    const advisories = ranges.map((range, index) => ({ id: `A${index}`, affects: { a: range } }));
    const [change] = changesOf({ needs: { a: "*" }, installed: { a: version } }, advisories);
    assert.equal(change !== undefined && "version" in change.fix ? change.fix.version : undefined, expected, title);
  }
});

test("a worse vulnerability is changed for lesser ones, and they are named", () => {
  const advisories: readonly StatedAdvisory[] = [
    { id: "CVE-2026-1", score: 9.8, affects: { a: "introduced 0, fixed 1.2.0" } },
    { id: "CVE-2026-2", score: 3.1, affects: { a: "introduced 1.2.0" } },
  ];
  const [change] = changesOf({ needs: { a: "1" }, installed: { a: "1.0.0" } }, advisories);
  assert.deepEqual(change?.ends, ["CVE-2026-1"]);
  assert.deepEqual(change?.notes, ["1.2.0 has CVE-2026-2, which 1.0.0 has not: nothing better is known"]);
  const swapped = advisories.map((advisory) => ({ ...advisory, score: 13 - (advisory.score ?? 0) }));
  assert.deepEqual(changesOf({ needs: { a: "1" }, installed: { a: "1.0.0" } }, swapped), []);
});

test("the score of a change is that of the worst it ends, and is missing where the worst has none", () => {
  const cases: readonly (readonly [readonly (number | undefined)[], number | undefined])[] = [
    [[3, 9.8], 9.8],
    [[undefined, 7], 7],
    [[undefined, 6.9], undefined],
    [[undefined], undefined],
  ];
  for (const [scores, expected] of cases) {
    const advisories = scores.map((score, index) => ({ id: `A${index}`, score, affects: { a: "introduced 0, fixed 2.0.0" } }));
    assert.equal(changesOf({ needs: { a: "1" }, installed: { a: "1.0.0" } }, advisories)[0]?.score, expected, String(scores));
  }
});

test("more ended goes before less, and development after the rest, where all else is equal", () => {
  const advisories = [
    { id: "A", affects: { one: "introduced 0, fixed 2.0.0", dev: "introduced 0, fixed 2.0.0", two: "introduced 0, fixed 2.0.0" } },
    { id: "B", affects: { two: "introduced 0, fixed 2.0.0" } },
  ];
  const project = {
    needs: { one: "1", two: "1" },
    devNeeds: { dev: "1" },
    installed: { dev: { version: "1.0.0", dev: true }, one: "1.0.0", two: "1.0.0" },
  };
  assert.deepEqual(
    changesOf(project, advisories).map(({ name }) => name),
    ["two", "one", "dev"],
  );
});

test("at most five are named of what a change comes through and of what blocks it", () => {
  const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
  const project = {
    needs: Object.fromEntries(names.map((name) => [name, "1"])),
    installed: { a: "4.0.0", ...Object.fromEntries(names.map((name) => [name, { version: "1.0.0", needs: { a: "4.0.0" } }])) },
  };
  const [change] = changesOf(project, FIXED);
  assert.deepEqual([change?.through.length, change?.blockedBy.length], [5, 5]);
});

function bareInventory(components: readonly Component[]): Inventory {
  return { format: "CycloneDX 1.5", root: undefined, components, dependencies: new Map(), problems: [] };
}

function componentAt(name: string, version: string): Component {
  return { ref: name, ecosystem: "npm", packageType: "npm", name, version, purl: undefined, place: "components[0]", development: false };
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { NOW, statedSnapshot } from "../../../tests/support/stated-snapshot.ts";
import type { Component, Inventory } from "../../vocabulary/component.ts";
import type { ScanAnswer } from "../../vocabulary/scan-answer.ts";
import { ecosystemOf } from "../ecosystems/ecosystem-of.ts";
import { answerScan } from "./answer-scan.ts";

type Stated = { readonly version?: string | undefined; readonly statedIn?: string; readonly direct?: boolean };

/** One document, in which package `g:a` stands. */
function documentWith(name: string, ...stated: readonly Stated[]) {
  const components = stated.map(({ version, statedIn }, index): Component => ({
    ref: `a${index}`,
    ecosystem: "Maven",
    packageType: "maven",
    name: "g:a",
    version,
    purl: undefined,
    place: `${index}:1`,
    development: false,
    ...(statedIn === undefined ? {} : { statedIn }),
  }));
  const needs = stated.flatMap(({ direct, version }, index) => (direct === true ? [{ ref: `a${index}`, range: version }] : []));
  const inventory: Inventory = {
    format: "pom.xml",
    tool: "maven",
    root: undefined,
    components,
    dependencies: new Map([["", needs]]),
    problems: [],
  };
  return { name, inventory };
}

function answerOf(...documents: readonly ReturnType<typeof documentWith>[]): ScanAnswer {
  const snapshot = statedSnapshot([{ id: "A", affects: { "Maven g:a": "introduced 0, fixed 2.0" } }]);
  return answerScan({ snapshot, ecosystemOf, documents, unreadable: [], nowMs: NOW });
}

const inParent = (version: string | undefined, statedIn = "../pom.xml"): Stated => ({ version, statedIn, direct: true });

test("a version that another document of the scan says is changed there, once, and is direct where it is direct for one", () => {
  const { changes, findings } = answerOf(
    documentWith("works/pom.xml", { version: "1.0" }),
    documentWith("works/gate/pom.xml", inParent("1.0")),
    documentWith("works\\bolt\\pom.xml", inParent("1.0")),
  );
  assert.deepEqual(
    changes.map(({ document, direct, commands }) => [document, direct, commands]),
    [["works/pom.xml", true, ["# pom.xml: g:a:2.0 in dependencyManagement"]]],
  );
  assert.deepEqual(findings[0]?.endedBy, [1]);
  assert.deepEqual(findings[0]?.components[0]?.places, ["works/pom.xml: 0:1", "works/gate/pom.xml: 0:1", "works\\bolt\\pom.xml: 0:1"]);
});

test("documents outside of the working directory are named by their whole paths", () => {
  const { changes } = answerOf(
    documentWith("/srv/works/gate/pom.xml", inParent("1.0")),
    documentWith("/srv/works/pom.xml", { version: "1.0" }),
  );
  assert.deepEqual(
    changes.map(({ document }) => document),
    ["/srv/works/pom.xml"],
  );
});

test("where the file that says it is no document of the scan, or says another version, the change names the file", () => {
  const line = "# ../pom.xml: g:a:2.0 where its version stands";
  for (const others of [[], [documentWith("pom.xml", { version: "1.1" })], [documentWith("other/pom.xml", { version: "1.0" })]]) {
    const { changes } = answerOf(documentWith("gate/pom.xml", inParent("1.0")), ...others);
    const own = changes.find(({ document }) => document === "gate/pom.xml");
    assert.deepEqual([own?.commands, own?.direct, changes.length], [[line], true, 1 + others.length]);
  }
});

test("a version that several documents take from one file, which is none of them, is one change", () => {
  const { changes, findings } = answerOf(
    documentWith("a/pom.xml", inParent("1.0", "../up/parent.xml")),
    documentWith("b/pom.xml", inParent("1.0", "../up/parent.xml")),
    documentWith("c/pom.xml", inParent("1.0", "../other/parent.xml")),
    documentWith("d/pom.xml", inParent("1.1", "../up/parent.xml")),
  );
  assert.deepEqual(
    changes.map(({ document, from }) => [document, from]),
    [
      ["a/pom.xml", ["1.0"]],
      ["c/pom.xml", ["1.0"]],
      ["d/pom.xml", ["1.1"]],
    ],
  );
  assert.equal(findings[0]?.components[0]?.places.length, 3);
});

test("copies whose versions different files say are different changes", () => {
  const { changes } = answerOf(
    documentWith("gate/pom.xml", { version: "1.0", direct: true }, inParent("1.1"), inParent("1.2", "../up/pom.xml")),
  );
  assert.deepEqual(
    changes.map(({ from, commands }) => [from, commands.length]),
    [
      [["1.0"], 1],
      [["1.1"], 1],
      [["1.2"], 1],
    ],
  );
});

test("what cannot be compared there is not said again, and documents that name each other both say it", () => {
  const said = (...documents: readonly ReturnType<typeof documentWith>[]) => answerOf(...documents).cannotCompare.map(({ place }) => place);
  assert.deepEqual(said(documentWith("pom.xml", { version: undefined }), documentWith("gate/pom.xml", inParent(undefined))), [
    "pom.xml: 0:1",
  ]);
  assert.deepEqual(said(documentWith("gate/pom.xml", inParent(undefined))), ["gate/pom.xml: 0:1"]);
  const round = [
    documentWith("a/pom.xml", inParent(undefined, "../b/pom.xml")),
    documentWith("b/pom.xml", inParent(undefined, "../a/pom.xml")),
  ];
  assert.deepEqual(said(...round), ["a/pom.xml: 0:1", "b/pom.xml: 0:1"]);
  const affected = [documentWith("a/pom.xml", inParent("1.0", "../b/pom.xml")), documentWith("b/pom.xml", inParent("1.0", "../a/pom.xml"))];
  assert.equal(answerOf(...affected).changes.length, 2);
  assert.equal(answerOf(documentWith("a/pom.xml", inParent("1.0", "pom.xml"))).changes.length, 1);
});

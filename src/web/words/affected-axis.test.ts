import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnswerOf } from "../../contract/endpoint.ts";
import type { readVulnerability } from "../../contract/endpoints/record.ts";
import { affectedAxis, isDrawable, packagesOf } from "./affected-axis.ts";

type Vulnerability = AnswerOf<typeof readVulnerability>;
type Statement = Vulnerability["statements"][number];

const lodash = { ecosystem: "npm", name: "lodash" };

function statement(advisory: string, affected: Statement["affected"]): Statement {
  const empty = { severities: [], weaknesses: [], aliases: [], upstream: [], related: [], references: [] };
  return {
    advisory,
    source: "a source",
    summary: "",
    details: "",
    modified: "2026-01-01T00:00:00Z",
    receivedAtMs: 0,
    hash: "00",
    revisions: 1,
    affected,
    ...empty,
  };
}

function vulnerability(statements: Statement[], packages: Vulnerability["packages"]): Vulnerability {
  const empty = { patches: [], disagreements: [], upstream: [], related: [], history: [] };
  return { vulnerability: "v", ids: ["CVE-1"], title: "", kind: "vulnerability", withdrawn: false, statements, packages, ...empty };
}

const fixedAt = (lo: string, hi: string) => ({ text: `[${lo}, ${hi})`, hiKind: "fixed" as const, lo, hi });

const disputed = vulnerability(
  [
    statement("A-1", [
      { ...lodash, intervals: [fixedAt("4.0.0", "4.17.19"), fixedAt("3.7.0", "3.10.2")], listedVersions: 0, setAside: [] },
      { ecosystem: "npm", name: "lodash-es", intervals: [], listedVersions: 0, setAside: [] },
    ]),
    statement("B-1", [
      {
        ...lodash,
        intervals: [{ text: "=4.17.20-odd", hiKind: "listed", lo: "4.17.20-odd" }, fixedAt("0", "unordered")],
        listedVersions: 1,
        setAside: [],
      },
    ]),
  ],
  [{ ...lodash, bounds: ["0", "3.7.0", "3.10.2", "4.0.0", "4.17.19"], outside: { version: "4.17.19", isItself: true } }],
);

test("packages are told with those who name them, most first", () => {
  assert.deepEqual(packagesOf(disputed.statements), [
    { ...lodash, advisories: ["A-1", "B-1"] },
    { ecosystem: "npm", name: "lodash-es", advisories: ["A-1"] },
  ]);
});

test("the axis begins at the first release and keeps the server's order", () => {
  const axis = affectedAxis(disputed, lodash);
  assert.deepEqual(axis.versions, ["0", "3.7.0", "3.10.2", "4.0.0", "4.17.19"]);
  assert.deepEqual(
    axis.rows.map(({ intervals }) => intervals.map(({ text }) => text)),
    [["[3.7.0, 3.10.2)", "[4.0.0, 4.17.19)"], ["[0, unordered)"]],
  );
  assert.deepEqual(axis.outside, { version: "4.17.19", isItself: true });
});

test("listed versions stand apart from ranges", () => {
  assert.deepEqual(affectedAxis(disputed, lodash).rows[1]?.listed, ["4.17.20-odd"]);
});

test("a range whose end has no place in the order is told but not drawn", () => {
  const axis = affectedAxis(disputed, lodash);
  const drawable = axis.rows.map(({ intervals }) => intervals.map((interval) => isDrawable(axis, interval)));
  assert.deepEqual(drawable, [[true, true], [false]]);
});

test("without an order from the server nothing is drawn and nothing is claimed to be outside", () => {
  const axis = affectedAxis({ ...disputed, packages: [] }, lodash);
  assert.deepEqual(axis.versions, ["0"]);
  assert.equal(axis.outside, undefined);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import type { AffectedPackage, AffectedRange, RangeEvent, RangeEventKind } from "../vocabulary/advisory.ts";
import { compileAffected, type Interval } from "./interval.ts";
import { encodeVersion } from "./versions/encode-version.ts";
import { compareKeys, NO_END, NO_START, successorOf } from "./versions/key-writer.ts";
import { semver } from "./versions/semver/semver.ts";

test("each kind of bound becomes the key that the key format gives it", () => {
  const cases: readonly (readonly [readonly RangeEvent[], Interval])[] = [
    [events("introduced 0"), { lo: NO_START, hi: NO_END, loText: "0", hiText: undefined, hiKind: "none" }],
    [events("introduced 1.0.0"), { lo: key("1.0.0"), hi: NO_END, loText: "1.0.0", hiText: undefined, hiKind: "none" }],
    [events("introduced 0, fixed 1.2"), { lo: NO_START, hi: key("1.2.0"), loText: "0", hiText: "1.2", hiKind: "fixed" }],
    [
      events("introduced 1.0.0, last_affected 1.2.0"),
      { lo: key("1.0.0"), hi: successorOf(key("1.2.0")), loText: "1.0.0", hiText: "1.2.0", hiKind: "last_affected" },
    ],
    [events("introduced 0, limit 2.0.0"), { lo: NO_START, hi: key("2.0.0"), loText: "0", hiText: "2.0.0", hiKind: "limit" }],
    [events("introduced 0, limit *"), { lo: NO_START, hi: NO_END, loText: "0", hiText: undefined, hiKind: "none" }],
    [events("introduced 0, limit 1.0.0, limit 2.0.0"), { lo: NO_START, hi: key("2.0.0"), loText: "0", hiText: "2.0.0", hiKind: "limit" }],
    [events("introduced 0, fixed 1.0.0, limit 2.0.0"), { lo: NO_START, hi: key("1.0.0"), loText: "0", hiText: "1.0.0", hiKind: "fixed" }],
    [events("introduced 0, fixed 1.0.0, limit 1.0.0"), { lo: NO_START, hi: key("1.0.0"), loText: "0", hiText: "1.0.0", hiKind: "fixed" }],
    [events("introduced 0, fixed 3.0.0, limit 2.0.0"), { lo: NO_START, hi: key("2.0.0"), loText: "0", hiText: "2.0.0", hiKind: "limit" }],
  ];
  for (const [range, expected] of cases) {
    assert.deepEqual(compile([range]), { intervals: [expected], texts: [], setAside: [], empty: 0 }, JSON.stringify(range));
  }
});

test("events are taken in version order, whatever order they stand in", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["fixed 2.0.0, introduced 1.10.0, fixed 1.9.1, introduced 0", ["0 fixed 1.9.1", "1.10.0 fixed 2.0.0"]],
    ["introduced 1.0.0, introduced 0, fixed 2.0.0", ["0 fixed 2.0.0"]],
    ["introduced 0, fixed 1.0.0, fixed 2.0.0", ["0 fixed 1.0.0"]],
    ["introduced 1.0.0, fixed 0.5.0", ["1.0.0 none"]],
    ["introduced 0, fixed 1.0.0, introduced 1.0.0", ["0 fixed 1.0.0"]],
    ["introduced 0, last_affected 1.0.0, introduced 1.0.1", ["0 last_affected 1.0.0", "1.0.1 none"]],
    ["introduced 0, last_affected 1.0.0, introduced 1.0.0", ["0 last_affected 1.0.0"]],
    ["introduced 0, last_affected 1.0.0, fixed 1.0.0", ["0 fixed 1.0.0"]],
    ["introduced 0, last_affected 1.0.0, fixed 1.0.1", ["0 last_affected 1.0.0"]],
    ["introduced 1.0.0, last_affected 1.0.0", ["1.0.0 last_affected 1.0.0"]],
  ];
  for (const [range, expected] of cases) {
    assert.deepEqual(compile([events(range)]).intervals.map(described), expected, range);
  }
});

test("an interval that holds nothing is dropped and counted", () => {
  for (const range of [
    "introduced 1.0.0, fixed 1.0.0",
    "introduced 1.0, fixed 1.0.0",
    "introduced 3.0.0, limit 2.0.0",
    "introduced 1.0.0, last_affected 1.0.0, fixed 1.0.0",
  ]) {
    assert.deepEqual(compile([events(range)]), { intervals: [], texts: [], setAside: [], empty: 1 }, range);
  }
});

test("a bound that has no place in the order sets its range aside and leaves the others", () => {
  const compiled = compile(
    [events("introduced 0, fixed unknown"), events("introduced 2.0.0, fixed 2.1.0"), events("introduced latest")],
    ["1.0.0", "nightly"],
  );
  assert.deepEqual(compiled.intervals.map(described), ["2.0.0 fixed 2.1.0", "1.0.0 listed 1.0.0"]);
  assert.deepEqual(compiled.texts, ["nightly"]);
  assert.equal(compiled.setAside.length, 2);
  assert.match(compiled.setAside[0]?.reason ?? "", /^fixed "unknown" has no place in the order: expected a digit/);
  assert.match(compiled.setAside[1]?.reason ?? "", /^introduced "latest"/);
});

test("a range that introduces nothing is set aside", () => {
  for (const range of ["fixed 1.0.0", "last_affected 1.0.0", "limit 1.0.0", ""]) {
    assert.match(compile([events(range)]).setAside[0]?.reason ?? "", /no introduced event/, range);
  }
});

test("GIT ranges and ranges of unknown types say nothing of versions, wherever they stand", () => {
  const affected = entry([
    { type: "GIT", repository: "https://example.org/x", events: events("introduced 0, fixed deadbeef") },
    { type: "SEMVER", repository: undefined, events: events("introduced 0, fixed 1.0.0") },
    { type: "CALVER", repository: undefined, events: events("introduced 0") },
  ]);
  assert.deepEqual(compileAffected(affected, semver).intervals.map(described), ["0 fixed 1.0.0"]);
  assert.deepEqual(compileAffected(affected, semver).setAside, []);
});

test("an entry with nothing but commits, or with ranges that are not read, is set aside as a whole", () => {
  const git = { type: "GIT", repository: "https://example.org/x", events: events("introduced 0, fixed deadbeef") };
  assert.match(compileAffected(entry([git]), semver).setAside[0]?.reason ?? "", /^it states commits only/);
  assert.match(compileAffected(entry([git]), undefined).setAside[0]?.reason ?? "", /^it states commits only/);
  assert.match(compileAffected(entry([{ ...git, type: "CALVER" }]), semver).setAside[0]?.reason ?? "", /not read/);
  assert.deepEqual(compileAffected({ ...entry([git]), versions: ["1.0.0"] }, semver).setAside, []);
  assert.deepEqual(compileAffected(entry([]), semver).setAside, []);
});

test("a listed commit stays as text, whatever the order would read in it", () => {
  const commit = `1${"e".repeat(39)}`;
  assert.deepEqual(compile([], [commit]), { intervals: [], texts: [commit], setAside: [], empty: 0 });
});

test("listed versions become points, and those without a place in the order stay as text", () => {
  const compiled = compile([], ["1.0.0", "1.0", "v1.0.0+build", "latest", "latest", "2.0.0-rc.1"]);
  assert.deepEqual(compiled.intervals, [
    { lo: key("1.0.0"), hi: successorOf(key("1.0.0")), loText: "1.0.0", hiText: "1.0.0", hiKind: "listed" },
    { lo: key("2.0.0-rc.1"), hi: successorOf(key("2.0.0-rc.1")), loText: "2.0.0-rc.1", hiText: "2.0.0-rc.1", hiKind: "listed" },
  ]);
  assert.deepEqual(compiled.texts, ["latest"]);
});

test("equal intervals are kept once, the one that names a fixed version before others", () => {
  const twice = compile([events("introduced 0, limit 1.0.0"), events("introduced 0, fixed 1.0.0"), events("introduced 0, fixed 1.0")]);
  assert.deepEqual(twice.intervals.map(described), ["0 fixed 1.0.0"]);
  assert.equal(twice.empty, 0);
  const point = compile([events("introduced 1.0.0, last_affected 1.0.0")], ["1.0.0"]);
  assert.deepEqual(point.intervals.map(described), ["1.0.0 last_affected 1.0.0"]);
});

test("without an order only text can match: versions are kept as text and ranges are set aside", () => {
  const compiled = compileAffected(entry([semverRange(events("introduced 0, fixed 1.0.0"))], ["1.0.0"]), undefined);
  assert.deepEqual(compiled, {
    intervals: [],
    texts: ["1.0.0"],
    setAside: [{ reason: "no version order is known for its ecosystem" }],
    empty: 0,
  });
});

test("an entry with neither ranges nor versions affects nothing", () => {
  assert.deepEqual(compile([]), { intervals: [], texts: [], setAside: [], empty: 0 });
});

test("no upper bound reaches the end of everything but the open one", () => {
  assert.ok(compareKeys(key("99999999999999999999999999.0.0"), NO_END) < 0);
});

function events(text: string): readonly RangeEvent[] {
  return text
    .split(", ")
    .filter((event) => event !== "")
    .map((event) => {
      const [kind, version = ""] = event.split(" ");
      return { kind: kind as RangeEventKind, version };
    });
}

function compile(ranges: readonly (readonly RangeEvent[])[], versions: readonly string[] = []): ReturnType<typeof compileAffected> {
  return compileAffected(entry(ranges.map(semverRange), versions), semver);
}

function entry(ranges: readonly AffectedRange[], versions: readonly string[] = []): AffectedPackage {
  return { package: { ecosystem: "npm", name: "x" }, purl: undefined, ranges, versions };
}

function semverRange(events: readonly RangeEvent[]): AffectedRange {
  return { type: "SEMVER", repository: undefined, events };
}

function described({ loText, hiKind, hiText }: Interval): string {
  return hiText === undefined ? `${loText} ${hiKind}` : `${loText} ${hiKind} ${hiText}`;
}

function key(version: string): Uint8Array {
  const encoded = encodeVersion(version, semver);
  assert.ok(encoded instanceof Uint8Array, version);
  return encoded;
}

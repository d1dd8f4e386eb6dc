import assert from "node:assert/strict";
import { test } from "node:test";
import { fixGroups } from "./fix-groups.ts";

type Given = Parameters<typeof fixGroups>[0];

/** A vulnerability by what its advisories say: package, fixed versions. */
function given(said: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>): Given {
  const named = Object.entries(said).flatMap(([advisory, packages]) =>
    Object.entries(packages).map(([name, fixed]) => ({ advisory, ecosystem: "AlmaLinux:8", name, fixed })),
  );
  const statement = {
    source: "s",
    summary: "",
    details: "",
    modified: "",
    receivedAtMs: 0,
    hash: "",
    revisions: 1,
    severities: [],
    weaknesses: [],
    aliases: [],
    upstream: [],
    related: [],
    references: [],
  };
  return {
    packages: named.map(({ ecosystem, name, fixed }) => ({ ecosystem, name, bounds: ["0", ...fixed.toReversed()] })),
    patches: named.flatMap(({ advisory, ecosystem, name, fixed }) =>
      fixed.map((value) => ({ kind: "fixed-version" as const, value, ecosystem, name, advisory })),
    ),
    statements: Object.keys(said).map((advisory) => ({
      ...statement,
      advisory,
      affected: named
        .filter((one) => one.advisory === advisory)
        .map(({ ecosystem, name, fixed }) => ({
          ecosystem,
          name,
          intervals: fixed.map((hi) => ({ text: "", hiKind: "fixed" as const, lo: "0", hi })),
          listedVersions: 0,
          setAside: [],
        })),
    })),
  };
}

const erratum = given({ "ALSA-1": { kernel: ["4-305"], perf: ["4-305"], "kernel-core": ["4-305"], bpftool: ["7-1"], java: ["2", "1"] } });

test("packages that the same versions fix stand together, the most first, each version with who names it", () => {
  assert.deepEqual(
    fixGroups(erratum, undefined).map(({ names, versions }) => [names, versions.map(({ version }) => version)]),
    [
      [["kernel", "perf", "kernel-core"], ["4-305"]],
      [["bpftool"], ["7-1"]],
      [["java"], ["2", "1"]],
    ],
  );
  assert.deepEqual(fixGroups(erratum, undefined)[0]?.versions[0]?.sources, ["AlmaLinux erratum"]);
});

test("the package that is shown goes first with its group", () => {
  assert.deepEqual(fixGroups(erratum, { ecosystem: "AlmaLinux:8", name: "java" })[0]?.names, ["java"]);
});

test("packages that other sources speak of are not thrown together", () => {
  const groups = fixGroups(given({ "GHSA-1": { a: ["1"] }, "BIT-1": { b: ["1"] } }), undefined);
  assert.deepEqual(
    groups.map(({ names, versions }) => [names, versions[0]?.sources]),
    [
      [["a"], ["GitHub advisory"]],
      [["b"], ["Bitnami"]],
    ],
  );
});

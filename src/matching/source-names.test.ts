import assert from "node:assert/strict";
import { test } from "node:test";
import { sourcesUnsaidIn } from "./source-names.ts";

test("one component that names its source says for the others of its ecosystem that theirs have the same name", () => {
  const cases: readonly (readonly [string, Parameters<typeof sourcesUnsaidIn>[0], readonly boolean[]])[] = [
    ["nobody names one", [{ ecosystem: "Debian:12", source: "unstated" }], [true]],
    [
      "another of the same ecosystem does, whatever its release",
      [
        { ecosystem: "Debian:12", source: "unstated" },
        { ecosystem: "Debian", source: "stated" },
      ],
      [false, false],
    ],
    [
      "another of another ecosystem does",
      [
        { ecosystem: "Debian:12", source: "unstated" },
        { ecosystem: "Alpine:v3.18", source: "stated" },
      ],
      [true, false],
    ],
    [
      "there is no question: a source package, or advisories that go by what is installed",
      [{ ecosystem: "Debian:12" }, { ecosystem: "Red Hat" }, { ecosystem: undefined }],
      [false, false, false],
    ],
    [
      "a source package is no evidence of how the document writes the others",
      [{ ecosystem: "Debian:12" }, { ecosystem: "Debian:12", source: "unstated" }],
      [false, true],
    ],
  ];
  for (const [title, components, expected] of cases) assert.deepEqual(components.map(sourcesUnsaidIn(components)), expected, title);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import type { UpgradeStep } from "../ecosystem.ts";
import { bioconductor } from "./bioconductor.ts";

const STEP: UpgradeStep = { name: "limma", version: "3.58.1", above: false, direct: true, development: false, blocked: false };

test("a change may break where it leads into another release", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["3.58.0", "3.58.1", false],
    ["3.58.1", "3.60.0", true],
    ["3.58.1", "4.0.0", true],
    ["1.0", "1.0.2", false],
    ["", "1.0", true],
  ];
  for (const [from, to, expected] of cases) assert.equal(bioconductor.isBreaking(from, to), expected, `${from} to ${to}`);
});

test("an odd second number is in development", () => {
  for (const version of ["3.59.1", "0.99.0", "1.1"]) assert.equal(bioconductor.isPrerelease(version), true, version);
  for (const version of ["3.58.1", "1.0.1", "3", "", "3.59.x"]) assert.equal(bioconductor.isPrerelease(version), false, version);
});

test("each kind of change has its line, and one that a requirement shuts out has none", () => {
  const line = `Rscript -e 'BiocManager::install("limma", update = FALSE)'`;
  for (const change of [{}, { above: true }, { direct: false }])
    assert.deepEqual(bioconductor.commandsFor({ ...STEP, ...change }), [line], JSON.stringify(change));
  assert.deepEqual(bioconductor.commandsFor({ ...STEP, blocked: true }), []);
  assert.deepEqual(bioconductor.removalCommands({ name: "evil", direct: undefined }), [`Rscript -e 'remove.packages("evil")'`]);
});

test("a name or version that is none of R's gets no command", () => {
  for (const name of ["--vanilla", "a b", "a'b", 'a"b', "$(id)", ""]) {
    assert.deepEqual(bioconductor.commandsFor({ ...STEP, name }), [], name);
    assert.deepEqual(bioconductor.removalCommands({ name, direct: true }), [], name);
  }
  for (const version of ["", "devel", "3.58.1;id"]) assert.deepEqual(bioconductor.commandsFor({ ...STEP, version }), [], version);
});

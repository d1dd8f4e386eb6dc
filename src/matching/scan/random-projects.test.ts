import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom, type SeededRandom } from "../../../tests/support/seeded-random.ts";
import { projectOf, type StatedProject } from "../../../tests/support/stated-project.ts";
import { answerTo } from "../../../tests/support/stated-scan.ts";
import { type StatedAdvisory, statedSnapshot } from "../../../tests/support/stated-snapshot.ts";
import type { Component, Inventory } from "../../vocabulary/component.ts";
import type { Change, ScanAnswer } from "../../vocabulary/scan-answer.ts";

const NAMES = ["a", "b", "c"];
const ROUNDS = process.env["SLUICE_SOAK"] === undefined ? 300 : 30_000;

test(`changes and findings say the same, in ${ROUNDS} random projects, and making every change leaves only what has none`, () => {
  const seed = 11_24;
  const random = seededRandom(seed);
  let [made, along, left] = [0, 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const snapshot = statedSnapshot(randomAdvisories(random));
    const inventory = projectOf(randomProject(random));
    const before = answerTo(snapshot, inventory);
    const label = `seed ${seed}, round ${round}`;
    assertConsistent(before, label);
    const after = answerTo(snapshot, withChangesMade(inventory, before.changes));
    for (const finding of after.findings) {
      for (const { name, version, fix } of finding.components) {
        // A part is at a version that was not chosen for it alone: from there it may have a step that it had not before.
        if (before.changes.some((change) => takesAlong(change) && (change.name === name || goesAlong(change, name)))) continue;
        assert.notEqual(fix.kind, "version", `${label}: ${finding.ids[0]} in ${name} ${version} could still be ended`);
      }
    }
    made += before.changes.length;
    along += before.changes.filter(takesAlong).length;
    left += after.findings.length;
  }
  assert.ok(made > ROUNDS && along > 0 && left > 0, `${made} changes, ${along} of a whole with its parts, ${left} findings left`);
});

/** Each finding is in the `ends` of exactly the changes that it says end it; what has no fix is in none. */
function assertConsistent({ changes, findings }: ScanAnswer, label: string): void {
  assert.deepEqual(
    changes.map(({ number }) => number),
    changes.map((_, index) => index + 1),
  );
  for (const change of changes) {
    assert.ok(change.ends.length > 0, `${label}: change ${change.number} ends nothing`);
    assert.equal(new Set(change.ends).size, change.ends.length, label);
    const ended = findings.filter(({ endedBy }) => endedBy.includes(change.number)).map(({ ids }) => ids[0]);
    assert.deepEqual([...ended].sort(), [...change.ends].sort(), `${label}: change ${change.number}`);
  }
  for (const finding of findings) {
    const fixable = finding.components.some(({ fix }) => fix.kind !== "none");
    assert.equal(finding.endedBy.length > 0, fixable, `${label}: ${finding.ids[0]}`);
    for (const { name, version, fix } of finding.components) {
      const making = changes.filter(
        (change) =>
          finding.endedBy.includes(change.number) && change.from.includes(version) && (change.name === name || goesAlong(change, name)),
      );
      const place = `${label}: ${finding.ids[0]} in ${name} ${version}`;
      if (fix.kind !== "none") assert.ok(making.length > 0, place);
      // What goes along for another part's sake, or for another vulnerability, may keep this one.
      else assert.ok(making.every(takesAlong), place);
    }
  }
}

/** Every copy that a change with a named version means, at that version. */
function withChangesMade(inventory: Inventory, changes: readonly Change[]): Inventory {
  const direct = new Set((inventory.dependencies.get("") ?? []).map(({ ref }) => ref));
  const components = inventory.components.map((component): Component => {
    const change = changes.find(
      (one) =>
        one.fix.kind === "version" &&
        one.from.includes(component.version ?? "") &&
        (goesAlong(one, component.name) || (one.name === component.name && one.direct === direct.has(component.ref))),
    );
    return change?.fix.kind === "version" ? { ...component, version: change.fix.version } : component;
  });
  return { ...inventory, components };
}

function takesAlong(change: Change): boolean {
  return NAMES.some((name) => goesAlong(change, name));
}

/** A part of the whole that is changed, which pins it to its own version. */
function goesAlong({ notes }: Change, name: string): boolean {
  return notes.some((note) => note.startsWith("takes along") && note.slice(0, note.indexOf(",")).split(" ").includes(name));
}

function randomAdvisories(random: SeededRandom): readonly StatedAdvisory[] {
  return Array.from({ length: 1 + random.below(12) }, (_, index): StatedAdvisory => {
    const vulnerability = random.below(8);
    const name = random.pick(NAMES);
    return {
      id: `X-${index}`,
      vulnerability: `v${vulnerability}`,
      vulnerabilityIds: [`CVE-2026-${vulnerability}`],
      score: random.oneIn(3) ? undefined : random.below(101) / 10,
      exploited: random.oneIn(8),
      kind: random.oneIn(20) ? "malware" : "vulnerability",
      affects: { [name]: randomRange(random) },
    };
  });
}

function randomRange(random: SeededRandom): string {
  const lo = random.oneIn(2) ? "0" : randomVersion(random);
  const end = random.pick(["fixed", "fixed", "fixed", "fixed", "last_affected", "limit", "none", "listed"]);
  if (end === "listed") return `=${randomVersion(random)}`;
  return end === "none" ? `introduced ${lo}` : `introduced ${lo}, ${end} ${randomVersion(random)}`;
}

function randomVersion(random: SeededRandom): string {
  return `${random.below(3)}.${random.below(4)}.${random.below(3)}${random.oneIn(6) ? "-rc.1" : ""}`;
}

function randomProject(random: SeededRandom): StatedProject {
  // Some are parts of one release, and some of these pin one another to it.
  const release = random.oneIn(3) ? randomVersion(random) : undefined;
  const version = (): string => release ?? randomVersion(random);
  const range = (): string =>
    release !== undefined && random.oneIn(2) ? release : random.pick(["*", "^1.0.0", "~1.2.0", "1.0.0", ">=0.1.0", "latest"]);
  const installed: Record<string, { readonly version: string; readonly needs: Record<string, string> }> = {};
  for (const name of NAMES) {
    installed[name] = { version: version(), needs: { [random.pick(NAMES)]: range() } };
    if (random.oneIn(2)) installed[`${name} > ${random.pick(NAMES)}`] = { version: randomVersion(random), needs: {} };
  }
  return { needs: { [random.pick(["a", "b"])]: range(), c: range() }, installed };
}

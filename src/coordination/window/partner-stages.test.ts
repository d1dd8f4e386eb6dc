import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hour } from "../../../tests/support/random-window.ts";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import { checkStages, partnersToTell, plannedRelease, type PartnerStage } from "./partner-stages.ts";

const partners = (prefix: string, count: number, admitted = true): PartnerStage["partners"] =>
  Array.from({ length: count }, (_, index) => ({ organisation: `${prefix}-${index + 1}`, admitted }));
const first: PartnerStage = { id: "first", opens: hour("2026-12-09T09:00"), partners: partners("a", 50) };
const second: PartnerStage = { id: "second", opens: hour("2026-12-16T09:00", "UTC"), partners: partners("b", 150) };
const at = (local: string): number => hour(local).instantMs;

describe("partner stages", () => {
  it("open stage by stage: 50 organisations, then 150, each told once", () => {
    const stages = [second, first];
    const told = new Set<string>();
    const tellAt = (local: string): number => {
      const due = partnersToTell(stages, told, at(local));
      for (const { organisation } of due) told.add(organisation);
      return due.length;
    };
    assert.deepEqual(
      ["2026-12-09T08:59", "2026-12-09T09:00", "2026-12-10T09:00", "2026-12-16T09:59", "2026-12-16T10:00", "2027-01-01T00:00"].map(tellAt),
      [0, 50, 0, 0, 150, 0],
    );
    assert.equal(told.size, 200);
  });

  it("tell an organisation in two stages at the earlier, and one admitted late when it is", () => {
    const twice: PartnerStage = { ...second, partners: [{ organisation: "a-1", admitted: true }] };
    const due = partnersToTell([twice, first], new Set(), at("2027-01-01T00:00"));
    assert.deepEqual(
      due.filter(({ organisation }) => organisation === "a-1"),
      [{ stage: "first", organisation: "a-1" }],
    );
    const late = { ...first, partners: partners("a", 2, false) };
    assert.deepEqual(partnersToTell([late], new Set(), at("2027-01-01T00:00")), []);
    assert.equal(partnersToTell([{ ...late, partners: partners("a", 2) }], new Set(), at("2027-01-01T00:00")).length, 2);
  });

  it("tell nobody twice, nobody early and nobody without both keys, in any run", () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seededRandom(seed);
      const stages = Array.from({ length: 1 + random.below(4) }, (_, index) => ({
        id: `s${index}`,
        opens: { instantMs: random.below(100), zone: "UTC" },
        partners: Array.from({ length: random.below(6) }, () => ({ organisation: `o${random.below(8)}`, admitted: !random.oneIn(3) })),
      }));
      const told = new Set<string>();
      for (let ms = 0; ms < 110; ms += 1 + random.below(20)) {
        for (const { stage, organisation } of partnersToTell(stages, told, ms)) {
          const of = stages.find(({ id }) => id === stage);
          assert.ok(of !== undefined && of.opens.instantMs <= ms, `seed ${seed}: early`);
          assert.ok(
            of.partners.some((one) => one.organisation === organisation && one.admitted),
            `seed ${seed}: without both keys`,
          );
          assert.ok(!told.has(organisation), `seed ${seed}: twice`);
          told.add(organisation);
        }
      }
    }
  });

  it("give the planned release: their earliest hour", () => {
    assert.deepEqual(plannedRelease([second, first]), first.opens);
    assert.equal(plannedRelease([]), undefined);
  });

  it("are checked for order, doubles and emptiness", () => {
    assert.deepEqual(checkStages([first, second]), []);
    assert.deepEqual(checkStages([second, { ...first, partners: [] }]), [
      "Expected at least one organisation in first.",
      "Expected first to open after second (Wed 16 Dec 2026, 09:00 UTC), got Wed 9 Dec 2026, 09:00 Europe/Berlin.",
    ]);
    assert.deepEqual(
      checkStages([
        { ...first, partners: partners("a", 1) },
        { ...second, id: "first", partners: partners("a", 1) },
      ]),
      ["Expected each stage once, got first twice.", "Expected a-1 in one stage, got it in first and first."],
    );
    assert.deepEqual(checkStages([{ ...first, opens: { instantMs: 0, zone: "here" } }]), [
      'Expected an IANA time zone such as Europe/Berlin, got "here".',
    ]);
  });
});

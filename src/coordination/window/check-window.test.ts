import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PartnerStageFacts, ProgrammeRecord, WindowFacts } from "../../vocabulary/access-window.ts";
import { furtherRecord, hour, openedWindow, testingWindow } from "../../../tests/support/random-window.ts";
import { checkRecord } from "./check-record.ts";
import { checkWindow, windowMayBeAgreed } from "./check-window.ts";
import { EO_14409, PROGRAMME_RECORDS, recordsInForce, widestRecord } from "./programme-records.ts";

const now = hour("2026-11-01T12:00").instantMs;
const stage = (other: Partial<PartnerStageFacts>): PartnerStageFacts => ({
  kind: "partner-stage",
  opens: hour("2026-12-09T09:00"),
  closes: undefined,
  publicRelease: undefined,
  firstOpenedMs: undefined,
  closed: undefined,
  ...other,
});

const span = (facts: WindowFacts): string => {
  const end = facts.kind === "testing-window" ? facts.release : facts.publicRelease;
  const text = (ms: number | undefined): string => (ms === undefined ? "no hour" : new Date(ms).toISOString());
  return `from ${text(facts.opens.instantMs)} to ${text(facts.closes?.instantMs)}, release ${text(end?.instantMs)}`;
};

describe("a stated window", () => {
  const cases: readonly (readonly [facts: WindowFacts, found: readonly string[]])[] = [
    [testingWindow(), []],
    [testingWindow({ closes: hour("2026-12-09T09:00") }), []],
    [testingWindow({ opens: hour("2026-10-20T09:00"), accepted: [furtherRecord(60)] }), ["warned opens-at-once"]],
    [testingWindow({ closes: hour("2026-11-09T09:00") }), ["refused closes-before-opening"]],
    [testingWindow({ opens: hour("2026-11-09T08:59") }), ["refused opens-before-bound"]],
    [testingWindow({ closes: hour("2026-12-09T09:01") }), ["refused closes-after-release"]],
    [testingWindow({ opens: hour("2026-12-09T09:00") }), ["refused opens-after-release"]],
    [testingWindow({ release: hour("2026-11-01T12:00") }), ["refused hour-passed", "refused opens-after-release"]],
    [
      testingWindow({ opens: hour("2026-10-20T09:00"), closes: hour("2026-10-30T09:00") }),
      ["refused hour-passed", "refused opens-before-bound"],
    ],
    [
      { ...openedWindow(), release: hour("2026-12-12T09:00"), closes: hour("2026-12-10T09:00") },
      ["refused opens-before-bound", "refused longer-than-bound"],
    ],
    [testingWindow({ release: { instantMs: now + 1, zone: "Middle/Earth" } }), ["refused zone-unknown"]],
    [testingWindow({ accepted: [furtherRecord(0)] }), ["refused record-unusable"]],
    [stage({ closes: hour("2026-12-20T09:00") }), []],
    [stage({ publicRelease: hour("2027-01-20T09:00") }), []],
    [stage({}), ["refused never-closes"]],
    [stage({ closes: hour("2027-01-20T09:01"), publicRelease: hour("2027-01-20T09:00") }), ["refused closes-after-release"]],
    [stage({ publicRelease: hour("2026-12-01T09:00") }), ["refused opens-after-release"]],
  ];
  for (const [facts, expected] of cases) {
    it(`${facts.kind} ${span(facts)}: ${expected.join(", ") || "nothing"}`, () => {
      const found = checkWindow(facts, now);
      assert.deepEqual(
        found.map(({ severity, code }) => `${severity} ${code}`),
        expected,
      );
      assert.equal(windowMayBeAgreed(found), !expected.some((one) => one.startsWith("refused")));
    });
  }

  it("names the bound, the record with its citation, and what was stated", () => {
    const messages = (facts: WindowFacts): readonly string[] => checkWindow(facts, now).map(({ message }) => message);
    assert.deepEqual(messages(testingWindow({ opens: hour("2026-11-02T09:00") })), [
      "Expected to open at Mon 9 Nov 2026, 09:00 Europe/Berlin or later, by EO 14409 (Executive Order 14409 of 2 June 2026: at most 30 days before the planned release); got Mon 2 Nov 2026, 09:00 Europe/Berlin.",
    ]);
    assert.deepEqual(messages({ ...openedWindow(), release: hour("2026-12-12T09:00"), closes: hour("2026-12-10T09:00") }).slice(1), [
      "Expected to close by Wed 9 Dec 2026, 09:00 Europe/Berlin, 30 days from its first opening, by EO 14409 (Executive Order 14409 of 2 June 2026: at most 30 days before the planned release); got Thu 10 Dec 2026, 09:00 Europe/Berlin.",
    ]);
    assert.deepEqual(messages(testingWindow({ closes: hour("2026-12-10T09:00") })), [
      "Expected to close by the planned release to other trusted partners (Wed 9 Dec 2026, 09:00 Europe/Berlin), got Thu 10 Dec 2026, 09:00 Europe/Berlin.",
    ]);
  });
});

describe("programme records", () => {
  it("are known with what can be cited, and say when that is second-hand", () => {
    for (const record of PROGRAMME_RECORDS) assert.deepEqual(checkRecord(record), []);
    assert.deepEqual([EO_14409.days, EO_14409.citedOn, EO_14409.source], [30, "2026-06-02", "secondary"]);
  });

  it("hold beside the order, each once, and the widest counts", () => {
    const ids = (accepted: readonly ProgrammeRecord[]): readonly string[] => recordsInForce(accepted).map(({ id }) => id);
    assert.deepEqual(ids([]), ["eo-14409"]);
    assert.deepEqual(ids([furtherRecord(45), EO_14409, furtherRecord(45)]), ["eo-14409", "test-45"]);
    assert.equal(widestRecord([furtherRecord(7), furtherRecord(45)]).days, 45);
    assert.equal(widestRecord([furtherRecord(30)]), EO_14409);
    assert.equal(widestRecord([{ ...EO_14409, days: 300 }]), EO_14409);
  });

  it("are refused with what was expected and what is there", () => {
    const record = furtherRecord(45);
    const cases: readonly (readonly [broken: ProgrammeRecord, message: string])[] = [
      [{ ...record, days: 1.5 }, "Expected whole days from 1 to 366 in Test rule 45, got 1.5."],
      [{ ...record, days: 367 }, "Expected whole days from 1 to 366 in Test rule 45, got 367."],
      [{ ...record, citation: " " }, "Expected a citation in the programme record Test rule 45, got none."],
      [{ ...record, name: "" }, 'Expected a name in the programme record "test-45", got none.'],
      [{ ...record, citedOn: "2026-02-30" }, 'Expected a day such as 2026-06-02 in Test rule 45, got "2026-02-30".'],
      [{ ...record, citedOn: "2 June" }, 'Expected a day such as 2026-06-02 in Test rule 45, got "2 June".'],
    ];
    for (const [broken, message] of cases) assert.deepEqual(checkRecord(broken), [message]);
  });
});

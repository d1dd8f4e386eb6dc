import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestingWindowFacts } from "../../vocabulary/access-window.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import { furtherRecord, hour, openedWindow, testingWindow } from "../../../tests/support/random-window.ts";
import { acceptRecord } from "./change-window.ts";
import { settleWindow, solveWindow } from "./solve-window.ts";
import { endWindow, mayAcceptRecord, mayEnd, mayExtend } from "./window-moves.ts";

const lab = { organisation: "lab", lab: "lab" };
const others = ["agency", "coordinator", "evaluator"].map((organisation) => ({ organisation, lab: "lab" }));
const now = hour("2026-11-12T09:00").instantMs;
const closing = (local: string): TestingWindowFacts => ({ ...openedWindow(), closes: hour(local) });

describe("extending a window", () => {
  const cases: readonly (readonly [title: string, facts: TestingWindowFacts, closes: ZonedInstant | undefined, why: string | undefined])[] =
    [
      ["to a later hour within the bounds", closing("2026-11-20T09:00"), hour("2026-12-01T09:00"), undefined],
      ["to the release itself", closing("2026-11-20T09:00"), hour("2026-12-09T09:00"), undefined],
      ["as far as the bounds allow", closing("2026-11-20T09:00"), undefined, undefined],
      [
        "past the release",
        closing("2026-11-20T09:00"),
        hour("2026-12-09T09:01"),
        "Expected an hour within every bound. Planned release to other trusted partners: not after Wed 9 Dec 2026, 09:00 Europe/Berlin; got Wed 9 Dec 2026, 09:01 Europe/Berlin. A testing window ends with that release, wherever the lab moves it.",
      ],
      [
        "past the days from its first opening",
        { ...closing("2026-11-20T09:00"), release: hour("2026-12-11T09:00") },
        hour("2026-12-10T09:00"),
        "Expected an hour within every bound. EO 14409: not after Wed 9 Dec 2026, 09:00 Europe/Berlin, 30 days from its first opening; got Thu 10 Dec 2026, 09:00 Europe/Berlin. Going further needs another programme record that the lab accepts.",
      ],
      [
        "to an earlier hour",
        closing("2026-11-20T09:00"),
        hour("2026-11-19T09:00"),
        "Expected a later hour than now. The lab: closes Fri 20 Nov 2026, 09:00 Europe/Berlin.",
      ],
      [
        "that has no hour of its own to move",
        openedWindow(),
        undefined,
        "Expected a later hour than now. Planned release to other trusted partners: not after Wed 9 Dec 2026, 09:00 Europe/Berlin. A testing window ends with that release, wherever the lab moves it.",
      ],
      [
        "in no zone",
        closing("2026-11-20T09:00"),
        { instantMs: now, zone: "Middle/Earth" },
        'Expected an IANA time zone such as Europe/Berlin, got "Middle/Earth".',
      ],
    ];
  for (const [title, facts, closes, why] of cases) {
    it(title, () => assert.deepEqual(mayExtend(facts, closes, lab, now), why === undefined ? { allowed: true } : { allowed: false, why }));
  }

  it("goes further with another record that the lab has accepted", () => {
    const facts = { ...closing("2026-11-20T09:00"), release: hour("2026-12-20T09:00"), firstOpenedMs: hour("2026-11-01T09:00").instantMs };
    const later = hour("2026-12-05T09:00");
    assert.equal(mayExtend(facts, later, lab, now).allowed, false);
    assert.equal(mayExtend(acceptRecord(facts, furtherRecord(45), now).facts, later, lab, now).allowed, true);
  });

  it("is the lab's alone", () => {
    for (const party of others) {
      const move = mayExtend(closing("2026-11-20T09:00"), hour("2026-12-01T09:00"), party, now);
      assert.deepEqual(move, { allowed: false, why: "Only the lab that offered the model extends it." });
    }
  });

  it("comes too late for one that has closed, by its hour or by the lab's word", () => {
    const why = "It closed Wed 11 Nov 2026, 09:00 Europe/Berlin and stays closed; a new window needs a new offer.";
    assert.deepEqual(mayExtend(closing("2026-11-11T09:00"), hour("2026-12-01T09:00"), lab, now), { allowed: false, why });
    const ended = endWindow(openedWindow(), "ended", hour("2026-11-11T09:00").instantMs);
    assert.deepEqual(mayExtend(ended, hour("2026-12-01T09:00"), lab, now), { allowed: false, why });
  });

  it("of a partner stage stops at the public release, and needs an end", () => {
    const stage = {
      kind: "partner-stage",
      opens: hour("2026-11-09T09:00"),
      closes: hour("2026-11-20T09:00"),
      publicRelease: hour("2027-01-20T09:00"),
      firstOpenedMs: hour("2026-11-09T09:00").instantMs,
      closed: undefined,
    } as const;
    assert.equal(mayExtend(stage, hour("2027-01-20T09:00"), lab, now).allowed, true);
    assert.equal(mayExtend(stage, hour("2027-01-20T09:01"), lab, now).allowed, false);
    assert.equal(mayExtend({ ...stage, publicRelease: undefined }, hour("2028-01-20T09:01"), lab, now).allowed, true);
    assert.equal(mayExtend({ ...stage, publicRelease: undefined }, undefined, lab, now).allowed, false);
  });
});

describe("ending access", () => {
  it("is the lab's word, in every state before it is closed, and asks for no reason", () => {
    const waiting = { ...openedWindow(), release: hour("2026-12-24T09:00") };
    for (const [state, facts] of [
      ["agreed", testingWindow({ opens: hour("2026-11-20T09:00") })],
      ["open", openedWindow()],
      ["waiting", waiting],
    ] as const) {
      assert.equal(solveWindow(facts, now).state, state);
      assert.deepEqual(mayEnd(facts, lab, now), { allowed: true });
      for (const party of others) assert.equal(mayEnd(facts, party, now).allowed, false);
      const ended = endWindow(facts, "ended", now);
      assert.deepEqual([solveWindow(ended, now).state, ended.closed], ["closed", { atMs: now, by: "ended" }]);
      assert.equal(mayEnd(ended, lab, now + 1).allowed, false);
    }
  });

  it("keeps the hour and cause of an earlier closing", () => {
    const closed = settleWindow(closing("2026-11-11T09:00"), now);
    assert.deepEqual(endWindow(closed, "withdrawn", now).closed, { atMs: hour("2026-11-11T09:00").instantMs, by: "lab" });
    assert.deepEqual(endWindow(closing("2026-11-11T09:00"), "withdrawn", now).closed, closed.closed);
  });
});

describe("accepting a programme record", () => {
  it("is the lab's alone, for a testing window that is not closed, and only of a usable record", () => {
    const open = openedWindow();
    assert.equal(mayAcceptRecord(open, furtherRecord(45), lab, now).allowed, true);
    for (const party of others) assert.equal(mayAcceptRecord(open, furtherRecord(45), party, now).allowed, false);
    assert.equal(mayAcceptRecord(open, furtherRecord(0), lab, now).allowed, false);
    assert.equal(mayAcceptRecord(endWindow(open, "ended", now), furtherRecord(45), lab, now).allowed, false);
    const stage = { ...open, kind: "partner-stage", publicRelease: undefined, closes: hour("2026-12-20T09:00") } as const;
    assert.equal(mayAcceptRecord(stage, furtherRecord(45), lab, now).allowed, false);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PartnerStageFacts, TestingWindowFacts, WindowFacts } from "../../vocabulary/access-window.ts";
import { furtherRecord, hour, openedWindow, testingWindow } from "../../../tests/support/random-window.ts";
import { settleWindow, solveWindow } from "./solve-window.ts";
import { boundText } from "./window-words.ts";

const stage = (other: Partial<PartnerStageFacts> = {}): PartnerStageFacts => ({
  kind: "partner-stage",
  opens: hour("2026-12-09T09:00"),
  closes: undefined,
  publicRelease: hour("2027-01-20T15:00", "UTC"),
  firstOpenedMs: undefined,
  closed: undefined,
  ...other,
});
const at = (local: string): number => hour(local).instantMs;
const said = (facts: WindowFacts, local: string): string => {
  const { state, opens, closes } = solveWindow(facts, at(local));
  return `${state}: ${boundText(opens)} / ${closes === undefined ? "no end" : boundText(closes)}`;
};

describe("a testing window", () => {
  const cases: readonly (readonly [title: string, facts: TestingWindowFacts, local: string, said: string])[] = [
    [
      "opens at the lab's hour when that is within the bound",
      testingWindow({ opens: hour("2026-11-20T09:00") }),
      "2026-11-19T09:00",
      "agreed: The lab: opens Fri 20 Nov 2026, 09:00 Europe/Berlin / Planned release to other trusted partners: not after Wed 9 Dec 2026, 09:00 Europe/Berlin",
    ],
    [
      "opens at its bound when the lab's hour is earlier",
      testingWindow({ opens: hour("2026-11-01T09:00") }),
      "2026-11-08T09:00",
      "agreed: EO 14409: not before Mon 9 Nov 2026, 09:00 Europe/Berlin / Planned release to other trusted partners: not after Wed 9 Dec 2026, 09:00 Europe/Berlin",
    ],
    [
      "closes at the lab's hour when that is before the release",
      testingWindow({ closes: hour("2026-11-30T18:00") }),
      "2026-11-10T09:00",
      "open: The lab: opens Mon 9 Nov 2026, 09:00 Europe/Berlin / The lab: closes Mon 30 Nov 2026, 18:00 Europe/Berlin",
    ],
    [
      "closes at the release when the lab's hour is later",
      testingWindow({ closes: hour("2026-12-30T18:00") }),
      "2026-12-09T09:00",
      "closed: The lab: opens Mon 9 Nov 2026, 09:00 Europe/Berlin / Planned release to other trusted partners: not after Wed 9 Dec 2026, 09:00 Europe/Berlin",
    ],
    [
      "closes 30 days from its first opening when the release has moved further",
      { ...openedWindow(), release: hour("2026-12-11T09:00") },
      "2026-11-12T09:00",
      "open: EO 14409: not before Wed 11 Nov 2026, 09:00 Europe/Berlin / EO 14409: not after Wed 9 Dec 2026, 09:00 Europe/Berlin, 30 days from its first opening",
    ],
    [
      "waits when its bound has moved past now",
      { ...openedWindow(), release: hour("2026-12-24T09:00") },
      "2026-11-12T09:00",
      "waiting: EO 14409: not before Tue 24 Nov 2026, 09:00 Europe/Berlin / EO 14409: not after Wed 9 Dec 2026, 09:00 Europe/Berlin, 30 days from its first opening",
    ],
    [
      "reaches as far as the widest record that the lab accepted",
      testingWindow({ opens: hour("2026-10-01T09:00"), accepted: [furtherRecord(20), furtherRecord(45)] }),
      "2026-11-01T09:00",
      "open: Test rule 45: not before Sun 25 Oct 2026, 09:00 Europe/Berlin / Planned release to other trusted partners: not after Wed 9 Dec 2026, 09:00 Europe/Berlin",
    ],
  ];
  for (const [title, facts, local, expected] of cases) it(title, () => assert.equal(said(facts, local), expected));

  it("is open in [opens, closes), to the millisecond", () => {
    const facts = testingWindow();
    const [opens, closes] = [facts.opens.instantMs, facts.release.instantMs];
    for (const [ms, state] of [
      [opens - 1, "agreed"],
      [opens, "open"],
      [closes - 1, "open"],
      [closes, "closed"],
    ] as const) {
      assert.equal(solveWindow(facts, ms).state, state);
    }
  });

  it("lists every bound with its own value, the tightest first, and marks all that are met at once", () => {
    const facts = {
      ...openedWindow(),
      opens: hour("2026-11-01T09:00"),
      closes: hour("2026-12-09T08:00", "UTC"),
      accepted: [furtherRecord(7)],
    };
    assert.deepEqual(
      solveWindow(facts, at("2026-11-12T09:00")).bounds.map(
        (bound) => `${bound.sets ? "*" : bound.inForce ? " " : "-"} ${boundText(bound)}`,
      ),
      [
        "* EO 14409: not before Mon 9 Nov 2026, 09:00 Europe/Berlin",
        "  The lab: opens Sun 1 Nov 2026, 09:00 Europe/Berlin",
        "- Test rule 7: not before Wed 2 Dec 2026, 09:00 Europe/Berlin",
        "* The lab: closes Wed 9 Dec 2026, 08:00 UTC",
        "* Planned release to other trusted partners: not after Wed 9 Dec 2026, 09:00 Europe/Berlin",
        "* EO 14409: not after Wed 9 Dec 2026, 09:00 Europe/Berlin, 30 days from its first opening",
        "- Test rule 7: not after Mon 16 Nov 2026, 09:00 Europe/Berlin, 7 days from its first opening",
      ],
    );
  });

  it("names the lab's own hour first when the release is at the same instant", () => {
    assert.equal(solveWindow(testingWindow({ closes: hour("2026-12-09T09:00") }), 0).closes?.by, "lab");
  });

  it("says when its hours leave nothing", () => {
    assert.equal(solveWindow(testingWindow({ opens: hour("2026-12-10T09:00") }), at("2026-11-10T09:00")).leavesNothing, true);
    assert.equal(solveWindow(testingWindow(), at("2026-11-10T09:00")).leavesNothing, false);
  });

  it("stays closed by its fact, whatever the hours say", () => {
    const ended = { ...openedWindow(), closed: { atMs: at("2026-11-12T10:00"), by: "withdrawn" } } as const;
    for (const local of ["2026-11-01T00:00", "2026-11-12T09:00", "2026-11-20T09:00", "2027-11-20T09:00"]) {
      const { state, closed } = solveWindow({ ...ended, release: hour("2027-12-01T09:00") }, at(local));
      assert.deepEqual([state, closed], ["closed", ended.closed]);
    }
  });
});

describe("a partner stage", () => {
  it("opens at its own hour and has no bound of days", () => {
    assert.equal(
      said(stage(), "2026-12-09T09:00"),
      "open: The lab: opens Wed 9 Dec 2026, 09:00 Europe/Berlin / Public release: not after Wed 20 Jan 2027, 15:00 UTC",
    );
    assert.equal(solveWindow(stage(), at("2026-12-09T08:59")).state, "agreed");
    assert.equal(said(stage({ firstOpenedMs: at("2026-01-01T00:00") }), "2027-01-19T00:00").startsWith("open"), true);
  });

  it("closes at its own hour, or never by the clock when nothing states one", () => {
    assert.equal(solveWindow(stage({ closes: hour("2026-12-20T09:00") }), at("2026-12-20T09:00")).closed?.by, "lab");
    const endless = solveWindow(stage({ publicRelease: undefined }), at("2036-12-20T09:00"));
    assert.deepEqual([endless.state, endless.closes], ["open", undefined]);
  });
});

describe("settling a window", () => {
  it("writes the first opening once", () => {
    const agreed = settleWindow(testingWindow(), at("2026-11-09T08:59"));
    assert.equal(agreed.firstOpenedMs, undefined);
    const opened = settleWindow(agreed, at("2026-11-09T09:00"));
    assert.equal(opened.firstOpenedMs, at("2026-11-09T09:00"));
    assert.equal(settleWindow(opened, at("2026-11-10T09:00")), opened);
  });

  it("writes the hour and cause of a closing, also when it is noticed late", () => {
    for (const local of ["2026-12-09T09:00", "2027-03-01T00:00"]) {
      assert.deepEqual(settleWindow(openedWindow(), at(local)).closed, { atMs: at("2026-12-09T09:00"), by: "release" });
    }
    assert.equal(settleWindow(testingWindow(), at("2027-03-01T00:00")).firstOpenedMs, undefined);
  });
});

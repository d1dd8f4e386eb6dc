import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PartnerStageFacts, TestingWindowFacts } from "../../vocabulary/access-window.ts";
import { furtherRecord, hour, openedWindow, testingWindow } from "../../../tests/support/random-window.ts";
import { acceptRecord, changeWindow, moveRelease } from "./change-window.ts";
import { settleWindow, solveWindow } from "./solve-window.ts";

const at = (local: string): number => hour(local).instantMs;

describe("moving the planned release", () => {
  const agreed = testingWindow({ opens: hour("2026-11-01T09:00") });
  const open = openedWindow();
  const waiting = { ...open, release: hour("2026-12-24T09:00") };
  const cases: readonly (readonly [
    title: string,
    facts: TestingWindowFacts,
    release: string,
    now: string,
    states: string,
    effects: readonly (readonly [code: string, message: string])[],
  ])[] = [
    [
      "behind now closes the window now",
      open,
      "2026-11-11T09:00",
      "2026-11-12T09:00",
      "open closed",
      [
        [
          "closes-now",
          "It closes now and destroys the credentials. Planned release to other trusted partners: not after Wed 11 Nov 2026, 09:00 Europe/Berlin.",
        ],
      ],
    ],
    [
      "behind now closes one that never opened",
      agreed,
      "2026-11-02T09:00",
      "2026-11-03T09:00",
      "agreed closed",
      [
        [
          "closes-now",
          "It closes now and destroys the credentials, before it ever opened. Planned release to other trusted partners: not after Mon 2 Nov 2026, 09:00 Europe/Berlin.",
        ],
      ],
    ],
    [
      "a little later narrows nothing that is left, and adds nothing past the days from first opening",
      open,
      "2026-12-11T09:00",
      "2026-11-12T09:00",
      "open open",
      [["unchanged", "It opens and closes as before."]],
    ],
    [
      "further later makes it wait",
      open,
      "2026-12-24T09:00",
      "2026-11-12T09:00",
      "open waiting",
      [["waits", "It waits until Tue 24 Nov 2026, 09:00 Europe/Berlin: calls are refused from now on, and nothing is destroyed."]],
    ],
    [
      "so far that its days from first opening run out before it could open again",
      open,
      "2027-01-24T09:00",
      "2026-11-12T09:00",
      "open waiting",
      [
        ["waits", "It waits until Fri 25 Dec 2026, 09:00 Europe/Berlin: calls are refused from now on, and nothing is destroyed."],
        [
          "never-open-again",
          "It would not be open again: EO 14409: not before Fri 25 Dec 2026, 09:00 Europe/Berlin, and it closes before, at Wed 9 Dec 2026, 09:00 Europe/Berlin.",
        ],
      ],
    ],
    ["back opens a waiting window now", waiting, "2026-12-09T09:00", "2026-11-13T09:00", "waiting open", [["opens-now", "It opens now."]]],
    [
      "in part back opens it sooner",
      waiting,
      "2026-12-20T09:00",
      "2026-11-13T09:00",
      "waiting waiting",
      [["opens-at", "It opens Fri 20 Nov 2026, 09:00 Europe/Berlin. EO 14409: not before Fri 20 Nov 2026, 09:00 Europe/Berlin."]],
    ],
    [
      "earlier opens one that was only agreed, and closes it earlier",
      agreed,
      "2026-12-01T09:00",
      "2026-11-02T09:00",
      "agreed open",
      [
        ["opens-now", "It opens now."],
        [
          "closes-at",
          "It closes by itself Tue 1 Dec 2026, 09:00 Europe/Berlin. Planned release to other trusted partners: not after Tue 1 Dec 2026, 09:00 Europe/Berlin.",
        ],
      ],
    ],
    [
      "later moves both hours of one that was only agreed",
      agreed,
      "2026-12-16T09:00",
      "2026-11-02T09:00",
      "agreed agreed",
      [
        ["opens-at", "It opens Mon 16 Nov 2026, 09:00 Europe/Berlin. EO 14409: not before Mon 16 Nov 2026, 09:00 Europe/Berlin."],
        [
          "closes-at",
          "It closes by itself Wed 16 Dec 2026, 09:00 Europe/Berlin. Planned release to other trusted partners: not after Wed 16 Dec 2026, 09:00 Europe/Berlin.",
        ],
      ],
    ],
    [
      "before the lab's own opening hour leaves nothing of one that was only agreed",
      testingWindow({ opens: hour("2026-11-20T09:00") }),
      "2026-11-15T09:00",
      "2026-11-02T09:00",
      "agreed agreed",
      [
        [
          "never-open-again",
          "It would not be open at all: The lab: opens Fri 20 Nov 2026, 09:00 Europe/Berlin, and it closes before, at Sun 15 Nov 2026, 09:00 Europe/Berlin.",
        ],
        [
          "closes-at",
          "It closes by itself Sun 15 Nov 2026, 09:00 Europe/Berlin. Planned release to other trusted partners: not after Sun 15 Nov 2026, 09:00 Europe/Berlin.",
        ],
      ],
    ],
    [
      "changes nothing for a closed window",
      { ...open, closed: { atMs: at("2026-11-10T09:00"), by: "ended" } },
      "2027-01-20T09:00",
      "2026-11-12T09:00",
      "closed closed",
      [["closed-before", "It is closed: no hour opens it again, and a new window needs a new offer from the lab."]],
    ],
    [
      "is too late for a window whose hour passed unnoticed",
      open,
      "2027-01-20T09:00",
      "2026-12-09T09:00",
      "closed closed",
      [["closed-before", "It is closed: no hour opens it again, and a new window needs a new offer from the lab."]],
    ],
  ];
  for (const [title, facts, release, now, states, effects] of cases) {
    it(title, () => {
      const moved = moveRelease(facts, hour(release), at(now));
      assert.equal(`${moved.before.state} ${moved.after.state}`, states);
      assert.deepEqual(
        moved.effects.map(({ code, message }) => [code, message]),
        effects,
      );
      assert.equal(moved.destroysCredentials, states.endsWith("closed") && !states.startsWith("closed"));
      assert.deepEqual(solveWindow(moved.facts, at(now)), moved.after);
    });
  }

  it("that closes the window writes this moment, not the hour that lies behind", () => {
    const moved = moveRelease(open, hour("2026-11-11T09:00"), at("2026-11-12T09:00"));
    assert.deepEqual(moved.facts.closed, { atMs: at("2026-11-12T09:00"), by: "release" });
  });

  it("back after it has closed brings nothing back", () => {
    const now = at("2026-11-12T09:00");
    const closed = moveRelease(open, hour("2026-11-11T09:00"), now).facts;
    assert.equal(moveRelease(closed, hour("2026-12-09T09:00"), now + 1).after.state, "closed");
  });

  it("is only thought through: the facts it was asked about are as they were", () => {
    const facts = structuredClone(open);
    moveRelease(facts, hour("2026-11-11T09:00"), at("2026-11-12T09:00"));
    assert.deepEqual(facts, open);
  });
});

describe("other changes of a window", () => {
  it("a record that the lab accepts lets it open earlier and stay open longer from its first opening", () => {
    const waiting = { ...openedWindow(), release: hour("2026-12-24T09:00") };
    const accepted = acceptRecord(waiting, furtherRecord(45), at("2026-11-13T09:00"));
    assert.deepEqual(
      accepted.effects.map(({ code, message }) => `${code}: ${message}`),
      [
        "opens-now: It opens now.",
        "closes-at: It closes by itself Thu 24 Dec 2026, 09:00 Europe/Berlin. Planned release to other trusted partners: not after Thu 24 Dec 2026, 09:00 Europe/Berlin.",
      ],
    );
    assert.deepEqual(acceptRecord(accepted.facts, furtherRecord(45), at("2026-11-13T09:01")).facts.accepted, [furtherRecord(45)]);
  });

  it("the lab's own hour, moved behind now, closes it now", () => {
    const open = openedWindow();
    const moved = changeWindow(open, { ...open, closes: hour("2026-11-10T09:00") }, at("2026-11-12T09:00"));
    assert.deepEqual([moved.after.state, moved.facts.closed?.by, moved.destroysCredentials], ["closed", "lab", true]);
  });

  it("cannot forge a first opening or a closing", () => {
    const open = openedWindow();
    const forged = changeWindow(open, { ...open, firstOpenedMs: undefined, closed: { atMs: 0, by: "ended" } }, at("2026-11-12T09:00"));
    assert.deepEqual(forged.facts, settleWindow(open, at("2026-11-12T09:00")));
  });

  it("a partner stage without an end is said to close by the lab's word only", () => {
    const stage: PartnerStageFacts = {
      kind: "partner-stage",
      opens: hour("2026-12-09T09:00"),
      closes: undefined,
      publicRelease: hour("2027-01-20T09:00"),
      firstOpenedMs: undefined,
      closed: undefined,
    };
    const { effects } = changeWindow(stage, { ...stage, publicRelease: undefined }, at("2026-12-01T09:00"));
    assert.deepEqual(effects, [{ code: "no-hour-to-close", message: "Nothing closes it but the lab's word." }]);
  });
});

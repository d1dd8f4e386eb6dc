import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WindowAnswer } from "../../contract/model-schemas.ts";
import { type DayLook, usedText, windowDays } from "./window-days.ts";

const zone = "Europe/Berlin";
const ms = (local: string): number => Date.parse(`${local}Z`);
const order = { id: "eo", name: "EO", title: "", citation: "", citedOn: "2026-06-02", source: "primary", rule: "", days: 30 } as const;

type Hours = {
  readonly opens: string;
  readonly release: string;
  readonly opened?: string;
  readonly lastOfDays?: string;
  readonly closes?: string;
};

/** A testing window whose record begins 30 days before the release. */
function testing({ opens, release, opened, lastOfDays, closes }: Hours, more: Partial<WindowAnswer> = {}): WindowAnswer {
  const bound = (edge: "opens" | "closes", by: WindowAnswer["opens"]["by"], at: number, sets = false): WindowAnswer["opens"] => ({
    edge,
    by,
    at: { instantMs: at, zone },
    words: "",
    inForce: true,
    sets,
  });
  const end = Math.min(...[closes, lastOfDays, release].filter((hour) => hour !== undefined).map(ms));
  return {
    id: "w",
    model: "m",
    kind: "testing-window",
    position: 1,
    name: "Testing",
    state: "open",
    stated: { opens: { instantMs: ms(opens), zone } },
    opens: bound("opens", "lab", ms(opens), true),
    closes: bound("closes", closes === undefined ? "release" : "lab", end, true),
    bounds: [
      bound("opens", "lab", ms(opens), true),
      bound("opens", "bound", ms(release) - 30 * 86_400_000),
      bound("closes", "release", ms(release), true),
      ...(lastOfDays === undefined ? [] : [bound("closes", "first-opening", ms(lastOfDays))]),
    ],
    leavesNothing: false,
    ...(opened === undefined ? {} : { firstOpenedMs: ms(opened) }),
    ...more,
  };
}

function looks(window: WindowAnswer, now: string): Partial<Record<DayLook, number>> {
  const counts: Partial<Record<DayLook, number>> = {};
  for (const { look } of windowDays(window, [order], ms(now))?.squares ?? []) counts[look] = (counts[look] ?? 0) + 1;
  return counts;
}

describe("the days of a window", () => {
  const whole = { opens: "2026-11-09T08:00", release: "2026-12-09T08:00", opened: "2026-11-09T08:00", lastOfDays: "2026-12-09T08:00" };

  it("are 30, those that have passed filled, and the one that runs marked", () => {
    assert.deepEqual(looks(testing(whole), "2026-11-24T09:00"), { passed: 15, now: 1, left: 14 });
    assert.equal(windowDays(testing(whole), [order], ms("2026-11-24T09:00"))?.words, "Of 30 days: 15 used, one that runs, 14 to come.");
    assert.equal(usedText({ firstOpenedMs: ms(whole.opened) }, ms("2026-11-24T09:00")), "15 d 1 h used");
  });

  it("before a late opening and behind an early close are not the window’s", () => {
    const late = testing({
      ...whole,
      opens: "2026-11-19T08:00",
      opened: "2026-11-19T08:00",
      lastOfDays: "2026-12-19T08:00",
      closes: "2026-12-04T08:00",
    });
    assert.deepEqual(looks(late, "2026-11-24T09:00"), { outside: 15, passed: 5, now: 1, left: 9 });
    assert.equal(windowDays(late, [order], ms("2026-11-24T09:00"))?.from.by, "bound");
  });

  it("run from the first opening where they end before a release that was moved on", () => {
    const days = windowDays(testing({ ...whole, release: "2026-12-20T08:00" }), [order], ms("2026-11-24T09:00"));
    assert.deepEqual(
      [days?.from, days?.to],
      [
        { ms: ms(whole.opened), by: "first-opening" },
        { ms: ms(whole.lastOfDays), by: "first-opening" },
      ],
    );
  });

  it("stay used up to the close, and none behind it was used", () => {
    const closed = testing(whole, { state: "closed", closed: { atMs: ms("2026-11-14T08:00"), by: "ended" } });
    assert.deepEqual(looks(closed, "2026-11-24T09:00"), { passed: 5, outside: 25 });
  });

  it("are none for a window that ended before it opened", () => {
    const { opened: _, ...never } = whole;
    assert.equal(
      windowDays(testing(never, { closed: { atMs: ms("2026-11-05T08:00"), by: "ended" } }), [order], ms("2026-11-24T09:00")),
      undefined,
    );
  });

  it("of a partner stage are its own, and none where nothing closes it or they are too many to draw", () => {
    const stage = testing(whole, { kind: "partner-stage" });
    assert.deepEqual(looks(stage, "2026-11-24T09:00"), { passed: 15, now: 1, left: 14 });
    const { closes: _, ...open } = stage;
    assert.equal(windowDays(open, [order], ms("2026-11-24T09:00")), undefined);
    assert.equal(
      windowDays(testing({ ...whole, release: "2028-12-09T08:00" }, { kind: "partner-stage" }), [{ ...order, days: 700 }], 0)?.squares
        .length,
      30,
    );
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fullHourAfter, hourProblem, localText, shiftedHour, toStatedHour } from "./typed-hour.ts";

describe("an hour as it is typed", () => {
  it("reads as it does on a clock of its zone, also where clocks have just been changed", () => {
    assert.equal(localText(Date.parse("2026-12-09T08:00Z"), "Europe/Berlin"), "2026-12-09 09:00");
    assert.equal(localText(Date.parse("2026-10-25T01:30Z"), "Europe/Berlin"), "2026-10-25 02:30");
  });

  it("is sent as a local time in its zone, for the server to understand", () => {
    assert.deepEqual(toStatedHour(" 2026-12-09   09:00 ", " Europe/Berlin "), { local: "2026-12-09T09:00", zone: "Europe/Berlin" });
  });

  for (const [typed, isRight] of [
    ["", true],
    ["2026-12-09 09:00", true],
    ["2026-12-09T09:00", true],
    ["2026-12-09", false],
    ["9 Dec, 09:00", false],
    ["2026-12-09 09:00 CET", false],
  ] as const) {
    it(`${JSON.stringify(typed)} ${isRight ? "reads as one or as none" : "is refused with an example"}`, () =>
      assert.equal(hourProblem(typed) === undefined, isRight));
  }

  it("moves as far as another one was moved, by what clocks show, and stays where one of them does not read", () => {
    assert.equal(shiftedHour("2026-12-11 00:00", "2026-12-10 23:00", "2027-01-09 09:00"), "2027-01-09 10:00");
    assert.equal(shiftedHour("2026-03-30 09:00", "2026-03-28 09:00", "2026-03-29 09:00"), "2026-03-31 09:00");
    assert.equal(shiftedHour("2026-12-11 00:00", "2026-12-10 23:00", "tomorrow"), "2026-12-11 00:00");
    assert.equal(shiftedHour("", "2026-12-10 23:00", "2027-01-09 09:00"), "");
  });

  it("is proposed as the next full one", () => {
    assert.equal(fullHourAfter(Date.parse("2026-12-09T08:00Z")), Date.parse("2026-12-09T09:00Z"));
    assert.equal(fullHourAfter(Date.parse("2026-12-09T08:59Z")), Date.parse("2026-12-09T09:00Z"));
  });
});

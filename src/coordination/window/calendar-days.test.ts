import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addCalendarDays } from "./calendar-days.ts";

describe("calendar days", () => {
  const cases: readonly (readonly [title: string, from: string, zone: string, days: number, expected: string])[] = [
    ["30 days without a change of the clocks", "2026-12-09T08:00Z", "Europe/Berlin", -30, "2026-11-09T08:00:00.000Z"],
    ["an hour more when the clocks went back", "2026-11-10T08:00Z", "Europe/Berlin", -30, "2026-10-11T07:00:00.000Z"],
    ["an hour less when they went forward", "2026-04-10T07:00Z", "Europe/Berlin", -30, "2026-03-11T08:00:00.000Z"],
    ["half an hour where the clocks move by that", "2026-04-20T00:00Z", "Australia/Lord_Howe", -30, "2026-03-20T23:30:00.000Z"],
    ["a local time that was skipped is read as the later", "2026-04-28T00:30Z", "Europe/Berlin", -30, "2026-03-29T01:30:00.000Z"],
    ["a local time that was repeated is read as the later", "2026-11-24T01:30Z", "Europe/Berlin", -30, "2026-10-25T01:30:00.000Z"],
    ["a day that a place skipped whole", "2012-01-29T10:00Z", "Pacific/Apia", -30, "2011-12-30T10:00:00.000Z"],
    ["the last day of a short month", "2028-03-30T12:00Z", "UTC", -30, "2028-02-29T12:00:00.000Z"],
    ["forward", "2026-10-11T07:00Z", "Europe/Berlin", 30, "2026-11-10T08:00:00.000Z"],
    ["none", "2026-10-11T07:00:00.123Z", "Europe/Berlin", 0, "2026-10-11T07:00:00.123Z"],
  ];
  for (const [title, from, zone, days, expected] of cases) {
    it(`${title}: ${from} ${zone} and ${days} days`, () => {
      const moved = addCalendarDays({ instantMs: Date.parse(from), zone }, days);
      assert.deepEqual([new Date(moved.instantMs).toISOString(), moved.zone], [expected, zone]);
    });
  }

  it("takes no hour from a window that opens at its bound, at any half hour of a year in zones of every kind", () => {
    for (const zone of ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Auckland", "America/Sao_Paulo", "UTC"]) {
      for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += 1_800_000) {
        const opens = addCalendarDays({ instantMs: ms, zone }, -30);
        assert.ok(addCalendarDays(opens, 30).instantMs >= ms, `${new Date(ms).toISOString()} ${zone}`);
      }
    }
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hourText, isOffDuty, isZone, readZonedHour } from "./zoned-hour.ts";

describe("an hour in a zone", () => {
  const single: readonly (readonly [local: string, zone: string, utc: string])[] = [
    ["2026-11-26T10:00", "Europe/Berlin", "2026-11-26T09:00:00.000Z"],
    ["2026-07-26T10:00", "Europe/Berlin", "2026-07-26T08:00:00.000Z"],
    ["2026-11-26T10:00:30", "UTC", "2026-11-26T10:00:30.000Z"],
    ["2026-11-26T10:00", "Asia/Kathmandu", "2026-11-26T04:15:00.000Z"],
    ["2028-02-29T00:00", "America/New_York", "2028-02-29T05:00:00.000Z"],
  ];
  for (const [local, zone, utc] of single) {
    it(`${local} ${zone} is ${utc}`, () => {
      assert.deepEqual(readZonedHour(local, zone), { kind: "hour", at: { instantMs: Date.parse(utc), zone } });
    });
  }

  const doubtful: readonly (readonly [kind: string, local: string, zone: string, earlier: string, later: string])[] = [
    ["gap", "2026-03-29T02:30", "Europe/Berlin", "2026-03-29T00:30:00.000Z", "2026-03-29T01:30:00.000Z"],
    ["overlap", "2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z"],
    ["gap", "2026-03-08T02:00", "America/New_York", "2026-03-08T06:00:00.000Z", "2026-03-08T07:00:00.000Z"],
    ["overlap", "2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00.000Z", "2026-04-04T15:15:00.000Z"],
  ];
  for (const [kind, local, zone, earlier, later] of doubtful) {
    it(`${local} ${zone} is in a ${kind}: both instants are told`, () => {
      assert.deepEqual(readZonedHour(local, zone), {
        kind,
        earlier: { instantMs: Date.parse(earlier), zone },
        later: { instantMs: Date.parse(later), zone },
      });
    });
  }

  it("refuses what is no local time or no zone, and says what it expected", () => {
    for (const local of ["2026-11-26", "2026-02-29T10:00", "2026-11-26T25:00", "2026-11-26T10:00Z", "2026-11-26T10:00+01:00", "tomorrow"]) {
      const read = readZonedHour(local, "UTC");
      assert.ok(read.kind === "unreadable" && read.expected.startsWith("a local time such as"), local);
    }
    for (const zone of ["Middle/Earth", "+01:00", ""]) {
      const read = readZonedHour("2026-11-26T10:00", zone);
      assert.ok(read.kind === "unreadable" && read.expected.startsWith("an IANA time zone"), zone);
      assert.equal(isZone(zone), false);
    }
  });

  it("is written with weekday, hour and zone", () => {
    assert.equal(hourText({ instantMs: Date.UTC(2026, 10, 26, 9), zone: "Europe/Berlin" }), "Thu 26 Nov 2026, 10:00 Europe/Berlin");
  });

  it("is off duty at night and at the weekend of its own zone", () => {
    const cases: readonly (readonly [utc: string, zone: string, offDuty: boolean])[] = [
      ["2026-11-27T17:00Z", "UTC", false],
      ["2026-11-27T17:00Z", "Europe/Berlin", true],
      ["2026-11-27T20:00Z", "Asia/Tokyo", true],
      ["2026-11-29T23:30Z", "Asia/Tokyo", false],
      ["2026-11-30T07:59Z", "UTC", true],
    ];
    for (const [utc, zone, offDuty] of cases) assert.equal(isOffDuty({ instantMs: Date.parse(utc), zone }), offDuty, `${utc} ${zone}`);
  });
});

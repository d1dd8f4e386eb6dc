import assert from "node:assert/strict";
import { test } from "node:test";
import { ageText, clockText, dayStart, dayText, distanceText, instantText, momentText, sameDay, zoneText } from "./instant-text.ts";

const now = Date.parse("2026-11-24T09:12:00Z");
const at = (text: string): number => Date.parse(text);
const brussels = "Europe/Brussels";

test("an instant is a distance, then the day and hour in the reader's zone and in UTC", () => {
  assert.equal(instantText(at("2026-11-30T16:00:00Z"), now, brussels), "in 6 days 6 h (Mon 30 Nov, 17:00 CET · 16:00 UTC)");
  assert.equal(instantText(at("2026-11-24T08:34:00Z"), now, brussels), "38 minutes ago (Tue 24 Nov, 09:34 CET · 08:34 UTC)");
});

test("the year is named when it is not this one", () => {
  assert.equal(momentText(at("2020-07-15T16:00:00Z"), now, brussels), "Wed 15 Jul 2020, 18:00 CEST · 16:00 UTC");
});

test("a reader at UTC is told the hour once", () => {
  assert.equal(momentText(at("2026-11-24T08:34:00Z"), now, "UTC"), "Tue 24 Nov, 08:34 UTC");
  assert.equal(zoneText(now, "UTC"), "Times: UTC");
  assert.equal(zoneText(now, brussels), "Times: Europe/Brussels (CET) and UTC");
});

test("the day is the reader's day", () => {
  assert.equal(dayText(at("2026-08-20T23:30:00Z"), brussels), "21 Aug 2026");
  assert.equal(dayText(at("2026-09-01T00:00:00Z"), "UTC"), "1 Sep 2026");
});

test("two instants are of one day where the reader is", () => {
  assert.equal(sameDay(at("2026-11-24T23:30:00Z"), at("2026-11-25T09:00:00Z"), brussels), true);
  assert.equal(sameDay(at("2026-11-24T23:30:00Z"), at("2026-11-25T09:00:00Z"), "UTC"), false);
  assert.equal(clockText(at("2026-11-24T23:30:00Z"), brussels), "00:30");
});

test("a day begins at midnight where the reader is, also on the days when the clocks change", () => {
  const start = (text: string, days: number, zone = brussels): string => new Date(dayStart(at(text), days, zone)).toISOString();
  assert.equal(start("2026-11-24T09:12:34Z", 0), "2026-11-23T23:00:00.000Z");
  assert.equal(start("2026-11-24T23:30:00Z", 1), "2026-11-25T23:00:00.000Z");
  assert.equal(start("2026-10-24T10:00:00Z", 1), "2026-10-24T22:00:00.000Z");
  assert.equal(start("2026-10-24T10:00:00Z", 2), "2026-10-25T23:00:00.000Z");
  assert.equal(start("2026-03-28T23:00:00Z", 1), "2026-03-29T22:00:00.000Z");
  assert.equal(start("2026-11-24T09:12:34Z", 13, "Asia/Kathmandu"), "2026-12-06T18:15:00.000Z");
});

const distances: readonly (readonly [string, string])[] = [
  ["2026-11-24T09:11:30Z", "just now"],
  ["2026-11-24T09:11:00Z", "1 minute ago"],
  ["2026-11-24T07:00:00Z", "2 hours ago"],
  ["2026-11-23T09:00:00Z", "1 day ago"],
  ["2026-11-15T09:00:00Z", "9 days ago"],
  ["2020-07-15T16:00:00Z", "6 years ago"],
  ["2026-11-24T10:12:00Z", "in 1 hour"],
  ["2026-12-24T09:12:00Z", "in 30 days"],
];
for (const [text, expected] of distances) {
  test(`${text} is ${expected} at ${new Date(now).toISOString()}`, () => assert.equal(distanceText(at(text), now), expected));
}

const ages: readonly (readonly [number, string])[] = [
  [10_000, "under 1 min"],
  [38 * 60_000, "38 min"],
  [5 * 3_600_000, "5 h"],
  [47 * 3_600_000, "47 h"],
  [9.3 * 86_400_000, "9 days"],
];
for (const [age, expected] of ages) {
  test(`data of ${age} ms is ${expected} old`, () => assert.equal(ageText(now - age, now), expected));
}

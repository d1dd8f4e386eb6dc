import { settleWindow } from "../../src/coordination/window/solve-window.ts";
import type { ProgrammeRecord, TestingWindowFacts } from "../../src/vocabulary/access-window.ts";
import type { ZonedInstant } from "../../src/vocabulary/release-plan.ts";
import type { SeededRandom } from "./seeded-random.ts";

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

/** A local time read as UTC in its zone: tests write hours as people say them. */
export function hour(local: string, zone = "Europe/Berlin"): ZonedInstant {
  return { instantMs: Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds, zone };
}

/** Opens 9 November 2026, 09:00 in Berlin, 30 days before the planned release; nothing has happened yet. */
export function testingWindow(other: Partial<TestingWindowFacts> = {}): TestingWindowFacts {
  return {
    kind: "testing-window",
    opens: hour("2026-11-09T09:00"),
    closes: undefined,
    release: hour("2026-12-09T09:00"),
    accepted: [],
    firstOpenedMs: undefined,
    closed: undefined,
    ...other,
  };
}

/** One that has opened at its hour. */
export function openedWindow(other: Partial<TestingWindowFacts> = {}): TestingWindowFacts {
  const facts = testingWindow(other);
  return settleWindow(facts, facts.opens.instantMs);
}

/** A record that a lab might accept: made up, as its citation says. */
export function furtherRecord(days: number, id = `test-${days}`): ProgrammeRecord {
  return {
    id,
    name: `Test rule ${days}`,
    title: "A rule made up for a test",
    citation: "No real instrument",
    citedOn: "2026-10-01",
    source: "primary",
    rule: "Made up.",
    days,
  };
}

/** Zones with and without changes of the clocks, at whole and at odd hours, on both halves of the earth. */
const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Auckland"];

/** Any hour from three months before to three months after `aroundMs`, many of them around changes of the clocks. */
export function randomHour(random: SeededRandom, aroundMs: number): ZonedInstant {
  const minutes = random.oneIn(2) ? 15 * random.below(4) : 0;
  return {
    instantMs: aroundMs + (random.below(180) - 90) * DAY_MS + random.below(24) * HOUR_MS + minutes * 60_000,
    zone: random.pick(ZONES),
  };
}

export function randomWindow(random: SeededRandom, aroundMs: number): TestingWindowFacts {
  return testingWindow({
    opens: randomHour(random, aroundMs),
    closes: random.oneIn(2) ? randomHour(random, aroundMs) : undefined,
    release: randomHour(random, aroundMs),
    accepted: random.oneIn(3) ? [furtherRecord(1 + random.below(60))] : [],
  });
}

/** An hour of the story in UTC, as people say it: `Tue 09`. */
export type StoryHour = `${(typeof DAYS)[number]} ${string}`;

const DAYS = ["Mon", "Tue", "Wed", "Thu"] as const;
/** The Monday on which the story begins. */
const FIRST_DAY = Temporal.PlainDate.from("2027-03-01");
const FIRST_HOUR_OF_DAY = 7;
const LAST_HOUR_OF_DAY = 20;

/** Milliseconds since 1970. */
export function msOf(hour: StoryHour): number {
  const [, day, clock] = /^(Mon|Tue|Wed|Thu) (\d\d)$/.exec(hour) ?? [];
  if (day === undefined || clock === undefined) throw new RangeError(`expected an hour of the story, got ${hour}`);
  const date = FIRST_DAY.add({ days: DAYS.findIndex((one) => one === day) });
  return date.toZonedDateTime({ timeZone: "UTC", plainTime: `${clock}:00` }).epochMilliseconds;
}

/** The same hour as the clocks of a zone show it: `2027-03-02T10:00`. */
export function localTextOf(hour: StoryHour, zone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(msOf(hour)).toZonedDateTimeISO(zone);
  return at.toPlainDateTime().toString({ smallestUnit: "minute" });
}

/** Every hour from 07 to 20, day by day. At night nothing is planned, and the story sleeps. */
export function hoursOfStory(): readonly StoryHour[] {
  return DAYS.flatMap((day) =>
    Array.from(
      { length: LAST_HOUR_OF_DAY - FIRST_HOUR_OF_DAY + 1 },
      (_, index): StoryHour => `${day} ${String(FIRST_HOUR_OF_DAY + index).padStart(2, "0")}`,
    ),
  );
}

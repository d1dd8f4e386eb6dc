/** Everything a reader sees of an instant is written here. Zones are IANA names; instants are milliseconds since 1970. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The reader's own zone. */
export function readerZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `in 3 days (Tue 24 Nov, 17:00 CET · 16:00 UTC)`. */
export function instantText(ms: number, nowMs: number, zone: string): string {
  return `${distanceText(ms, nowMs)} (${momentText(ms, nowMs, zone)})`;
}

/** `Tue 24 Nov, 17:00 CET · 16:00 UTC`; the year is named when it is not this one. */
export function momentText(ms: number, nowMs: number, zone: string): string {
  const sameYear = parts(ms, zone).year === parts(nowMs, zone).year;
  return `${weekdayText(ms, zone, !sameYear)}, ${hourText(ms, zone)}`;
}

/** `17:00 CET · 16:00 UTC`, or only `16:00 UTC` for a reader at UTC. */
export function hourText(ms: number, zone: string): string {
  const here = parts(ms, zone);
  const utc = parts(ms, "UTC");
  const atUtc = `${utc.hour}:${utc.minute} UTC`;
  return here.zone === "UTC" || here.zone === "GMT" ? atUtc : `${here.hour}:${here.minute} ${here.zone} · ${atUtc}`;
}

/** `17:00`, in the reader's zone alone: for places whose zone stands beside them. */
export function clockText(ms: number, zone: string): string {
  const { hour, minute } = parts(ms, zone);
  return `${hour}:${minute}`;
}

/** True when both fall on one day of the zone. */
export function sameDay(a: number, b: number, zone: string): boolean {
  return weekdayText(a, zone) === weekdayText(b, zone);
}

/** The first instant of the day that is `days` after the one of `ms`, where the reader is. */
export function dayStart(ms: number, days: number, zone: string): number {
  // From noon of that day, which every clock has, back to its beginning: at most 13 hours, whatever the clocks do.
  const { hour, minute } = parts(ms, zone);
  const noonMs = ms + days * DAY + (12 - Number(hour)) * HOUR - Number(minute) * MINUTE - (ms % MINUTE);
  const day = weekdayText(noonMs, zone);
  let startMs = noonMs - 14 * HOUR;
  while (weekdayText(startMs, zone) !== day) startMs += 15 * MINUTE;
  return startMs;
}

/** `Wed 15 Jul 2020`. */
export function weekdayText(ms: number, zone: string, withYear = true): string {
  const { weekday, day, month, year } = parts(ms, zone);
  return withYear ? `${weekday} ${day} ${month} ${year}` : `${weekday} ${day} ${month}`;
}

/** `20 Aug 2026`, for dense tables of the past. */
export function dayText(ms: number, zone: string): string {
  const { day, month, year } = parts(ms, zone);
  return `${day} ${month} ${year}`;
}

/** `38 minutes ago`, `in 6 days 7 h`, `just now`. */
export function distanceText(ms: number, nowMs: number): string {
  const apart = Math.abs(ms - nowMs);
  if (apart < MINUTE) return "just now";
  const length = apart < HOUR ? count(apart, MINUTE, "minute") : apart < DAY ? count(apart, HOUR, "hour") : daysText(apart, ms < nowMs);
  return ms < nowMs ? `${length} ago` : `in ${length}`;
}

/** An age in few characters: `38 min`, `5 h`, `9 days`. */
export function ageText(ms: number, nowMs: number): string {
  const age = Math.max(0, nowMs - ms);
  if (age < MINUTE) return "under 1 min";
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  if (age < 2 * DAY) return `${Math.floor(age / HOUR)} h`;
  return `${Math.floor(age / DAY)} days`;
}

/** `Times: Europe/Brussels (CET) and UTC`, without the zone for a reader at UTC. */
export function zoneText(nowMs: number, zone: string): string {
  const { zone: short } = parts(nowMs, zone);
  return short === "UTC" || short === "GMT" ? "Times: UTC" : `Times: ${zone} (${short}) and UTC`;
}

function daysText(apart: number, past: boolean): string {
  const days = Math.floor(apart / DAY);
  const hours = Math.floor((apart % DAY) / HOUR);
  if (past && days >= 730) return `${Math.floor(days / 365)} years`;
  const text = days === 1 ? "1 day" : `${days} days`;
  return days < 7 && hours > 0 && !past ? `${text} ${hours} h` : text;
}

function count(apart: number, unit: number, name: string): string {
  const whole = Math.floor(apart / unit);
  return whole === 1 ? `1 ${name}` : `${whole} ${name}s`;
}

type Parts = Readonly<Record<"weekday" | "day" | "month" | "year" | "hour" | "minute" | "zone", string>>;

const formats = new Map<string, Intl.DateTimeFormat>();

function parts(ms: number, zone: string): Parts {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      weekday: "short",
      day: "numeric",
      month: "short",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZoneName: "short",
    });
    formats.set(zone, format);
  }
  const found: Record<string, string> = {};
  for (const part of format.formatToParts(ms)) found[part.type] = part.value;
  const of = (type: string): string => found[type] ?? "";
  // en-GB writes "Sept"; three letters keep columns straight.
  return {
    weekday: of("weekday"),
    day: of("day"),
    month: of("month").slice(0, 3),
    year: of("year"),
    hour: of("hour"),
    minute: of("minute"),
    zone: of("timeZoneName"),
  };
}

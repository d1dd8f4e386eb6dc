const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in one unit, as one says it: `38 minutes`, `5 hours`, `12 days`. */
export function durationWords(ms: number): string {
  if (ms < MINUTE) return "less than a minute";
  if (ms < 2 * HOUR) return counted(Math.round(ms / MINUTE), "minute");
  if (ms < 2 * DAY) return counted(Math.round(ms / HOUR), "hour");
  return counted(Math.round(ms / DAY), "day");
}

/** How old data is, from the moment its source stated it. */
export function ageWords(statedAtMs: number | undefined, nowMs: number): string {
  if (statedAtMs === undefined) return "age unknown";
  return statedAtMs > nowMs + 5 * MINUTE
    ? `${durationWords(statedAtMs - nowMs)} in the future`
    : `${durationWords(Math.max(0, nowMs - statedAtMs))} old`;
}

/** `1 advisory`, `2 advisories`, `12,345 advisories`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

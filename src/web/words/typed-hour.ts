import type { StatedHour } from "../../contract/stated-hour.ts";

/** `2026-11-26 10:00` in a zone: what one reads in a field for an hour, and types there. */
export function localText(ms: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(ms);
  return parts.replace(",", "");
}

/** The same for whoever sends it: the server knows where clocks are changed. */
export function toStatedHour(typed: string, zone: string): StatedHour {
  return { local: typed.trim().replace(/\s+/, "T"), zone: zone.trim() };
}

/** An hour as it is typed, moved as far as another one was; as it stands where one of them does not read as an hour. */
export function shiftedHour(typed: string, from: string, to: string): string {
  const [at, before, after] = [typed, from, to].map((text) => Date.parse(`${text.trim().replace(/\s+/, "T")}Z`));
  if (at === undefined || before === undefined || after === undefined || Number.isNaN(at + before + after)) return typed;
  return new Date(at + after - before).toISOString().slice(0, 16).replace("T", " ");
}

/** What is wrong with an hour as it is typed; undefined = it reads as one. An empty one is left to whoever needs it. */
export function hourProblem(typed: string): string | undefined {
  const text = typed.trim();
  if (text === "" || /^\d{4}-\d\d-\d\d[T\s]+\d\d:\d\d$/.test(text)) return undefined;
  return "Expected a day and an hour such as 2026-12-09 09:00.";
}

/** The next full hour after `ms`, as a proposal. */
export function fullHourAfter(ms: number): number {
  return Math.floor(ms / 3_600_000) * 3_600_000 + 3_600_000;
}

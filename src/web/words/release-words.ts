import type { AnswerOf } from "../../contract/endpoint.ts";
import type { readReleasePlan } from "../../contract/endpoints/releases.ts";
import { DRAFT_LEVELS, levelNumber, type DraftLevel } from "../../vocabulary/level.ts";
import type { ReleaseEvent } from "../../vocabulary/release-plan.ts";
import { clockText, distanceText, sameDay, weekdayText } from "./instant-text.ts";

export type PlanAnswer = AnswerOf<typeof readReleasePlan>;
export type PlanStage = PlanAnswer["stages"][number];
export type PreviewRow = PlanAnswer["preview"]["everyone"];

/** What the page is and how it stands, in one line. */
export function planHeading({ state, stages, opened }: PlanAnswer, nowMs: number): string {
  const last = stages.find(({ circle }) => circle === undefined);
  const publicSince = opened.find(({ stage }) => stage === last?.id)?.atMs;
  if (publicSince !== undefined) return `Release plan: public ${distanceText(publicSince, nowMs)}`;
  if (stages.length === 0) return "Release plan: nobody has written one yet";
  const hour = last?.opens?.instantMs;
  if (state === "held") return "Release plan: held, nothing opens";
  if (state === "ended") return "Release plan: ended";
  const when = hour === undefined ? "no public hour" : `public ${distanceText(hour, nowMs)}`;
  return `Release plan: ${when}${state === "writing" ? ", not agreed yet" : ""}`;
}

export const EVENT_WORDS: Readonly<Record<ReleaseEvent, string>> = {
  "patch-ready": "the patch is ready",
  leak: "a leak",
  exploitation: "an attack seen",
  "early-end": "an early end",
};

/** `or at once on a leak or an attack seen`. */
export function eventWords(on: readonly ReleaseEvent[], hasHour: boolean): string {
  if (on.length === 0) return "";
  return `${hasHour ? "or at once on " : "on "}${on.map((event) => EVENT_WORDS[event]).join(" or ")}`;
}

/** The state of a stage: what has opened, what is next, what waits. */
export function stageState({ stages, opened }: Pick<PlanAnswer, "stages" | "opened">, id: string): "opened" | "next" | "waits" {
  const done = new Set(opened.map(({ stage }) => stage));
  if (done.has(id)) return "opened";
  const waiting = stages.filter((stage) => !done.has(stage.id) && stage.opens !== undefined);
  const next = waiting.toSorted((a, b) => (a.opens?.instantMs ?? 0) - (b.opens?.instantMs ?? 0))[0];
  return next?.id === id ? "next" : "waits";
}

/** The heads of the columns of "who would see what": two short lines each. */
export function momentHeads(momentsMs: readonly number[], zone: string): readonly { readonly first: string; readonly second: string }[] {
  const [nowMs] = momentsMs;
  return momentsMs.map((ms, index) => {
    const day = weekdayText(ms, zone, false);
    if (index === 0) return { first: "Now", second: day };
    return { first: nowMs !== undefined && sameDay(ms, nowMs, zone) ? "Today" : day, second: `from ${clockText(ms, zone)}` };
  });
}

/** Organisations that see the same throughout, as one row. */
export type ReaderGroup = {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly levels: PreviewRow["levels"];
  readonly ifEnded: PreviewRow["ifEnded"];
};

const NAMED = 3;

/** Rows of a table of readers. A circle whose members one is not told of stands as a row of its own. */
export function readerGroups(
  { organisations, circles, everyone }: PlanAnswer["preview"],
  known: PlanAnswer["circles"] = [],
): readonly ReaderGroup[] {
  const isUnlisted = new Set(known.filter((circle) => circle.organisations === undefined).map(({ id }) => id));
  const unlisted = circles
    .filter(({ id }) => isUnlisted.has(id))
    .map(({ id, name, levels, ifEnded }) => ({ id, name, note: "its owner knows who", levels, ifEnded }));
  const groups = Map.groupBy(organisations, ({ levels, ifEnded }) => JSON.stringify([levels, ifEnded]));
  const rows = [...groups].map(([id, rowsOfGroup]) => {
    const names = rowsOfGroup.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b, "en"));
    const more = names.length - NAMED;
    const [first] = rowsOfGroup;
    return {
      id,
      name: names.slice(0, NAMED).join(", "),
      note: more > 0 ? `and ${more} more` : "",
      levels: first?.levels ?? [],
      ifEnded: first?.ifEnded ?? null,
    };
  });
  const closest = [...rows, ...unlisted].toSorted((a, b) => compareReaders(a.levels, b.levels));
  return [...closest, { id: "everyone", name: "Everyone", note: "no account needed", levels: everyone.levels, ifEnded: everyone.ifEnded }];
}

/** Whoever sees more, or sooner, comes first. */
function compareReaders(a: PreviewRow["levels"], b: PreviewRow["levels"]): number {
  for (const [index, level] of a.entries()) {
    const difference = seen(level) - seen(b[index] ?? null);
    if (difference !== 0) return difference;
  }
  return 0;
}

function seen(level: DraftLevel | null): number {
  return level === null ? DRAFT_LEVELS.length + 1 : levelNumber(level);
}

/** True where a reader begins to see something else in this column: a mark stands there. */
export function changesAt(levels: PreviewRow["levels"], index: number): boolean {
  return index > 0 && levels[index] !== levels[index - 1];
}

const DAY_MS = 86_400_000;

/** From when to when the axis goes: from the first opening or a day before now, to two days after the last hour, at least a week. */
export function axisSpan({ stages, opened, given, nowMs }: PlanAnswer): { readonly fromMs: number; readonly toMs: number } {
  const hours = stages.flatMap(({ opens, closes }) => [opens?.instantMs, closes?.instantMs]).filter((ms) => ms !== undefined);
  const past = [...opened.map(({ atMs }) => atMs), ...given.map(({ sinceMs }) => sinceMs)].filter((ms) => ms > nowMs - 21 * DAY_MS);
  const fromMs = Math.min(nowMs - DAY_MS, ...past);
  const toMs = Math.max(nowMs + DAY_MS, ...hours) + 2 * DAY_MS;
  return { fromMs, toMs: Math.max(toMs, fromMs + 7 * DAY_MS) };
}

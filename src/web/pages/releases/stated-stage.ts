import type { StatedStage } from "../../../contract/endpoints/releases.ts";
import type { DraftLevel } from "../../../vocabulary/level.ts";
import type { ReleaseEvent } from "../../../vocabulary/release-plan.ts";
import type { PlanStage } from "../../words/release-words.ts";

/** A stage as it is typed: hours as local times in the plan's zone. */
export type TypedStage = {
  /** For React; the stage's own where it has one. */
  readonly key: string;
  readonly id: string | undefined;
  readonly circle: string;
  readonly level: DraftLevel;
  readonly opens: string;
  readonly on: readonly ReleaseEvent[];
  readonly closes: string;
  /** Of hours as they came, so that what was not touched is sent back unchanged. */
  readonly before: PlanStage | undefined;
};

/** `2026-11-26 10:00` in a zone: what one reads in a field for an hour, and types there. */
export function localText(ms: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(ms);
  return parts.replace(",", "");
}

export function toTyped(stage: PlanStage, zone: string): TypedStage {
  const { id, circle = "", level, opens, on, closes } = stage;
  return {
    key: id,
    id,
    circle,
    level,
    opens: opens === undefined ? "" : localText(opens.instantMs, zone),
    on,
    closes: closes === undefined ? "" : localText(closes.instantMs, zone),
    before: stage,
  };
}

/** What is sent: an hour that reads as before is the instant that it was, everything else a local time for the server to understand. */
export function toStated({ id, circle, level, opens, on, closes, before }: TypedStage, zone: string): StatedStage {
  return {
    ...(id === undefined ? {} : { id }),
    ...(circle === "" ? {} : { circle }),
    level,
    on: [...on],
    ...hourOf("opens", opens, before?.opens, zone),
    ...hourOf("closes", closes, before?.closes, zone),
  };
}

function hourOf(
  field: "opens" | "closes",
  typed: string,
  before: PlanStage["opens"],
  zone: string,
): Partial<Pick<StatedStage, "opens" | "closes">> {
  const text = typed.trim();
  if (text === "") return {};
  if (before !== undefined && localText(before.instantMs, zone) === text) return { [field]: before };
  return { [field]: { local: text.replace(/\s+/, "T"), zone } };
}

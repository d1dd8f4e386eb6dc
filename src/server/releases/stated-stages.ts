import { randomUUID } from "node:crypto";
import { readZonedHour, hourText } from "../../coordination/release/zoned-hour.ts";
import type { StatedStage } from "../../contract/endpoints/releases.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Stage, ZonedInstant } from "../../vocabulary/release-plan.ts";

/**
 * Stages as they were sent, with ids and instants. What no plan could be kept as is refused here; whether the plan is a good one is for its check.
 * @throws CodedError `input-invalid`
 */
export function readStages(stated: readonly StatedStage[]): readonly Stage[] {
  const ids = new Set<string>();
  return stated.map((stage, index) => {
    const place = `body.stages[${index}]`;
    const id = stage.id ?? randomUUID();
    if (ids.has(id)) throw new CodedError("input-invalid", `Expected each stage once, got ${id} twice`, { place: `${place}.id` });
    ids.add(id);
    if ((stage.circle === undefined) !== (stage.level === "public")) {
      throw new CodedError("input-invalid", "Expected a circle for every level but public, and none for public", { place });
    }
    if (stage.opens === undefined && stage.on.length === 0) {
      throw new CodedError("input-invalid", "Expected an hour or an event: this stage would never open", { place });
    }
    return {
      id,
      circle: stage.circle,
      level: stage.level,
      opens: readHour(stage.opens, `${place}.opens`),
      on: [...new Set(stage.on)],
      closes: readHour(stage.closes, `${place}.closes`),
    };
  });
}

function readHour(stated: StatedStage["opens"], place: string): ZonedInstant | undefined {
  if (stated === undefined) return undefined;
  if ("instantMs" in stated) {
    const { instantMs, zone } = stated;
    // An hour of a zone that nobody knows could not be shown to anybody.
    const read = readZonedHour("2000-01-01T00:00", zone);
    if (read.kind === "unreadable") throw new CodedError("input-invalid", `Expected ${read.expected}`, { place: `${place}.zone` });
    return { instantMs, zone };
  }
  const read = readZonedHour(stated.local, stated.zone);
  if (read.kind === "hour") return read.at;
  if (read.kind === "unreadable") throw new CodedError("input-invalid", `Expected ${read.expected}`, { place });
  if (stated.which !== undefined) return read[stated.which];
  const clash =
    read.kind === "gap" ? "does not exist there: clocks are put forward over it" : "comes twice there: clocks are put back over it";
  throw new CodedError(
    "input-invalid",
    `${stated.local} ${stated.zone} ${clash}. Say with \`which\` whether ${hourText(read.earlier)} (${utc(read.earlier)}) or ${hourText(read.later)} (${utc(read.later)}) is meant`,
    { place },
  );
}

function utc({ instantMs }: ZonedInstant): string {
  return new Date(instantMs).toISOString();
}

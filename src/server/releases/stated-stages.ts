import { randomUUID } from "node:crypto";
import type { StatedStage } from "../../contract/endpoints/releases.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Stage } from "../../vocabulary/release-plan.ts";
import { readOptionalHour } from "../stated-hour.ts";

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
      opens: readOptionalHour(stage.opens, `${place}.opens`),
      on: [...new Set(stage.on)],
      closes: readOptionalHour(stage.closes, `${place}.closes`),
    };
  });
}

import { hourText, readZonedHour } from "../coordination/release/zoned-hour.ts";
import type { StatedHour } from "../contract/stated-hour.ts";
import { CodedError } from "../vocabulary/coded-error.ts";
import type { ZonedInstant } from "../vocabulary/release-plan.ts";

/** The instant of a stated hour; undefined stays undefined. @throws CodedError `input-invalid` at `place` */
export function readOptionalHour(stated: StatedHour | undefined, place: string): ZonedInstant | undefined {
  return stated === undefined ? undefined : readHour(stated, place);
}

/** @throws CodedError `input-invalid` at `place` for a zone that nobody knows, and for a local time that the clocks skip or repeat */
export function readHour(stated: StatedHour, place: string): ZonedInstant {
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

import type { ProgrammeRecord, WindowBound } from "../../vocabulary/access-window.ts";
import { hourText } from "../release/zoned-hour.ts";

/** One bound as a page lists it: `EO 14409: not before Mon 9 Nov 2026, 09:00 Europe/Berlin`. */
export function boundText(bound: WindowBound): string {
  const hour = hourText(bound.at);
  const name = bound.record?.name ?? "";
  switch (bound.by) {
    case "lab":
      return `The lab: ${bound.edge} ${hour}`;
    case "release":
      return `Planned release to other trusted partners: not after ${hour}`;
    case "public-release":
      return `Public release: not after ${hour}`;
    case "bound":
      return `${name}: not before ${hour}`;
    case "first-opening":
      return `${name}: not after ${hour}, ${bound.record?.days ?? 0} days from its first opening`;
  }
}

/** A record where a refusal must name it: `EO 14409 (Executive Order 14409 of 2 June 2026: at most 30 days before the planned release)`. */
export function recordText({ name, citation, days }: ProgrammeRecord): string {
  return `${name} (${citation}: at most ${days} days before the planned release)`;
}

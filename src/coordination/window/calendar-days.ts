import type { ZonedInstant } from "../../vocabulary/release-plan.ts";

/**
 * The same local time `days` calendar days later, or earlier when negative, so that a change of the clocks takes no hour away.
 * A time that the clocks skip or repeat is read as the later: then a window that opens at its bound closes no earlier than the
 * release it was counted from.
 */
export function addCalendarDays({ instantMs, zone }: ZonedInstant, days: number): ZonedInstant {
  const moved = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(zone).toPlainDateTime().add({ days });
  return { instantMs: moved.toZonedDateTime(zone, { disambiguation: "later" }).epochMilliseconds, zone };
}

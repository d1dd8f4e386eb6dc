import type { ZonedInstant } from "../../vocabulary/release-plan.ts";

/**
 * A local date and time in a zone. Where clocks are changed an hour may not exist (`gap`) or exist twice (`overlap`):
 * both are told, with the two instants that may have been meant, and none is chosen.
 */
export type ZonedHour =
  | { readonly kind: "hour"; readonly at: ZonedInstant }
  | { readonly kind: "gap" | "overlap"; readonly earlier: ZonedInstant; readonly later: ZonedInstant }
  | { readonly kind: "unreadable"; readonly expected: string };

/** `local` as `2026-11-26T10:00`, `zone` as the IANA names it (`Europe/Berlin`). */
export function readZonedHour(local: string, zone: string): ZonedHour {
  if (!isZone(zone)) return { kind: "unreadable", expected: `an IANA time zone such as Europe/Berlin, got ${JSON.stringify(zone)}` };
  const plain = readPlain(local);
  if (plain === undefined) return { kind: "unreadable", expected: `a local time such as 2026-11-26T10:00, got ${JSON.stringify(local)}` };
  const earlier = plain.toZonedDateTime(zone, { disambiguation: "earlier" });
  const later = plain.toZonedDateTime(zone, { disambiguation: "later" });
  const instants = { earlier: toZoned(earlier, zone), later: toZoned(later, zone) };
  if (earlier.epochMilliseconds === later.epochMilliseconds) return { kind: "hour", at: instants.earlier };
  return { kind: earlier.toPlainDateTime().equals(plain) ? "overlap" : "gap", ...instants };
}

/** True for a name of the IANA database; an offset such as `+01:00` is none, because it does not follow a place's clocks. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    Temporal.Now.zonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** `Thu 26 Nov 2026, 10:00 Europe/Berlin`. */
export function hourText({ instantMs, zone }: ZonedInstant): string {
  const at = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(zone);
  const clock = `${String(at.hour).padStart(2, "0")}:${String(at.minute).padStart(2, "0")}`;
  return `${WEEKDAYS[at.dayOfWeek - 1] ?? ""} ${at.day} ${MONTHS[at.month - 1] ?? ""} ${at.year}, ${clock} ${zone}`;
}

/** True on Saturday, Sunday, or outside 08:00 to 18:00 in the hour's own zone. */
export function isOffDuty({ instantMs, zone }: ZonedInstant): boolean {
  const at = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(zone);
  return at.dayOfWeek > 5 || at.hour < 8 || at.hour >= 18;
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function readPlain(local: string): Temporal.PlainDateTime | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/.test(local)) return undefined;
  try {
    return Temporal.PlainDateTime.from(local, { overflow: "reject" });
  } catch {
    return undefined;
  }
}

function toZoned(at: Temporal.ZonedDateTime, zone: string): ZonedInstant {
  return { instantMs: at.epochMilliseconds, zone };
}

import type { UseAnswer } from "../../contract/endpoints/model-history.ts";
import type { GrantAnswer } from "../../contract/model-schemas.ts";
import { dayStart } from "./instant-text.ts";

/** What one organisation used for one purpose by one grant. */
export type UseRow = {
  readonly id: string;
  readonly grant: string;
  readonly organisation: UseAnswer["organisation"];
  readonly purpose: string;
  readonly requests: number;
  /** Requests that did not end as they should. */
  readonly incomplete: number;
  readonly tokens: number;
  /** Requests of which the model's server stated no usage. */
  readonly unknownUsage: number;
  /** Beginning of the last hour with use; undefined = never. */
  readonly lastMs: number | undefined;
  /** Requests a day, the oldest first, today last. */
  readonly days: readonly number[];
};

/** Hours added up by grant and purpose, with the purposes that were granted and not used yet. The most used first. */
export function addUpUse(
  hours: readonly UseAnswer[],
  grants: readonly GrantAnswer[],
  { nowMs, zone, days }: { readonly nowMs: number; readonly zone: string; readonly days: number },
): readonly UseRow[] {
  const starts = Array.from({ length: days }, (_, index) => dayStart(nowMs, index - days + 1, zone));
  const rows = new Map<string, UseRow>();
  const seed = (grant: string, organisation: UseAnswer["organisation"], purpose: string): UseRow => ({
    id: JSON.stringify([grant, purpose]),
    grant,
    organisation,
    purpose,
    requests: 0,
    incomplete: 0,
    tokens: 0,
    unknownUsage: 0,
    lastMs: undefined,
    days: starts.map(() => 0),
  });
  for (const { id, organisation, purposes } of grants) {
    for (const purpose of purposes) {
      const row = seed(id, organisation, purpose);
      rows.set(row.id, row);
    }
  }
  for (const hour of hours) {
    const fresh = seed(hour.grant, hour.organisation, hour.purpose);
    const row = rows.get(fresh.id) ?? fresh;
    const day = starts.findLastIndex((startMs) => hour.hourMs >= startMs);
    rows.set(row.id, {
      ...row,
      requests: row.requests + hour.requests,
      incomplete: row.incomplete + hour.incomplete,
      tokens: row.tokens + hour.chargedTokens,
      unknownUsage: row.unknownUsage + hour.unknownUsage,
      lastMs: Math.max(row.lastMs ?? hour.hourMs, hour.hourMs),
      days: row.days.map((requests, index) => (index === day ? requests + hour.requests : requests)),
    });
  }
  return [...rows.values()].toSorted((a, b) => b.requests - a.requests);
}

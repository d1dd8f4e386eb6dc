import type { ProgrammeRecord } from "../../vocabulary/access-window.ts";

/** Always in force: the most that a testing window gets unless the lab accepts another record. */
export const EO_14409: ProgrammeRecord = {
  id: "eo-14409",
  name: "EO 14409",
  title: "Promoting Advanced AI Innovation and Security",
  citation: "Executive Order 14409 of 2 June 2026",
  citedOn: "2026-06-02",
  source: "secondary",
  rule: "A developer may give access for up to 30 days before it plans to release the model to other trusted partners.",
  days: 30,
};

/** The records that this version of Sluice knows. */
export const PROGRAMME_RECORDS: readonly ProgrammeRecord[] = [EO_14409];

/** The records that hold for a window: the order's, and each that the lab accepted, once. */
export function recordsInForce(accepted: readonly ProgrammeRecord[]): readonly ProgrammeRecord[] {
  const byId = new Map([EO_14409, ...accepted].map((record) => [record.id, record]));
  return [EO_14409, ...[...byId.values()].filter(({ id }) => id !== EO_14409.id)];
}

/** The one that reaches furthest; of equals the first. */
export function widestRecord(accepted: readonly ProgrammeRecord[]): ProgrammeRecord {
  return recordsInForce(accepted).reduce((widest, record) => (record.days > widest.days ? record : widest), EO_14409);
}

import type { ProgrammeRecord } from "../../vocabulary/access-window.ts";

/** More than a year before a release is no testing window, but a slip of the pen. */
const MOST_DAYS = 366;

/** Why a record cannot bound a window, each reason a sentence; none = it can. */
export function checkRecord(record: ProgrammeRecord): readonly string[] {
  const problems: string[] = [];
  const place = record.name.trim() === "" ? JSON.stringify(record.id) : record.name;
  for (const field of ["id", "name", "title", "citation"] as const) {
    if (record[field].trim() === "") problems.push(`Expected a ${field} in the programme record ${place}, got none.`);
  }
  if (!isDay(record.citedOn)) problems.push(`Expected a day such as 2026-06-02 in ${place}, got ${JSON.stringify(record.citedOn)}.`);
  if (!Number.isInteger(record.days) || record.days < 1 || record.days > MOST_DAYS) {
    problems.push(`Expected whole days from 1 to ${MOST_DAYS} in ${place}, got ${record.days}.`);
  }
  return problems;
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text, { overflow: "reject" });
    return true;
  } catch {
    return false;
  }
}

import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import { hourText, isZone } from "../release/zoned-hour.ts";

/** One step of a release to trusted partners: 50 organisations, then 150. */
export type PartnerStage = {
  readonly id: string;
  readonly opens: ZonedInstant;
  readonly partners: readonly { readonly organisation: string; readonly admitted: boolean }[];
};

/** The planned release to other trusted partners that bounds the testing windows; undefined while no stage is planned. */
export function plannedRelease(stages: readonly PartnerStage[]): ZonedInstant | undefined {
  return stages
    .map(({ opens }) => opens)
    .reduce<ZonedInstant | undefined>((first, hour) => (isBefore(hour, first) ? hour : first), undefined);
}

/** Whom to tell now, stage by stage in the order of their hours. Who is told once is not told again, though it stands in two stages. */
export function partnersToTell(
  stages: readonly PartnerStage[],
  told: ReadonlySet<string>,
  atMs: number,
): readonly { readonly stage: string; readonly organisation: string }[] {
  const done = new Set(told);
  return stages
    .toSorted((a, b) => a.opens.instantMs - b.opens.instantMs)
    .filter(({ opens }) => opens.instantMs <= atMs)
    .flatMap(({ id, partners }) =>
      partners.flatMap(({ organisation, admitted }) => {
        if (!admitted || done.has(organisation)) return [];
        done.add(organisation);
        return [{ stage: id, organisation }];
      }),
    );
}

/** What a person should mend before the stages open, each a sentence. */
export function checkStages(stages: readonly PartnerStage[]): readonly string[] {
  const zone = stages.find(({ opens }) => !isZone(opens.zone));
  if (zone !== undefined) return [`Expected an IANA time zone such as Europe/Berlin, got ${JSON.stringify(zone.opens.zone)}.`];
  const problems: string[] = [];
  const stageOf = new Map<string, string>();
  const ids = new Set<string>();
  for (const [index, { id, opens, partners }] of stages.entries()) {
    const before = stages[index - 1];
    if (ids.has(id)) problems.push(`Expected each stage once, got ${id} twice.`);
    ids.add(id);
    if (partners.length === 0) problems.push(`Expected at least one organisation in ${id}.`);
    if (before !== undefined && opens.instantMs <= before.opens.instantMs) {
      problems.push(`Expected ${id} to open after ${before.id} (${hourText(before.opens)}), got ${hourText(opens)}.`);
    }
    for (const { organisation } of partners) {
      const other = stageOf.get(organisation);
      if (other !== undefined) problems.push(`Expected ${organisation} in one stage, got it in ${other} and ${id}.`);
      stageOf.set(organisation, id);
    }
  }
  return problems;
}

function isBefore(hour: ZonedInstant, other: ZonedInstant | undefined): boolean {
  return other === undefined || hour.instantMs < other.instantMs;
}

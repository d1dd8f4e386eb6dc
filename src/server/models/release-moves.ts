import type { MovedRelease, ReleaseEffects } from "../../contract/endpoints/models.ts";
import { changeWindow } from "../../coordination/window/change-window.ts";
import { checkWindow } from "../../coordination/window/check-window.ts";
import { hourText } from "../../coordination/release/zoned-hour.ts";
import type { ZonedInstant } from "../../vocabulary/release-plan.ts";
import { readHour, readOptionalHour } from "../stated-hour.ts";
import type { ModelRow } from "./model-store.ts";
import { hourOf, optionalHour, windowFactsOf } from "./window-facts.ts";
import type { SeenWindowRow, WindowRow } from "./window-store.ts";

/** Other hours of a model's releases, and of the partner stages that move with them. */
export type ReleaseMove = {
  readonly partnerRelease: ZonedInstant;
  readonly publicRelease: ZonedInstant | undefined;
  readonly stages: readonly { readonly window: string; readonly opens: ZonedInstant; readonly closes: ZonedInstant | undefined }[];
};

/** As it was stated; the public release stays where nothing is said of it. @throws CodedError `input-invalid` */
export function readMove(stated: MovedRelease, model: ModelRow): ReleaseMove {
  return {
    partnerRelease: readHour(stated.partnerRelease, "body.partnerRelease"),
    publicRelease:
      readOptionalHour(stated.publicRelease, "body.publicRelease") ?? optionalHour(model.public_release_at, model.public_release_zone),
    stages: stated.stages.map(({ window, opens, closes }, index) => ({
      window,
      opens: readHour(opens, `body.stages[${index}].opens`),
      closes: readOptionalHour(closes, `body.stages[${index}].closes`),
    })),
  };
}

/** What the move changes for each window that is not over, in the solver's words, and why it cannot be made so. */
export function effectsOfMove(windows: readonly SeenWindowRow[], move: ReleaseMove, atMs: number): ReleaseEffects {
  const live = windows.filter(({ ended_at }) => ended_at === null);
  const moved = live.map((row) => ({ row, next: movedRow(row, move) }));
  return {
    windows: moved.map(({ row, next }) => {
      const { destroysCredentials, effects } = changeWindow(windowFactsOf(row), windowFactsOf(next), atMs);
      return { id: row.id, name: row.name, kind: row.kind, destroysCredential: destroysCredentials, effects: [...effects] };
    }),
    problems: problemsOf(moved, move, atMs),
  };
}

/** Why the hours of releases do not fit together, each a sentence. */
export function releaseProblems({
  partnerRelease,
  publicRelease,
}: Pick<ReleaseMove, "partnerRelease" | "publicRelease">): readonly string[] {
  if (publicRelease === undefined || publicRelease.instantMs >= partnerRelease.instantMs) return [];
  const expected = `the release to other trusted partners (${hourText(partnerRelease)})`;
  return [`Expected the public release not before ${expected}, got ${hourText(publicRelease)}.`];
}

/** A partner stage does not open before the release that the testing windows are bound by. */
export function stageProblems(opens: ZonedInstant, release: ZonedInstant, name: string): readonly string[] {
  if (opens.instantMs >= release.instantMs) return [];
  const planned = `the planned release to other trusted partners (${hourText(release)})`;
  return [`Expected the partner stage ${name} to open not before ${planned}, got ${hourText(opens)}: move one of the two with the other.`];
}

type Moved = { readonly row: WindowRow; readonly next: WindowRow };

function movedRow<Row extends WindowRow>(row: Row, { partnerRelease, publicRelease, stages }: ReleaseMove): Row {
  const stage = stages.find(({ window }) => window === row.id);
  return {
    ...row,
    partner_release_at: new Date(partnerRelease.instantMs),
    partner_release_zone: partnerRelease.zone,
    public_release_at: publicRelease === undefined ? null : new Date(publicRelease.instantMs),
    public_release_zone: publicRelease?.zone ?? null,
    ...(stage === undefined
      ? {}
      : {
          opens_at: new Date(stage.opens.instantMs),
          opens_zone: stage.opens.zone,
          closes_at: stage.closes === undefined ? null : new Date(stage.closes.instantMs),
          closes_zone: stage.closes?.zone ?? null,
        }),
  };
}

function problemsOf(moved: readonly Moved[], move: ReleaseMove, atMs: number): string[] {
  const problems = [...releaseProblems(move)];
  for (const { window } of move.stages) {
    const found = moved.find(({ row }) => row.id === window && row.kind === "partner-stage");
    if (found === undefined) problems.push(`Expected a partner stage of this model that is not over, got ${window}.`);
    else if (found.row.opened_at !== null) problems.push(`Expected a stage that has not opened: ${found.row.name} has.`);
    else {
      const refused = checkWindow(windowFactsOf(found.next), atMs).filter(({ severity }) => severity === "refused");
      problems.push(...refused.map(({ message }) => `${found.row.name}: ${message}`));
    }
  }
  for (const { row, next } of moved) {
    if (row.kind !== "partner-stage" || row.opened_at !== null) continue;
    problems.push(...stageProblems(hourOf(next.opens_at, next.opens_zone), move.partnerRelease, row.name));
  }
  return problems;
}

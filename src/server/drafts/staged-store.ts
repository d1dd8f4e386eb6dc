import type { DraftKey } from "../../vocabulary/draft-advisory.ts";
import { type DraftLevel, levelNumber } from "../../vocabulary/level.ts";
import type { Transaction } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { StagedPackage } from "./stage-affected.ts";

export async function insertStaged(
  transaction: Transaction,
  { organisation, draft }: DraftKey,
  packages: readonly (StagedPackage & { readonly part: string; readonly level: DraftLevel })[],
): Promise<void> {
  if (packages.length === 0) return;
  await transaction.copyIn(
    "staged_package",
    ["organisation_id", "draft_id", "part_id", "level", "ecosystem", "name", "scheme", "texts", "set_aside"],
    packages.map(({ part, level, ecosystem, name, scheme, compiled }) => [
      organisation,
      draft,
      part,
      levelNumber(level),
      ecosystem,
      name,
      scheme ?? null,
      arrayText(compiled.texts),
      arrayText(compiled.setAside.map(({ reason }) => reason)),
    ]),
  );
  await transaction.copyIn(
    "staged_interval",
    ["organisation_id", "draft_id", "part_id", "level", "ecosystem", "name", "lo", "hi", "lo_text", "hi_text", "hi_kind"],
    packages.flatMap(({ part, level, ecosystem, name, compiled }) =>
      compiled.intervals.map(({ lo, hi, loText, hiText, hiKind }) => [
        organisation,
        draft,
        part,
        levelNumber(level),
        ecosystem,
        name,
        lo,
        hi,
        loText,
        hiText ?? null,
        hiKind,
      ]),
    ),
  );
}

/** Of these parts, in whichever revision. */
export async function removeStaged(transaction: Transaction, { organisation, draft }: DraftKey, parts: readonly string[]): Promise<void> {
  await transaction.queryAll([
    sql`delete from staged_interval where organisation_id = ${organisation} and draft_id = ${draft} and part_id = any (${parts}::uuid[])`,
    sql`delete from staged_package where organisation_id = ${organisation} and draft_id = ${draft} and part_id = any (${parts}::uuid[])`,
  ]);
}

/** Of the whole draft. */
export async function removeAllStaged(transaction: Transaction, { organisation, draft }: DraftKey): Promise<void> {
  await transaction.queryAll([
    sql`delete from staged_interval where organisation_id = ${organisation} and draft_id = ${draft}`,
    sql`delete from staged_package where organisation_id = ${organisation} and draft_id = ${draft}`,
  ]);
}

/** A list as PostgreSQL writes text[]. */
function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, (mark) => `\\${mark}`)}"`).join(",")}}`;
}

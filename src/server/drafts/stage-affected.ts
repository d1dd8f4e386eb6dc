import type { DraftKey, PartBody } from "../../vocabulary/draft-advisory.ts";
import type { DraftLevel } from "../../vocabulary/level.ts";
import { ecosystemOf } from "../../matching/ecosystems/ecosystem-of.ts";
import type { CompiledPackage } from "../../matching/interval.ts";
import { compilePackages } from "../advisories/compile-advisory.ts";
import type { Transaction } from "../database/database.ts";
import { insertStaged, removeStaged } from "./staged-store.ts";

/** One package of a part as scans meet it: with the order of its versions and what of them is affected, or as a name alone. */
export type StagedPackage = {
  readonly ecosystem: string;
  readonly name: string;
  readonly scheme: string | undefined;
  readonly compiled: CompiledPackage;
};

/** A part that scans may have met: what it says now, or undefined when it was removed. */
export type StagedPart = { readonly part: string; readonly level: DraftLevel; readonly stated: PartBody | undefined };

/**
 * Makes scans see the parts' revisions in force, each at its level: ranges, or for a notice the names. What was staged of them before is
 * taken away in the same transaction.
 */
export async function stageAffected(transaction: Transaction, key: DraftKey, parts: readonly StagedPart[]): Promise<void> {
  if (parts.length === 0) return;
  await removeStaged(
    transaction,
    key,
    parts.map(({ part }) => part),
  );
  await insertStaged(
    transaction,
    key,
    parts.flatMap(({ part, level, stated }) =>
      stated === undefined ? [] : stagedPackagesOf(stated).map((staged) => ({ ...staged, part, level })),
    ),
  );
}

/** True for kinds of part that scans meet. */
export function isStaged({ kind }: Pick<PartBody, "kind">): boolean {
  return kind === "affected" || kind === "notice";
}

const NAME_ALONE: CompiledPackage = { intervals: [], texts: [], setAside: [], empty: 0 };

function stagedPackagesOf(stated: PartBody): readonly StagedPackage[] {
  switch (stated.kind) {
    case "affected":
      return compilePackages([stated.body]);
    case "notice":
      return stated.body.packages.map(({ ecosystem, name }) => ({
        ecosystem,
        name: ecosystemOf(ecosystem)?.normaliseName(name) ?? name,
        scheme: undefined,
        compiled: NAME_ALONE,
      }));
    default:
      return [];
  }
}

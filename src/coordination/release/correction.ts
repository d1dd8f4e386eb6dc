import { type DraftState, LEVEL_OF_PART, type PartKind, PUBLISHED_FROM } from "../../vocabulary/draft-advisory.ts";
import { type DraftLevel, shows } from "../../vocabulary/level.ts";
import type { Move } from "./plan-moves.ts";

/** A part in force, as far as a correction is about it. */
export type StandingPart = { readonly part: string; readonly kind: PartKind; readonly level: DraftLevel; readonly revision: number };

/** A draft that was published, as it stands. */
export type StandingAdvisory = { readonly state: DraftState; readonly isWithdrawn: boolean; readonly parts: readonly StandingPart[] };

/** What of the published parts is to become otherwise, all at once. */
export type AskedCorrection = {
  readonly written: readonly { readonly kind: PartKind }[];
  readonly changed: readonly { readonly part: string; readonly kind: PartKind; readonly revision: number }[];
  readonly removed: readonly { readonly part: string; readonly revision: number }[];
};

/**
 * A correction is about what everybody was told, and nothing else: what was kept back stays so. An advisory that affects nothing any more is
 * not corrected but withdrawn, so that whoever holds an old copy learns of it.
 */
export function mayCorrect(advisory: StandingAdvisory, asked: AskedCorrection): Move {
  const standing = mayWithdraw(advisory);
  if (!standing.allowed) return standing;
  const named = [...asked.changed, ...asked.removed];
  if (asked.written.length + named.length === 0)
    return no("Expected a part that is written, changed or removed: nothing would be corrected.");
  const unpublished = [...asked.written, ...asked.changed].find(({ kind }) => LEVEL_OF_PART[kind] !== PUBLISHED_FROM);
  if (unpublished !== undefined) return no(`Expected parts of kinds that are published, a ${unpublished.kind} is not.`);
  if (new Set(named.map(({ part }) => part)).size < named.length) return no("Expected each part once.");
  for (const { part, revision } of named) {
    const now = advisory.parts.find((one) => one.part === part);
    if (now === undefined || !isPublished(now))
      return no("Expected parts that are published, one of these is not, or was removed meanwhile.");
    if (now.revision !== revision)
      return no(`Revision ${now.revision} of the ${now.kind} was written meanwhile. Read it, and correct that one.`);
    const kind = asked.changed.find((one) => one.part === part)?.kind ?? now.kind;
    if (kind !== now.kind) return no(`Expected ${now.kind}, which this part is, got ${kind}.`);
  }
  const affecting = advisory.parts.filter((one) => one.kind === "affected" && isPublished(one));
  const removed = new Set(asked.removed.map(({ part }) => part));
  const stillAffects = affecting.some(({ part }) => !removed.has(part)) || asked.written.some(({ kind }) => kind === "affected");
  return affecting.length > 0 && !stillAffects
    ? no("Nothing would be affected any more. Withdraw the advisory instead.")
    : { allowed: true };
}

/** Once, and for good: what was withdrawn and is true after all is a new advisory. */
export function mayWithdraw({ state, isWithdrawn }: Omit<StandingAdvisory, "parts">): Move {
  if (state !== "published") return no(`Expected an advisory that is published, this one is ${state}.`);
  return isWithdrawn ? no("The advisory is withdrawn: nothing of it changes any more.") : { allowed: true };
}

/** Among the parts in force: what the public stage published. */
export function isPublished({ kind, level }: Pick<StandingPart, "kind" | "level">): boolean {
  return shows(PUBLISHED_FROM, level) && kind !== "notice";
}

function no(why: string): Move {
  return { allowed: false, why };
}

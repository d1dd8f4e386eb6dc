import type { StatedPart } from "../../contract/endpoints/drafts.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { LEVEL_OF_PART, type PartBody, type PartKind } from "../../vocabulary/draft-advisory.ts";
import { type DraftLevel, shows } from "../../vocabulary/level.ts";

/** A part as it was asked for, without a level of its own where the kind's is meant. */
export type PartRequest = StatedPart & { readonly level?: DraftLevel | undefined };

/** The level a part gets. @throws CodedError `input-invalid` when it would be less confidential than its kind may be */
export function levelOfPart(
  { kind, level }: { readonly kind: PartKind; readonly level?: DraftLevel | undefined },
  place: string,
): DraftLevel {
  const least = LEVEL_OF_PART[kind];
  if (level === undefined) return least;
  if (shows(level, least) && (kind !== "research" || level === "case")) return level;
  throw new CodedError(
    "input-invalid",
    `${place}: expected ${least} or a more confidential level for a part of kind ${kind}, got ${level}`,
    { place },
  );
}

/** In the vocabulary's words: what is absent is undefined. */
export function toPartBody(stated: StatedPart): PartBody {
  switch (stated.kind) {
    case "affected": {
      const { package: named, purl, ranges, versions } = stated.body;
      return {
        kind: stated.kind,
        body: { package: named, purl, ranges: ranges.map(({ type, repository, events }) => ({ type, repository, events })), versions },
      };
    }
    case "patch": {
      const { kind, ecosystem, name, text } = stated.body;
      return { kind: stated.kind, body: { kind, ecosystem, name, text } };
    }
    default:
      return stated;
  }
}

import type { StatedPart } from "../../contract/draft-part-schemas.ts";
import { whyNotSayable } from "../../formats/osv/sayable.ts";
import { baseEcosystemNames } from "../../matching/ecosystems/osv-ecosystems.ts";
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

/**
 * A published draft becomes an OSV record: what that could not say is refused while its writer is there to say it otherwise.
 * @throws CodedError `input-invalid` at its place in the body
 */
export function checkSayable(part: PartBody, place: string): void {
  const fault = ecosystemFault(part) ?? whyNotSayable(part);
  if (fault === undefined) return;
  const at = `${place}.${fault.place}`;
  throw new CodedError("input-invalid", `${at}: ${fault.reason}`, { place: at });
}

const ecosystemNames: ReadonlySet<string> = new Set(baseEcosystemNames);

function ecosystemFault(part: PartBody): { readonly place: string; readonly reason: string } | undefined {
  const named =
    part.kind === "affected"
      ? [{ place: "package.ecosystem", ecosystem: part.body.package?.ecosystem }]
      : part.kind === "notice"
        ? part.body.packages.map(({ ecosystem }, index) => ({ place: `packages[${index}].ecosystem`, ecosystem }))
        : [];
  const unknown = named.find(({ ecosystem }) => ecosystem !== undefined && !ecosystemNames.has(ecosystem.split(":")[0] ?? ""));
  return unknown === undefined
    ? undefined
    : {
        place: unknown.place,
        reason: `expected an ecosystem as OSV spells it (npm, PyPI, Debian:12 …), got ${JSON.stringify(unknown.ecosystem)}. What has none is described in the details`,
      };
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

import { CodedError } from "../../vocabulary/coded-error.ts";
import { projectKey } from "../python-project.ts";
import type { FoundRequirement } from "./included-files.ts";

/** A requirement with all that bounds it. */
export type Constrained = FoundRequirement & {
  readonly version: string | undefined;
  readonly range: string | undefined;
  /** The file that leaves no choice of a version, or else asks for it. */
  readonly statedIn: string;
};

/** More are no choice by marker, and would be multiplied by every line that asks for the project. */
const MAX_BOUNDS = 20;
const MAX_REQUIREMENTS = 2_000_000;

/** Each requirement at the version that it or a constraint leaves no choice about; where constraints name several, by their markers, at each. */
export function constrained(required: readonly FoundRequirement[], constraints: readonly FoundRequirement[]): readonly Constrained[] {
  const byProject = Map.groupBy(constraints, ({ requirement }) => projectKey(requirement.name));
  let left = MAX_REQUIREMENTS;
  return required.flatMap((found) => {
    const bounds = byProject.get(projectKey(found.requirement.name)) ?? [];
    const all = atVersions(found, bounds.length > MAX_BOUNDS ? [] : bounds);
    left -= all.length;
    if (left < 0) throw new CodedError("document-too-large", `Expected at most ${MAX_REQUIREMENTS} requirements, found more`);
    return all;
  });
}

function atVersions(found: FoundRequirement, bounds: readonly FoundRequirement[]): readonly Constrained[] {
  const { requirement, file } = found;
  const open = bounds.flatMap((bound) => (bound.requirement.version === undefined ? (bound.requirement.range ?? []) : []));
  const pins = new Map(bounds.flatMap((bound) => (bound.requirement.version === undefined ? [] : [[bound.requirement.version, bound]])));
  if (requirement.version !== undefined || pins.size === 0)
    return [{ ...found, version: requirement.version, range: together([requirement.range, ...open]), statedIn: file }];
  return [...pins].map(([version, pin]) => ({
    ...found,
    version,
    range: together([requirement.range, pin.requirement.range, ...open]),
    statedIn: pin.file,
  }));
}

function together(ranges: readonly (string | undefined)[]): string | undefined {
  const stated = ranges.filter((range) => range !== undefined);
  return stated.length === 0 ? undefined : stated.join(",");
}

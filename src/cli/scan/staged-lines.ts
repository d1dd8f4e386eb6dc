import { hourText } from "../../coordination/release/zoned-hour.ts";
import type { Fix, ScanAnswer } from "../../vocabulary/scan-answer.ts";
import type { StagedAnswer, StagedDraft, StagedFinding } from "../../vocabulary/staged-answer.ts";
import type { Colours } from "../colours.ts";
import { listed, shortened } from "./list-words.ts";

/** What is confidential, first, so that nobody takes it for the rest: ranges and patch where they are open, else that something is coming. */
export function stagedLines({ staged }: ScanAnswer, paint: Colours): readonly string[] {
  if (staged === undefined) return [];
  const { findings, notices, cannotCompare } = staged;
  if (findings.length + notices.length + cannotCompare.length === 0) return [];
  return [
    paint.strong("Not public yet: for your organisation only"),
    ...findings.flatMap(findingLines),
    ...notices.map(
      ({ ecosystem, name, ...draft }) =>
        `  ${name} (${ecosystem}): something is coming ${onDate(draft)}. Which versions it is about is not open to you yet`,
    ),
    ...cannotCompare.map(
      ({ name, version, reason, places, ...draft }) =>
        `  ${name} ${version ?? "without a version"}: cannot compare: ${reason} (for ${draft.advisory}, public ${onDate(draft)})${placeWords(places)}`,
    ),
  ];
}

/** How many of each, for the headline; empty when nothing is staged. */
export function stagedWords(staged: StagedAnswer | undefined): readonly string[] {
  if (staged === undefined) return [];
  const { findings, notices, cannotCompare } = staged;
  return [
    ...(findings.length > 0 ? [`Not public yet: ${findings.length} that ${findings.length === 1 ? "affects" : "affect"} you`] : []),
    ...(notices.length > 0 ? [`Coming: ${notices.length}`] : []),
    ...(cannotCompare.length > 0 ? [`Cannot compare with what is not public yet: ${cannotCompare.length}`] : []),
  ];
}

function findingLines({ title, components, patches, ...draft }: StagedFinding): readonly string[] {
  return [
    `  ${draft.advisory}: ${shortened(title)}. Public ${onDate(draft)}`,
    ...components.map(
      ({ name, version, affected, fix, places }) => `    ${name} ${version}: affected ${affected}; ${fixWords(fix)}${placeWords(places)}`,
    ),
    ...patches.flatMap(({ kind, text }) =>
      kind === "mitigation" ? [`    until then: ${shortened(text)}`] : kind === "commit" ? [`    commit ${text}`] : [],
    ),
    ...(patches.some(({ kind }) => kind === "diff") ? ["    a diff is in the draft, and in --format json"] : []),
  ];
}

function fixWords(fix: Fix): string {
  switch (fix.kind) {
    case "version":
      return `upgrade to ${fix.version}${fix.majorChange ? " (major version change)" : ""}`;
    case "above":
      return `upgrade above ${fix.version}`;
    case "remove":
      return "remove it";
    case "none":
      return "no fixed version yet";
  }
}

function onDate({ publicAt }: Pick<StagedDraft, "publicAt">): string {
  return publicAt === undefined ? "at an hour that is not agreed yet" : `on ${hourText(publicAt)}`;
}

function placeWords(places: readonly string[]): string {
  return places.length === 0 ? "" : `, in ${listed(places, 2)}`;
}

import type { WireDraft, WireDraftEvent, WireDraftRow, WirePart } from "../../contract/endpoints/drafts.ts";
import { type AffectedBody, type DraftState, PART_KINDS, type PartKind, type TextBody } from "../../vocabulary/draft-advisory.ts";
import { DRAFT_LEVELS, type DraftLevel } from "../../vocabulary/level.ts";
import { countText, listText } from "./count-text.ts";

export const PART_WORDS: Readonly<Record<PartKind, string>> = {
  notice: "Notice",
  summary: "Summary",
  details: "Details",
  affected: "Affected package",
  patch: "Fix",
  severity: "Severity",
  weakness: "Weakness",
  reference: "Reference",
  credit: "Credit",
  alias: "Alias",
  build: "How to build the fix",
  research: "Research",
};

/** The order in which parts are read. */
export const PART_ORDER: readonly PartKind[] = [
  "summary",
  "affected",
  "patch",
  "details",
  "severity",
  "weakness",
  "alias",
  "reference",
  "credit",
  "notice",
  "build",
  "research",
];

/** What a kind of part is for, for whoever adds one. */
export const PART_HINTS: Readonly<Record<PartKind, string>> = {
  notice: "That something is coming for these packages. Names and the planned date, nothing else.",
  summary: "One line that says what it is.",
  details: "What happens, to whom, and under which conditions. Markdown.",
  affected: "A package and the versions of it that are affected. Scans of those who see its level match it at once.",
  patch: "What ends it: a version, a commit, a diff, or what to do until there is one.",
  severity: "A vector of CVSS, or another scale's word.",
  weakness: "The kind of mistake, by its id in CWE.",
  reference: "An address with more about it.",
  credit: "Who is thanked, and for what.",
  alias: "The same vulnerability's id elsewhere.",
  build: "What distributors need to build the fix, and operators do not.",
  research: "How it was found and how it is done. Each reading is written down.",
};

export const STATE_WORDS: Readonly<Record<DraftState, string>> = { open: "embargo in force", published: "public", abandoned: "abandoned" };

type Named = { readonly ecosystem: string; readonly name: string };

/** What a draft is, in one line, as far as its level shows. */
export function draftTitle(draft: WireDraft): string {
  const summary = draft.parts?.find(({ kind }) => kind === "summary");
  const text = (summary?.body as TextBody | undefined)?.text;
  if (text !== undefined) return text;
  return packagesTitle(draft.packages.length > 0 ? draft.packages : affectedOf(draft), draft.advisory, draft.state);
}

export function rowTitle({ summary, packages, packageCount, advisory, state }: WireDraftRow): string {
  return summary ?? packagesTitle(packages, advisory, state, packageCount);
}

function packagesTitle(packages: readonly Named[], advisory: string | undefined, state: DraftState, count = packages.length): string {
  if (packages.length === 0) return advisory === undefined ? "A draft advisory" : `Draft ${advisory}`;
  const names = packages.slice(0, 3).map(({ name }) => name);
  const rest = count - names.length;
  const list = listText(rest > 0 ? [...names, countText(rest, "more package")] : names);
  switch (state) {
    case "open":
      return `Something is coming for ${list}`;
    case "published":
      return `Published, for ${list}`;
    case "abandoned":
      return `Nothing is coming for ${list} any more`;
  }
}

/** The packages that parts of the draft say are affected, each once. */
export function affectedOf(draft: WireDraft): readonly Named[] {
  const named = (draft.parts ?? []).flatMap((part) => {
    const { package: one } = part.kind === "affected" ? (part.body as AffectedBody) : { package: undefined };
    return one === undefined ? [] : [one];
  });
  return [...new Map(named.map((one) => [`${one.ecosystem} ${one.name}`, one])).values()];
}

/** `[2.4.0, 2.8.4)` for each stretch of versions; versions that are listed stand as `= 2.3.1`. */
export function intervalTexts({ ranges, versions }: Pick<AffectedBody, "ranges" | "versions">): readonly string[] {
  const stretches = ranges.flatMap(({ type, events }) => {
    if (type === "GIT") return ["a range over commits"];
    return stretchesOf(events).map(({ from, kind, to }) => `[${from}, ${to ?? "…"}${kind === "last_affected" ? "]" : ")"}`);
  });
  return [...stretches, ...versions.map((version) => `= ${version}`)];
}

export type Stretch = {
  readonly from: string;
  readonly kind: "fixed" | "last_affected" | "limit" | "none";
  readonly to: string | undefined;
};

/** Each `introduced` with the first end behind it, as they are stated. */
export function stretchesOf(events: AffectedBody["ranges"][number]["events"]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let from: string | undefined;
  for (const { kind, version } of events) {
    if (kind === "introduced") {
      if (from !== undefined) stretches.push({ from, kind: "none", to: undefined });
      from = version;
    } else if (from !== undefined) {
      stretches.push({ from, kind, to: version });
      from = undefined;
    }
  }
  if (from !== undefined) stretches.push({ from, kind: "none", to: undefined });
  return stretches;
}

/** Versions that end it, as ranges and patches say, each once. */
export function fixedVersions(parts: readonly WirePart[]): readonly string[] {
  const found = parts.flatMap((part) => {
    if (part.kind === "affected") {
      return (part.body as AffectedBody).ranges.flatMap(({ type, events }) =>
        type === "GIT" ? [] : events.flatMap(({ kind, version }) => (kind === "fixed" ? [version] : [])),
      );
    }
    const patch = part.kind === "patch" ? (part.body as { readonly kind: string; readonly text: string }) : undefined;
    return patch?.kind === "fixed-version" ? [patch.text] : [];
  });
  return [...new Set(found)];
}

/** What an event says behind its actor: `wrote a part: Details`. */
export function eventWords({ kind, details }: WireDraftEvent): string {
  const known = PART_KINDS.find((one) => one === details["kind"]);
  const part = known === undefined ? "a part" : PART_WORDS[known].toLowerCase();
  const name = typeof details["name"] === "string" ? details["name"] : "a file";
  switch (kind) {
    case "draft-begun":
      return "began the draft";
    case "draft-imported":
      return `imported ${String(details["document"])} (${details["format"] === "csaf" ? "CSAF" : "OSV"}, ${countText(Number(details["parts"]), "part")})`;
    case "part-written":
      return `wrote: ${part}`;
    case "part-changed":
      return `changed: ${part}`;
    case "part-level-changed":
      return `moved from ${levelWord(details["from"])} to ${levelWord(details["to"])}: ${part}`;
    case "part-removed":
      return `removed: ${part}`;
    case "attachment-added":
      return `added the file ${name}`;
    case "attachment-removed":
      return `removed the file ${name}`;
    case "draft-abandoned":
      return "abandoned the draft";
    case "stage-opened":
      return `opened the stage ${levelWord(details["level"])}`;
    case "plan-written":
      return `wrote the release plan (${countText(Number(details["stages"]), "stage")})`;
    case "plan-agreed":
      return "agreed to the release plan";
    case "amendment-proposed":
      return "proposed a change of the release plan";
    case "amendment-answered":
      return details["agrees"] === true ? "agreed to the change of the release plan" : "refused the change of the release plan";
    case "amendment-withdrawn":
      return "withdrew the change of the release plan";
    case "amendment-bound":
      return "made the change of the release plan binding";
    case "release-held":
      return "holds the release plan";
    case "release-resumed":
      return "lifted its hold";
    case "release-event":
      return `stated: ${String(details["event"]).replaceAll("-", " ")}`;
    case "exception-made":
      return "made an exception for an organisation that was kept out";
    case "advisory-published":
      return `published ${String(details["advisory"])}`;
    case "correction-stated":
      return "corrected the published advisory";
    case "withdrawal-stated":
      return "withdrew the published advisory";
    case "advisory-corrected":
      return `published ${String(details["advisory"])} as corrected: revision ${String(details["version"])}`;
    case "advisory-withdrawn":
      return `published ${String(details["advisory"])} as withdrawn: revision ${String(details["version"])}`;
    default:
      return kind.replaceAll("-", " ");
  }
}

/** What of an event stands on its second line as somebody's words. */
export function eventReason({ details }: WireDraftEvent): string | undefined {
  return typeof details["reason"] === "string" && details["reason"] !== "" ? details["reason"] : undefined;
}

function levelWord(value: unknown): DraftLevel | "another level" {
  return DRAFT_LEVELS.find((level) => level === value) ?? "another level";
}

/** `4.2 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return countText(bytes, "byte");
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, "kB"] : [bytes / 1_000_000, "MB"];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

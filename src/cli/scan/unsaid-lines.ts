import { baseEcosystemNames } from "../../matching/ecosystems/osv-ecosystems.ts";
import { SYSTEM_EXAMPLES } from "../../matching/ecosystems/system-release.ts";
import { ARCHIVE_BYTES_PER_SECOND } from "../../server/import-rate.ts";
import type { CannotCompare, EcosystemAnswer, ScanAnswer } from "../../vocabulary/scan-answer.ts";
import { counted, durationWords } from "../age-words.ts";
import type { Colours } from "../colours.ts";
import { megabytes } from "../sync/sync-progress.ts";
import { listed } from "./list-words.ts";

/** Bytes of an ecosystem's public archive when last looked at; undefined = not known. */
export type FeedBytes = (ecosystem: string) => number | undefined;

const MAX_ENTRIES = 10;
const FEWEST_TOGETHER = 4;

const osvNames: ReadonlySet<string> = new Set(baseEcosystemNames);

/** What could not be said: what, how many, why, and what would change it. */
export function unsaidLines(answer: ScanAnswer, paint: Colours, feedBytes: FeedBytes): readonly string[] {
  const ecosystems = answer.ecosystems.filter((ecosystem) => ecosystem.cannotSay !== undefined);
  const incomparable = [...Map.groupBy(answer.cannotCompare, sameCase).values()].flatMap(togetherWhenMany);
  if (ecosystems.length === 0 && incomparable.length === 0) return [];
  const width = Math.max(0, ...ecosystems.map(({ ecosystem }) => ecosystem.length));
  return [
    paint.unsaid("Cannot say"),
    ...ecosystems.map(
      (entry) =>
        `  ${entry.ecosystem.padEnd(width)}  ${counted(entry.components, "component")}. ${whyNot(entry, answer.answeredAtMs, feedBytes)}`,
    ),
    ...incomparable.slice(0, MAX_ENTRIES).flatMap(incomparableLine),
    ...(incomparable.length > MAX_ENTRIES
      ? [`  and ${incomparable.length - MAX_ENTRIES} more that cannot be compared; --format json has all`]
      : []),
  ];
}

/** What stands in the way of whole packages, and no advisory of theirs alone, is said once when it is of many. */
function sameCase({ ecosystem, name, version, reason, advisories }: CannotCompare): string {
  return JSON.stringify(advisories.length === 0 ? [ecosystem, reason] : [ecosystem, reason, name, version]);
}

function togetherWhenMany(entries: readonly CannotCompare[]): readonly (readonly CannotCompare[])[] {
  const byPackage = [...Map.groupBy(entries, packageWords).values()];
  return byPackage.length < FEWEST_TOGETHER ? byPackage : [entries];
}

function packageWords({ name, version }: CannotCompare): string {
  return `${name} ${version ?? "without a version"}`;
}

function incomparableLine(entries: readonly CannotCompare[]): readonly string[] {
  const [first] = entries;
  if (first === undefined) return [];
  const packages = [...new Set(entries.map(packageWords))];
  const places = listed(
    entries.map(({ place }) => place),
    1,
  );
  if (packages.length > 1) {
    const names = listed(packages, 3);
    return [`  ${counted(packages.length, "package")} of ${first.ecosystem}: cannot compare: ${first.reason} (${names}), ${places}`];
  }
  const advisories = [...new Set(entries.flatMap((entry) => entry.advisories))];
  const about = advisories.length === 0 ? "" : ` (for ${listed(advisories, 3)})`;
  return [`  ${packageWords(first)}: cannot compare: ${first.reason}${about}, ${places}`];
}

function whyNot({ ecosystem, cannotSay, standing }: EcosystemAnswer, nowMs: number, feedBytes: FeedBytes): string {
  const bytes = feedBytes(ecosystem);
  const cost = bytes === undefined ? "" : `: ${megabytes(bytes)}, about ${durationWords((bytes / ARCHIVE_BYTES_PER_SECOND) * 1000)}`;
  const sync = `\`sluice sync ${ecosystem}\`${cost}`;
  switch (cannotSay) {
    case "no-data":
      return `No data for ${ecosystem}. ${sync}`;
    case "sample":
      return `Only the bundled sample of ${counted(standing?.advisories ?? 0, "advisory", "advisories")} is here. ${sync}`;
    case "undated":
      return `The age of the data is unknown. ${sync}, or give its date with --stated-at`;
    case "future":
      return "The data states a time in the future: check this machine's clock and the date given with --stated-at";
    case "stale":
      return `The data is ${durationWords(nowMs - (standing?.statedAtMs ?? nowMs))} old, and 7 days is the most. ${sync}`;
    case "no-release":
      return `The list does not say of which distribution and release. \`--release\` does (${SYSTEM_EXAMPLES}), as etc/os-release beside it would`;
    case "no-scheme":
      return osvNames.has(ecosystem)
        ? "Their versions have no order: only those that an advisory lists are found"
        : "The document does not name them as packages of an ecosystem that has advisories";
    case undefined:
      return "";
  }
}

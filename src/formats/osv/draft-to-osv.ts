import type { AffectedPackage, AffectedRange } from "../../vocabulary/advisory.ts";
import type { CreditBody, PartBody, PatchBody } from "../../vocabulary/draft-advisory.ts";
import { isUri } from "./sayable.ts";

/** The version of the schema that records are written in. */
export const OSV_SCHEMA_VERSION = "1.7.5";

/** The schema reserves this beginning of an id for databases that it does not list. */
export const PRIVATE_ID_PREFIX = "x_";

/** What a record says beside its parts; times are RFC 3339 with `Z`. */
export type OsvHead = {
  readonly id: string;
  readonly modified: string;
  readonly published: string | undefined;
  readonly withdrawn?: string | undefined;
  /** What became otherwise after it was published, the oldest first. */
  readonly changes?: readonly OsvChange[];
};

export type OsvChange = { readonly modified: string; readonly reason: string };

/**
 * The OSV record that a draft advisory's parts amount to, as bytes. `notice`, `build` and `research` have no place in it. What the schema has no
 * field for is kept in words in the details: mitigations, diffs, versions that fix.
 */
export function draftToOsv(parts: readonly PartBody[], { id, modified, published, withdrawn, changes = [] }: OsvHead): Uint8Array {
  const affected = parts.flatMap((part) => (part.kind === "affected" ? [part.body] : []));
  const patches = parts.flatMap((part) => (part.kind === "patch" ? [part.body] : []));
  const stated = parts.flatMap((part) => (part.kind === "severity" ? [part.body] : []));
  const weaknesses = textsOf(parts, "weakness");
  const otherSeverities = stated.filter(({ type }) => !OSV_SEVERITIES.has(type));
  const specific = {
    ...(weaknesses.length === 0 ? {} : { cwe_ids: unique(weaknesses) }),
    ...(otherSeverities.length === 0 ? {} : { severity: otherSeverities.map(({ type, vector }) => `${type} ${vector}`).join(", ") }),
    ...listed(
      "changes",
      changes.map(({ modified: at, reason }) => ({ modified: at, reason })),
    ),
  };
  const record = {
    schema_version: OSV_SCHEMA_VERSION,
    id,
    modified,
    ...(published === undefined ? {} : { published }),
    ...(withdrawn === undefined ? {} : { withdrawn }),
    ...listed("aliases", unique(textsOf(parts, "alias"))),
    ...stringOr("summary", textsOf(parts, "summary").join(" ")),
    ...stringOr("details", [...textsOf(parts, "details"), ...patches.flatMap((patch) => patchWords(patch, affected))].join("\n\n")),
    ...listed(
      "severity",
      stated.filter(({ type }) => OSV_SEVERITIES.has(type)).map(({ type, vector }) => ({ type, score: vector })),
    ),
    affected: affected.map(affectedEntry),
    ...listed(
      "references",
      uniqueBy(
        [...parts.flatMap((part) => (part.kind === "reference" ? [referenceEntry(part.body)] : [])), ...patches.flatMap(fixReference)],
        ({ type, url }) => `${type} ${url}`,
      ),
    ),
    ...listed(
      "credits",
      parts.flatMap((part) => (part.kind === "credit" ? [creditEntry(part.body)] : [])),
    ),
    ...(Object.keys(specific).length === 0 ? {} : { database_specific: specific }),
  };
  return new TextEncoder().encode(JSON.stringify(record));
}

function textsOf(parts: readonly PartBody[], kind: "summary" | "details" | "weakness" | "alias"): readonly string[] {
  return parts.flatMap((part) => (part.kind === kind ? [part.body.text.trim()] : []));
}

const OSV_SEVERITIES: ReadonlySet<string> = new Set(["CVSS_V2", "CVSS_V3", "CVSS_V4", "Ubuntu"]);

const REFERENCE_TYPES: ReadonlySet<string> = new Set([
  "ADVISORY",
  "ARTICLE",
  "DETECTION",
  "DISCUSSION",
  "REPORT",
  "FIX",
  "INTRODUCED",
  "GIT",
  "PACKAGE",
  "EVIDENCE",
  "WEB",
]);

const CREDIT_TYPES: ReadonlySet<string> = new Set([
  "FINDER",
  "REPORTER",
  "ANALYST",
  "COORDINATOR",
  "REMEDIATION_DEVELOPER",
  "REMEDIATION_REVIEWER",
  "REMEDIATION_VERIFIER",
  "TOOL",
  "SPONSOR",
  "OTHER",
]);

function affectedEntry({ package: named, purl, ranges, versions }: AffectedPackage): object {
  return {
    ...(named === undefined ? {} : { package: { ecosystem: named.ecosystem, name: named.name, ...(purl === undefined ? {} : { purl }) } }),
    ...listed("ranges", ranges.map(rangeEntry)),
    ...listed("versions", versions),
  };
}

function rangeEntry({ type, repository, events }: AffectedRange): object {
  return {
    type,
    ...(repository === undefined ? {} : { repo: repository }),
    events: events.map(({ kind, version }) => ({ [kind]: version })),
  };
}

function referenceEntry({ type, url }: { readonly type: string; readonly url: string }): { readonly type: string; readonly url: string } {
  const upper = type.toUpperCase();
  return { type: REFERENCE_TYPES.has(upper) ? upper : "WEB", url };
}

function fixReference({ kind, text }: PatchBody): readonly { readonly type: string; readonly url: string }[] {
  return kind === "commit" && isUri(text.trim()) ? [{ type: "FIX", url: text.trim() }] : [];
}

/** What no field has: a version that fixes is only said where no affected range names it. */
function patchWords({ kind, ecosystem, name, text }: PatchBody, affected: readonly AffectedPackage[]): readonly string[] {
  switch (kind) {
    case "fixed-version": {
      const isNamed = affected.some(
        (entry) =>
          (name === undefined || entry.package?.name === name) &&
          (ecosystem === undefined || entry.package?.ecosystem === ecosystem) &&
          entry.ranges.some(({ events }) => events.some((event) => event.kind === "fixed" && event.version === text.trim())),
      );
      return isNamed ? [] : [`Fixed in ${name === undefined ? "" : `${name} `}${text.trim()}.`];
    }
    case "commit":
      return isUri(text.trim()) ? [] : [`Fixed by commit ${text.trim()}.`];
    case "diff":
      return [`Patch:\n\n${indented(text)}`];
    case "mitigation":
      return [`Mitigation: ${text.trim()}`];
  }
}

/** A code block that nothing in the text can end. */
function indented(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

function creditEntry({ name, role, contact }: CreditBody): object {
  return { name, type: creditType(role), ...listed("contact", contact) };
}

function creditType(role: string): string {
  const upper = role.trim().toUpperCase().replaceAll(/[ -]/g, "_");
  return CREDIT_TYPES.has(upper) ? upper : "OTHER";
}

function listed<K extends string, T>(key: K, values: readonly T[]): { readonly [P in K]?: readonly T[] } {
  return values.length === 0 ? {} : ({ [key]: values } as { readonly [P in K]: readonly T[] });
}

function stringOr(key: string, text: string): object {
  return text === "" ? {} : { [key]: text };
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function uniqueBy<T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}

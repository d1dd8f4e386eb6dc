import type { AffectedRange } from "../../vocabulary/advisory.ts";
import type { PartBody } from "../../vocabulary/draft-advisory.ts";

/** Where in a part's body something stands that no record of OSV schema 1.7.5 can say, and what it could; undefined = all of it can be said. */
export function whyNotSayable(part: PartBody): { readonly place: string; readonly reason: string } | undefined {
  switch (part.kind) {
    case "affected": {
      const index = part.body.ranges.findIndex((range) => rangeFault(range) !== undefined);
      const range = part.body.ranges[index];
      return range === undefined ? undefined : { place: `ranges[${index}]`, reason: rangeFault(range) ?? "" };
    }
    case "severity": {
      const { type, vector } = part.body;
      const pattern = VECTORS.get(type);
      if (pattern === undefined || pattern.test(vector)) return undefined;
      return { place: "vector", reason: `expected a vector of ${type}, got ${JSON.stringify(vector.slice(0, 80))}` };
    }
    case "reference":
      return isUri(part.body.url)
        ? undefined
        : { place: "url", reason: "expected an address whose unusual characters are percent-encoded" };
    default:
      return undefined;
  }
}

function rangeFault({ type, repository, events }: AffectedRange): string | undefined {
  const kinds = new Set(events.map(({ kind }) => kind));
  if (kinds.has("fixed") && kinds.has("last_affected")) return "expected fixed or last_affected events in one range, got both";
  if (type !== "GIT") return undefined;
  if (repository === undefined) return "expected the repository of a range over commits";
  const commit = events.find(({ version }) => !/^(?:0|[a-f0-9]{40}|[a-f0-9]{64})$/.test(version));
  return commit === undefined ? undefined : `expected whole commit hashes, got ${JSON.stringify(commit.version.slice(0, 80))}`;
}

const V2 = metrics([
  ["AV", "NAL"],
  ["AC", "LMH"],
  ["Au", "MSN"],
  ["C", "NPC"],
  ["I", "NPC"],
  ["A", "NPC"],
  ["E", ["U", "POC", "F", "H", "ND"]],
  ["RL", ["OF", "TF", "W", "U", "ND"]],
  ["RC", ["UC", "UR", "C", "ND"]],
  ["CDP", ["N", "L", "LM", "MH", "H", "ND"]],
  ["TD", ["N", "L", "M", "H", "ND"]],
  ["CR", ["L", "M", "H", "ND"]],
  ["IR", ["L", "M", "H", "ND"]],
  ["AR", ["L", "M", "H", "ND"]],
]);
const V3 = metrics([
  ["AV", "NALP"],
  ["AC", "LH"],
  ["PR", "NLH"],
  ["UI", "NR"],
  ["S", "UC"],
  ["C", "NLH"],
  ["I", "NLH"],
  ["A", "NLH"],
  ["E", "XUPFH"],
  ["RL", "XOTWU"],
  ["RC", "XURC"],
  ["CR", "XLMH"],
  ["IR", "XLMH"],
  ["AR", "XLMH"],
  ["MAV", "XNALP"],
  ["MAC", "XLH"],
  ["MPR", "XNLH"],
  ["MUI", "XNR"],
  ["MS", "XUC"],
  ["MC", "XNLH"],
  ["MI", "XNLH"],
  ["MA", "XNLH"],
]);
/** CVSS 4.0 fixes the order: eleven that must be there, then those that may. */
const V4_BASE = [
  "AV:[NALP]",
  "AC:[LH]",
  "AT:[NP]",
  "PR:[NLH]",
  "UI:[NPA]",
  ...["VC", "VI", "VA", "SC", "SI", "SA"].map((name) => `${name}:[HLN]`),
];
const V4_MORE = [
  "E:[XAPU]",
  "CR:[XHML]",
  "IR:[XHML]",
  "AR:[XHML]",
  "MAV:[XNALP]",
  "MAC:[XLH]",
  "MAT:[XNP]",
  "MPR:[XNLH]",
  "MUI:[XNPA]",
  "MVC:[XNLH]",
  "MVI:[XNLH]",
  "MVA:[XNLH]",
  "MSC:[XNLH]",
  "MSI:[XNLHS]",
  "MSA:[XNLHS]",
  "S:[XNP]",
  "AU:[XNY]",
  "R:[XAUI]",
  "V:[XDC]",
  "RE:[XLMH]",
  "U:(?:X|Clear|Green|Amber|Red)",
];

const VECTORS: ReadonlyMap<string, RegExp> = new Map([
  ["CVSS_V2", new RegExp(`^${V2}(?:/${V2})*$`)],
  ["CVSS_V3", new RegExp(`^CVSS:3\\.[01]/${V3}(?:/${V3})*$`)],
  ["CVSS_V4", new RegExp(`^CVSS:4\\.0/${V4_BASE.join("/")}${V4_MORE.map((metric) => `(?:/${metric})?`).join("")}$`)],
  ["Ubuntu", /^(?:negligible|low|medium|high|critical)$/],
]);

/** One metric of a vector: a name and one of its values, a letter each or whole words. */
function metrics(table: readonly (readonly [name: string, values: string | readonly string[]])[]): string {
  return `(?:${table.map(([name, values]) => `${name}:(?:${[...values].join("|")})`).join("|")})`;
}

/** True for an address of the web as RFC 3986 has it: what browsers forgive is no URI to a validator. */
export function isUri(url: string): boolean {
  return /^https?:\/\/(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+(?:#(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?$/.test(url);
}

import type { Advisory } from "../../vocabulary/advisory.ts";
import type { CreditBody, PartBody } from "../../vocabulary/draft-advisory.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import { createLeftOut, type DraftDocument, type LeftOut, summaryParts, textParts } from "../draft-document.ts";
import { asObject, optionalList, optionalText, refusal, requiredText, textList } from "../json-reading.ts";
import { PRIVATE_ID_PREFIX } from "./draft-to-osv.ts";
import { readOsvRecord, readPlaced } from "./osv.ts";

/**
 * Reads an OSV record of schema 1.x into the parts of a draft advisory about the same vulnerability: its id and aliases become aliases.
 * @throws CodedError `document-invalid` (also for a withdrawn record) or `document-too-large`, placed below `place`
 */
export function osvToDraft(bytes: Uint8Array, place: string): DraftDocument {
  const advisory = readOsvRecord(bytes, place);
  if (advisory.withdrawn !== undefined) throw refusal(`${place}: withdrawn`, "a record that is in force", advisory.withdrawn);
  return readPlaced(bytes, place, (record) => documentOf(record, advisory));
}

function documentOf(record: JsonObject, advisory: Advisory): DraftDocument {
  const leftOut = createLeftOut();
  const parts: readonly PartBody[] = [
    ...summaryParts(optionalText(record, "summary", "") ?? ""),
    ...textParts("details", optionalText(record, "details", "") ?? ""),
    ...advisory.affected.map((body): PartBody => ({ kind: "affected", body })),
    ...severities(advisory, leftOut),
    ...advisory.weaknesses.map((text): PartBody => ({ kind: "weakness", body: { text } })),
    ...aliases(advisory, leftOut),
    ...advisory.references.map((body): PartBody => ({ kind: "reference", body })),
    ...credits(record),
  ];
  noteRest(record, advisory, leftOut);
  return { format: "osv", id: advisory.id, tlp: undefined, parts, leftOut: leftOut.list() };
}

/** Vectors, and the one scale of words that OSV has. A source's own word or number is what it made of them. */
const SEVERITY_TYPES: ReadonlySet<string> = new Set(["CVSS_V2", "CVSS_V3", "CVSS_V4", "Ubuntu"]);

function severities(advisory: Advisory, leftOut: LeftOut): readonly PartBody[] {
  const kept = new Map<string, PartBody>();
  for (const { type, score, package: named } of advisory.severities) {
    if (!SEVERITY_TYPES.has(type)) leftOut.add("severity", `${type} ${score} is neither a vector nor a scale of OSV's`);
    else if (named !== undefined)
      leftOut.add("affected.severity", `${type} ${score} is stated for ${named.name} alone; a draft states severity for all its packages`);
    else kept.set(`${type} ${score}`, { kind: "severity", body: { type, vector: score } });
  }
  return [...kept.values()];
}

/** A private id of another database, or of another draft, means nothing to others and may be confidential. */
function aliases(advisory: Advisory, leftOut: LeftOut): readonly PartBody[] {
  return [...new Set([advisory.id, ...advisory.aliases])].flatMap((text): readonly PartBody[] => {
    if (!text.startsWith(PRIVATE_ID_PREFIX)) return [{ kind: "alias", body: { text } }];
    leftOut.add(text === advisory.id ? "id" : "aliases", `${text} is a private id, which others cannot look up`);
    return [];
  });
}

function credits(record: JsonObject): readonly PartBody[] {
  return optionalList(record, "credits", "").map((value, index) => {
    const place = `credits[${index}]`;
    const credit = asObject(value, place);
    const body: CreditBody = {
      name: requiredText(credit, "name", place),
      role: optionalText(credit, "type", place) ?? "OTHER",
      contact: textList(credit, "contact", place),
    };
    return { kind: "credit", body };
  });
}

function noteRest(record: JsonObject, advisory: Advisory, leftOut: LeftOut): void {
  for (const key of ["upstream", "related"] as const) {
    if (advisory[key].length > 0) leftOut.add(key, `a draft names no ${key} records: ${advisory[key].slice(0, 5).join(", ")}`);
  }
  if (record["database_specific"] !== undefined)
    leftOut.add("database_specific", "only weaknesses are taken from what is the database's own");
}

import { CodedError } from "../../vocabulary/coded-error.ts";
import { parseInstant } from "../../vocabulary/instant.ts";
import type { Json, JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { asObject, optionalText, readEach, refusal, requiredList, requiredText } from "../json-reading.ts";
import { readJson, RECORD_LIMITS } from "../read-json.ts";

/** A catalogue of vulnerabilities known to be exploited, as CISA publishes it. */
export type KevCatalogue = {
  /** As stated, such as `2025.08.25`. */
  readonly catalogVersion: string;
  /** RFC 3339, as stated. */
  readonly dateReleased: string;
  readonly entries: readonly KevEntry[];
  /** Entries that were left out, and a stated count that is not the number of entries. */
  readonly problems: readonly Problem[];
};

/** Dates are `YYYY-MM-DD`. */
export type KevEntry = {
  readonly cve: string;
  readonly vendor: string;
  readonly product: string;
  readonly name: string;
  readonly dateAdded: string;
  readonly dueDate: string;
  readonly requiredAction: string;
  /** `unknown` is the catalogue's own word: not known to be used, which is no "no". */
  readonly ransomware: "known" | "unknown";
};

/**
 * Reads the catalogue; an entry that cannot be used, or repeats another's CVE, is kept aside.
 * @throws CodedError `document-invalid` when it is no catalogue, or no entry of it could be used.
 */
export function readKevCatalogue(bytes: Uint8Array): KevCatalogue {
  const catalogue = asObject(readJson(bytes, RECORD_LIMITS), "");
  const catalogVersion = requiredText(catalogue, "catalogVersion", "");
  const dateReleased = requiredText(catalogue, "dateReleased", "");
  if (parseInstant(dateReleased) === undefined) throw refusal("dateReleased", "an RFC 3339 time with a zone", dateReleased);
  const list = requiredList(catalogue, "vulnerabilities", "");

  const problems: Problem[] = [];
  const entries = new Map<string, KevEntry>();
  readEach(list, "vulnerabilities", problems, (value, place) => {
    const entry = readEntry(value, place);
    if (entries.has(entry.cve)) throw refusal(`${place}.cveID`, "a CVE id that no earlier entry has", entry.cve);
    entries.set(entry.cve, entry);
  });
  // Nothing usable would read as "nothing is known to be exploited any more".
  if (entries.size === 0) {
    const first = problems[0];
    const why = first === undefined ? "none" : `${problems.length} that cannot be used, the first at ${first.place}: ${first.reason}`;
    throw new CodedError("document-invalid", `Expected entries, found ${why}`, { place: "vulnerabilities" });
  }
  const count = catalogue["count"];
  if (count !== list.length) {
    problems.push({ place: "count", reason: `Expected ${list.length}, the number of entries, found ${JSON.stringify(count)}` });
  }
  return { catalogVersion, dateReleased, entries: [...entries.values()], problems };
}

function readEntry(value: Json, place: string): KevEntry {
  const entry = asObject(value, place);
  const cve = requiredText(entry, "cveID", place);
  if (!/^CVE-\d{4}-\d{4,19}$/.test(cve)) throw refusal(`${place}.cveID`, "a CVE id", cve);
  return {
    cve,
    vendor: requiredText(entry, "vendorProject", place),
    product: requiredText(entry, "product", place),
    name: requiredText(entry, "vulnerabilityName", place),
    dateAdded: readDate(entry, "dateAdded", place),
    dueDate: readDate(entry, "dueDate", place),
    requiredAction: requiredText(entry, "requiredAction", place),
    ransomware: optionalText(entry, "knownRansomwareCampaignUse", place)?.toLowerCase() === "known" ? "known" : "unknown",
  };
}

function readDate(entry: JsonObject, key: string, place: string): string {
  const date = requiredText(entry, key, place);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || parseInstant(date) === undefined) throw refusal(`${place}.${key}`, "a date YYYY-MM-DD", date);
  return date;
}

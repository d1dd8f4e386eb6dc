import type {
  Advisory,
  AdvisoryReference,
  AffectedPackage,
  AffectedRange,
  PackageName,
  RangeEvent,
  RangeEventKind,
  StatedSeverity,
} from "../../vocabulary/advisory.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import { parseInstant } from "../../vocabulary/instant.ts";
import type { Json, JsonObject } from "../../vocabulary/json.ts";
import {
  asObject,
  below,
  optionalList,
  optionalObject,
  optionalText,
  refusal,
  requiredList,
  requiredText,
  textList,
} from "../json-reading.ts";
import { readJson, RECORD_LIMITS } from "../read-json.ts";
import { statedRatings } from "./stated-ratings.ts";

/**
 * Reads one OSV record of schema 1.x. Fields that the schema does not have are ignored.
 * @throws CodedError `document-invalid` or `document-too-large`, placed below `place`.
 */
export function readOsvRecord(bytes: Uint8Array, place: string): Advisory {
  return readPlaced(bytes, place, readRecord);
}

/** The record's long text, Markdown as received; empty when it has none. @throws like `readOsvRecord` */
export function readOsvDetails(bytes: Uint8Array, place: string): string {
  return readPlaced(bytes, place, (record) => optionalText(record, "details", "") ?? "");
}

/** Reads the record's JSON; what is refused is placed below `place`. @throws CodedError `document-invalid`, `document-too-large` */
export function readPlaced<T>(bytes: Uint8Array, place: string, read: (record: JsonObject) => T): T {
  try {
    return read(asObject(readJson(bytes, RECORD_LIMITS), ""));
  } catch (error) {
    if (!isCodedError(error)) throw error;
    const inside = error.place === undefined || error.place === "" ? place : `${place}: ${error.place}`;
    throw new CodedError(error.code, error.message, { cause: error, place: inside });
  }
}

function readRecord(record: JsonObject): Advisory {
  checkSchemaVersion(record);
  const id = readId(record["id"], "id");
  const affected = optionalList(record, "affected", "").map((entry, index) => asObject(entry, `affected[${index}]`));
  return {
    id,
    modified: readInstant(requiredText(record, "modified", ""), "modified"),
    published: optionalInstant(record, "published"),
    withdrawn: optionalInstant(record, "withdrawn"),
    aliases: readIds(record, "aliases"),
    upstream: readIds(record, "upstream"),
    related: readIds(record, "related"),
    summary: readSummary(record),
    severities: readSeverities(record, affected),
    weaknesses: readWeaknesses(record, affected),
    affected: affected.map((entry, index) => readAffected(entry, `affected[${index}]`)),
    references: optionalList(record, "references", "").map((entry, index) => readReference(entry, `references[${index}]`)),
    license: readLicense(record),
    kind: id.startsWith("MAL-") ? "malware" : "vulnerability",
  };
}

/** A minor version only adds fields; a major one may change what the others mean. Records before 1.0 state none. */
function checkSchemaVersion(record: JsonObject): void {
  const version = optionalText(record, "schema_version", "");
  if (version !== undefined && !/^1\.\d+/.test(version)) throw refusal("schema_version", "an OSV schema version 1.x", version);
}

const LONGEST_ID = 200;

/** Ids become file names and parts of URLs: no slash, no control character, no leading dot. */
function readId(value: Json | undefined, place: string): string {
  if (typeof value === "string" && value.length <= LONGEST_ID && /^[^./\\\p{C}][^/\\\p{C}]*$/u.test(value)) return value;
  throw refusal(place, `an id of at most ${LONGEST_ID} characters without slashes, control characters or a leading dot`, value);
}

function readIds(record: JsonObject, key: string): readonly string[] {
  const ids = optionalList(record, key, "").map((value, index) => readId(value, `${key}[${index}]`));
  return ids.length > 1 ? [...new Set(ids)] : ids;
}

function optionalInstant(record: JsonObject, key: string): string | undefined {
  const text = optionalText(record, key, "");
  return text === undefined ? undefined : readInstant(text, key);
}

function readInstant(text: string, place: string): string {
  if (parseInstant(text) === undefined) throw refusal(place, "an RFC 3339 time with a zone", text);
  return text;
}

const LONGEST_SUMMARY = 160;

/** Sources without summaries (PyPA, OSS-Fuzz) would leave a list of blanks: the first line of the details stands in. */
function readSummary(record: JsonObject): string {
  const summary = optionalText(record, "summary", "")?.trim();
  if (summary !== undefined && summary !== "") return summary;
  const line = /\S.*/.exec(optionalText(record, "details", "") ?? "")?.[0].trim() ?? "";
  return line.length > LONGEST_SUMMARY ? `${line.slice(0, LONGEST_SUMMARY - 1).toWellFormed()}…` : line;
}

function readSeverities(record: JsonObject, affected: readonly JsonObject[]): readonly StatedSeverity[] {
  const lists = [readSeverityList(record, "", undefined), statedRatings(record["database_specific"], undefined)];
  for (const [index, entry] of affected.entries()) {
    if (entry["severity"] === undefined && entry["database_specific"] === undefined && entry["ecosystem_specific"] === undefined) continue;
    const place = `affected[${index}]`;
    const name = readPackage(entry, place)?.name;
    lists.push(
      readSeverityList(entry, place, name),
      statedRatings(entry["ecosystem_specific"], name),
      statedRatings(entry["database_specific"], name),
    );
  }
  return withoutRepeats(lists.flat());
}

function withoutRepeats(severities: readonly StatedSeverity[]): readonly StatedSeverity[] {
  if (severities.length < 2) return severities;
  const keyOf = ({ type, score, package: named }: StatedSeverity): string => [type, score, named?.ecosystem, named?.name].join("\0");
  return [...new Map(severities.toReversed().map((severity) => [keyOf(severity), severity])).values()].toReversed();
}

function readSeverityList(parent: JsonObject, place: string, name: PackageName | undefined): StatedSeverity[] {
  return optionalList(parent, "severity", place).map((value, index) => {
    const at = `${below(place, "severity")}[${index}]`;
    const entry = asObject(value, at);
    return { type: requiredText(entry, "type", at), score: requiredText(entry, "score", at), package: name };
  });
}

function readWeaknesses(record: JsonObject, affected: readonly JsonObject[]): readonly string[] {
  const found = new Set<string>();
  for (const parent of [record, ...affected]) {
    const specific = parent["database_specific"];
    if (specific === undefined) continue;
    // The schema leaves the inside of `database_specific` to each source, so nothing in it is an error.
    for (const key of ["cwe_ids", "cwes", "cwe"]) collectWeaknesses(asLooseObject(specific)[key], found);
  }
  return [...found];
}

function collectWeaknesses(value: Json | undefined, found: Set<string>): void {
  for (const entry of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
    const id = typeof entry === "string" ? entry : asLooseObject(entry)["cweId"];
    if (typeof id === "string" && /^CWE-\d{1,6}$/.test(id)) found.add(id);
  }
}

function readLicense(record: JsonObject): string | undefined {
  const license = asLooseObject(record["database_specific"])["license"];
  return typeof license === "string" && /^[\w.+() -]{1,100}$/.test(license) ? license : undefined;
}

const NOTHING: JsonObject = Object.freeze(Object.create(null));

function asLooseObject(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : NOTHING;
}

function readAffected(entry: JsonObject, place: string): AffectedPackage {
  const named = readPackage(entry, place);
  return {
    package: named?.name,
    purl: named?.purl,
    ranges: optionalList(entry, "ranges", place).map((range, index) => readRange(range, `${place}.ranges[${index}]`)),
    versions: textList(entry, "versions", place),
  };
}

function readPackage(entry: JsonObject, place: string): { readonly name: PackageName; readonly purl: string | undefined } | undefined {
  const named = optionalObject(entry, "package", place);
  if (named === undefined) return undefined;
  const at = `${place}.package`;
  const name = { ecosystem: readName(named, "ecosystem", at), name: readName(named, "name", at) };
  return { name, purl: optionalText(named, "purl", at) };
}

/** Names stand in database keys, whose length is bounded. */
const LONGEST_NAME = 500;

function readName(named: JsonObject, key: string, place: string): string {
  const name = requiredText(named, key, place);
  if (name.length <= LONGEST_NAME && !/\p{Cc}/u.test(name)) return name;
  throw refusal(below(place, key), `at most ${LONGEST_NAME} characters and no control character`, name);
}

function readRange(value: Json, place: string): AffectedRange {
  const range = asObject(value, place);
  const events: RangeEvent[] = [];
  for (const [index, event] of requiredList(range, "events", place).entries()) {
    readEvents(event, `${place}.events[${index}]`, events);
  }
  // Without one nothing would be affected, silently.
  if (!events.some((event) => event.kind === "introduced")) {
    throw refusal(`${place}.events`, "an introduced event", events.map((event) => event.kind).join(", ") || "no event");
  }
  return { type: requiredText(range, "type", place), repository: optionalText(range, "repo", place), events };
}

const EVENT_KINDS: readonly RangeEventKind[] = ["introduced", "fixed", "last_affected", "limit"];

/** The schema wants one kind an object; old records have several, which mean the same as one object each. */
function readEvents(value: Json, place: string, events: RangeEvent[]): void {
  const event = asObject(value, place);
  const before = events.length;
  for (const kind of EVENT_KINDS) {
    const version = optionalText(event, kind, place);
    if (version !== undefined) events.push({ kind, version });
  }
  // An unknown kind may end the range: to pass over it would be to guess.
  if (events.length === before) throw refusal(place, EVENT_KINDS.join(", "), Object.keys(event).join(", ") || "no kind of event");
}

function readReference(value: Json, place: string): AdvisoryReference {
  const reference = asObject(value, place);
  return { type: requiredText(reference, "type", place), url: requiredText(reference, "url", place) };
}

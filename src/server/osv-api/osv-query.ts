import { isPurlRefusal, parsePurl } from "../../formats/purl/purl.ts";
import { baseEcosystemName, ecosystemOf, type OsvPackage, packageOfPurl } from "../../matching/ecosystems/ecosystem-of.ts";
import { GIT_ECOSYSTEM } from "../../matching/commit-lookup.ts";
import { repositoryName } from "../../matching/commits.ts";
import { baseEcosystemNames } from "../../matching/ecosystems/osv-ecosystems.ts";
import { sourcesUnsaidIn } from "../../matching/source-names.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import { readPageToken } from "./page-token.ts";

/** What an OSV query asks, with every reason to refuse it out of the way. */
export type OsvQuery =
  | {
      readonly kind: "package";
      /** With its suffix; undefined = whichever ecosystem has a package of this name, and then there is a version. */
      readonly ecosystem: string | undefined;
      readonly name: string;
      /** Undefined = every advisory of the package. */
      readonly version: string | undefined;
      /** Set by a purl where advisories go by source packages. `unstated` = the name may be a binary package's, and no other purl of the batch names a source. */
      readonly source?: OsvPackage["source"];
      /** The id after which a continued answer goes on. */
      readonly after: string | undefined;
    }
  /** The hash in lower case. */
  | { readonly kind: "commit"; readonly commit: string }
  /** A purl of a type that no OSV ecosystem has: by the API's contract not an error, and its answer is empty. */
  | { readonly kind: "unknown-purl" };

export type PackageQuery = Extract<OsvQuery, { kind: "package" }>;

const MAX_QUERIES = 1000;

/** @throws CodedError `input-invalid` in the words of the OSV API. */
export function readOsvQuery(body: Json | undefined): OsvQuery {
  if (body === undefined || body === null) throw refusal("no query provided");
  if (!isJsonObject(body)) throw refusal("invalid query");
  const query = fieldsOf(body, QUERY_FIELDS, "");
  const commit = textOf(query, "commit", "");
  const version = textOf(query, "version", "");
  const pageToken = textOf(query, "page_token", "") ?? "";
  if (commit !== undefined && version !== undefined) throw refusal("invalid query");
  if (commit !== undefined) {
    if (!/^(?:[0-9a-f]{2})+$/i.test(commit)) throw refusal("invalid hash");
    return { kind: "commit", commit: commit.toLowerCase() };
  }
  return readPackageQuery(query["package"], version === "" ? undefined : version, pageToken);
}

/** @throws CodedError `input-invalid`: the first query that is refused refuses the batch, and is named by its index. */
export function readOsvBatch(body: Json | undefined): readonly OsvQuery[] {
  if (body === undefined || body === null) return [];
  if (!isJsonObject(body)) throw refusal("invalid query");
  const queries = fieldsOf(body, BATCH_FIELDS, "")["queries"] ?? [];
  if (!Array.isArray(queries)) throw refusal("queries: expected a list");
  const list = queries as readonly Json[];
  if (list.length > MAX_QUERIES) throw refusal("too many queries");
  return withSourcesOfBatch(
    list.map((query, index) => {
      try {
        return readOsvQuery(query);
      } catch (error) {
        throw isCodedError(error) ? inQuery(index, error) : error;
      }
    }),
  );
}

/** A batch is a client's document, or a piece of one: a purl that names its source says for the others that theirs have the same name. */
function withSourcesOfBatch(queries: readonly OsvQuery[]): readonly OsvQuery[] {
  const isSourceUnsaid = sourcesUnsaidIn(queries.filter((query) => query.kind === "package"));
  return queries.map((query) => {
    if (query.kind !== "package" || query.source !== "unstated" || isSourceUnsaid(query)) return query;
    const { source: _, ...settled } = query;
    return settled;
  });
}

/** The refusal of one query as the refusal of its batch. */
export function inQuery(index: number, error: CodedError): CodedError {
  return new CodedError(error.code, `error in query at index ${index}: ${error.message}`, { cause: error });
}

/** Names as protobuf's JSON mapping takes them: the field's own name and its camel case are the same field. */
const QUERY_FIELDS = fieldNames("commit", "version", "package", "page_token");
const BATCH_FIELDS = fieldNames("queries");
const PACKAGE_FIELDS = fieldNames("name", "ecosystem", "purl");

const knownEcosystems: ReadonlySet<string> = new Set([...baseEcosystemNames, GIT_ECOSYSTEM]);

function readPackageQuery(value: Json | undefined, version: string | undefined, pageToken: string): OsvQuery {
  if (value === undefined || value === null) throw refusal("invalid query");
  if (!isJsonObject(value)) throw refusal("package: expected an object");
  const given = fieldsOf(value, PACKAGE_FIELDS, "package.");
  const name = textOf(given, "name", "package.") ?? "";
  const ecosystem = textOf(given, "ecosystem", "package.") ?? "";
  const purl = textOf(given, "purl", "package.") ?? "";
  if (purl === "") return packageQuery(ecosystem === "" ? undefined : ecosystem, name, version, pageToken);

  if (name !== "") throw refusal("name specified in a PURL query");
  if (ecosystem !== "") throw refusal("ecosystem specified in a PURL query");
  const parsed = parsePurl(purl);
  if (isPurlRefusal(parsed)) throw refusal(`invalid PURL: ${parsed.reason}`);
  const named = packageOfPurl(parsed);
  if (named === undefined) return { kind: "unknown-purl" };
  if (version !== undefined && parsed.version !== undefined) throw refusal("version specified in params and PURL query");
  const query = packageQuery(named.ecosystem, named.name, version ?? named.version ?? parsed.version, pageToken);
  return named.source === undefined ? query : { ...query, source: named.source };
}

function packageQuery(ecosystem: string | undefined, name: string, version: string | undefined, pageToken: string): PackageQuery {
  if (name === "" || (ecosystem === undefined && version === undefined)) throw refusal("invalid query");
  if (ecosystem !== undefined && !knownEcosystems.has(baseEcosystemName(ecosystem)) && ecosystemOf(ecosystem) === undefined) {
    throw refusal("invalid ecosystem");
  }
  const asNamed = ecosystem === GIT_ECOSYSTEM ? repositoryName(name) : name;
  const query: PackageQuery = { kind: "package", ecosystem, name: asNamed, version, after: undefined };
  return pageToken === "" ? query : { ...query, after: readPageToken(query, pageToken) };
}

function fieldNames(...names: readonly string[]): ReadonlyMap<string, string> {
  const camelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return new Map(names.flatMap((name) => [[name, name] as const, [camelCase(name), name] as const]));
}

/** The fields that are there under their own names. An unknown one is refused, as protobuf does: a misspelt `version` would ask something else. */
function fieldsOf(value: JsonObject, names: ReadonlyMap<string, string>, place: string): JsonObject {
  const fields: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const name = names.get(key);
    if (name === undefined) throw refusal(`unknown field ${JSON.stringify(`${place}${key}`.slice(0, 100))}`);
    const field = value[key];
    if (field === undefined || field === null) continue;
    if (fields[name] !== undefined) throw refusal(`${place}${name}: expected it once`);
    fields[name] = field;
  }
  return fields;
}

function textOf(fields: JsonObject, name: string, place: string): string | undefined {
  const value = fields[name];
  if (value !== undefined && typeof value !== "string") throw refusal(`${place}${name}: expected a string`);
  return value;
}

function refusal(message: string): CodedError {
  return new CodedError("input-invalid", message);
}

import { isPurlRefusal, parsePurl } from "../../formats/purl/purl.ts";
import { packageOfPurl } from "../../matching/ecosystems/ecosystem-of.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";

/** What somebody who types this may mean. Each is tried in turn. */
export type SearchText =
  | { readonly kind: "package"; readonly ecosystem: string; readonly name: string; readonly version: string | undefined }
  | {
      readonly kind: "words";
      readonly words: string;
      /** The text as an id in the spellings that sources use. */
      readonly ids: readonly string[];
      /** The text as a package and a version. */
      readonly packageVersion: { readonly name: string; readonly version: string } | undefined;
    };

/** Undefined = nothing was asked. @throws CodedError `input-invalid` for a broken package URL */
export function readSearchText(text: string | undefined): SearchText | undefined {
  // PostgreSQL takes no NUL in a text, and no word has one.
  const asked = (text ?? "").replaceAll("\0", " ").toWellFormed().trim();
  if (asked === "") return undefined;
  if (/^pkg:/i.test(asked)) return readPurl(asked);
  return { kind: "words", words: asked, ids: idSpellings(asked), packageVersion: readPackageVersion(asked) };
}

function readPurl(text: string): SearchText {
  const purl = parsePurl(text);
  if (isPurlRefusal(purl)) throw new CodedError("input-invalid", purl.reason, { place: "query.text" });
  const named = packageOfPurl(purl);
  if (named === undefined) {
    throw new CodedError("input-invalid", `expected a package URL of a type that OSV has an ecosystem for, got ${purl.type}`, {
      place: "query.text",
    });
  }
  return { kind: "package", ...named, version: purl.version };
}

/** Ids are case-sensitive, people are not: CVE and most others are in capitals, GHSA ids in small letters after their prefix. */
function idSpellings(text: string): readonly string[] {
  if (/\s/.test(text)) return [];
  const capitals = text.toUpperCase();
  const github = /^ghsa-/i.test(text) ? [`GHSA-${text.slice(5).toLowerCase()}`] : [];
  return [...new Set([text, capitals, ...github])];
}

/** `lodash 4.17.15`, `lodash@4.17.15`, `@babel/core@7.0.0`. What follows must begin like a version. */
function readPackageVersion(text: string): { readonly name: string; readonly version: string } | undefined {
  const [, name, version] = /^(\S+?)(?:\s+|@)(v?\d[^\s@]*)$/.exec(text) ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}

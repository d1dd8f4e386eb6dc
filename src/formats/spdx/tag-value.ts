import { CodedError } from "../../vocabulary/coded-error.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import type { Problem } from "../../vocabulary/problem.ts";
import { describe, refusal } from "../json-reading.ts";
import { linesOf } from "../text-lines.ts";

/** A tag-value document in the shape of the JSON form, and the line of each place in that. */
export type TagValue = {
  readonly sbom: JsonObject;
  readonly problems: readonly Problem[];
  readonly lineOf: (place: string) => string;
};

/**
 * Reads the tags that the JSON form has as members that are read; the others are passed over, whatever is in them.
 * @throws CodedError `document-invalid` at `line N`, `document-too-large`.
 */
export function readTagValue(text: string): TagValue {
  const reader = newTagReader();
  for (const { tag, value, place } of tagsOf(text, reader.problems)) reader.take(tag, value, place);
  return reader.done();
}

type Tag = { readonly tag: string; readonly value: string; readonly place: string };

const OPEN = "<text>";
const CLOSE = "</text>";

/** The tags with their values, those over several lines put together: tags inside such a text are none. */
function* tagsOf(text: string, problems: Problem[]): Generator<Tag> {
  let open: { readonly tag: string; readonly place: string; readonly lines: string[] } | undefined;
  for (const { text: line, place } of linesOf(text)) {
    if (open !== undefined) {
      open.lines.push(line);
      if (!line.includes(CLOSE)) continue;
      yield { tag: open.tag, place: open.place, value: unwrapped(open.lines.join("\n")) };
      open = undefined;
      continue;
    }
    if (/^\s*(?:#|$)/.test(line)) continue;
    const colon = line.indexOf(":");
    const tag = line.slice(0, Math.max(colon, 0)).trim();
    if (!/^[A-Za-z]{1,60}$/.test(tag)) {
      problems.push({ place, reason: `Expected a tag, a colon and a value, found ${describe(line)}` });
      continue;
    }
    const value = line.slice(colon + 1).trim();
    if (value.startsWith(OPEN) && !value.includes(CLOSE)) open = { tag, place, lines: [value] };
    else yield { tag, place, value: unwrapped(value) };
  }
  // What follows would be taken for text, and its packages for nothing.
  if (open !== undefined) throw refusal(open.place, `${CLOSE} after ${OPEN}`, undefined);
}

function unwrapped(value: string): string {
  return value.startsWith(OPEN) ? value.slice(OPEN.length, value.indexOf(CLOSE)).trim() : value;
}

/** Members of a package that one tag gives. */
const MEMBERS: Readonly<Record<string, string | undefined>> = {
  SPDXID: "SPDXID",
  PackageVersion: "versionInfo",
  PrimaryPackagePurpose: "primaryPackagePurpose",
};

/** Tags with which the description of something else than a package begins. */
const OTHER_ELEMENTS: ReadonlySet<string> = new Set(["SPDXVersion", "FileName", "SnippetSPDXID", "LicenseID"]);

const MAX_ELEMENTS = 3_000_000;

type OpenPackage = {
  readonly entry: Record<string, string | JsonObject[]>;
  readonly externalRefs: JsonObject[];
  readonly lines: Map<string, string>;
};

function newTagReader(): {
  readonly problems: Problem[];
  readonly take: (tag: string, value: string, place: string) => void;
  readonly done: () => TagValue;
} {
  const problems: Problem[] = [];
  const packages: OpenPackage[] = [];
  const relationships: JsonObject[] = [];
  const relationshipLines: string[] = [];
  const document: Record<string, string> = {};
  let current: OpenPackage | undefined;

  function take(tag: string, value: string, place: string): void {
    if (tag === "PackageName") {
      const externalRefs: JsonObject[] = [];
      current = { entry: { name: value, externalRefs }, externalRefs, lines: new Map([["", place]]) };
      packages.push(current);
    } else if (OTHER_ELEMENTS.has(tag)) {
      current = undefined;
      if (tag === "SPDXVersion") document["spdxVersion"] ??= value;
    } else if (tag === "DocumentName") {
      document["name"] ??= value;
    } else if (tag === "Relationship") {
      takeRelationship(value, place);
    } else if (current !== undefined && tag === "ExternalRef") {
      takeExternalRef(current, value, place);
    } else if (current !== undefined) {
      const member = MEMBERS[tag];
      if (member !== undefined) takeMember(current, member, tag, value, place);
    }
    if (packages.length + relationships.length > MAX_ELEMENTS) {
      throw new CodedError("document-too-large", `Expected at most ${MAX_ELEMENTS} packages and relationships, found more`, { place });
    }
  }

  function takeMember({ entry, lines }: OpenPackage, member: string, tag: string, value: string, place: string): void {
    if (entry[member] !== undefined)
      problems.push({ place, reason: `Expected one ${tag} of a package, found another: ${describe(value)}` });
    entry[member] ??= value;
    lines.set(member, lines.get(member) ?? place);
  }

  function takeExternalRef({ externalRefs, lines }: OpenPackage, value: string, place: string): void {
    const [category, type, locator, ...more] = value.split(/\s+/, 4);
    if (category === undefined || type === undefined || locator === undefined || more.length > 0) {
      problems.push({ place, reason: `Expected a category, a type and a locator, found ${describe(value)}` });
      return;
    }
    if (type !== "purl") return;
    lines.set(`externalRefs[${externalRefs.length}]`, place);
    externalRefs.push({ referenceCategory: category, referenceType: type, referenceLocator: locator });
  }

  function takeRelationship(value: string, place: string): void {
    const [from, type, to, ...more] = value.split(/\s+/, 4);
    if (from === undefined || type === undefined || to === undefined || more.length > 0) {
      problems.push({ place, reason: `Expected an element, a type and an element, found ${describe(value)}` });
      return;
    }
    relationships.push({ spdxElementId: from, relationshipType: type, relatedSpdxElement: to });
    relationshipLines.push(place);
  }

  function lineOf(place: string): string {
    const [, list, index, member = ""] = /^(packages|relationships)\[(\d+)\](?:\.(\w+(?:\[\d+\])?))?/.exec(place) ?? [];
    if (list === "relationships") return relationshipLines[Number(index)] ?? place;
    const lines = list === undefined ? undefined : packages[Number(index)]?.lines;
    return lines?.get(member) ?? lines?.get("") ?? place;
  }

  const done = (): TagValue => ({ sbom: { ...document, packages: packages.map(({ entry }) => entry), relationships }, problems, lineOf });
  return { problems, take, done };
}

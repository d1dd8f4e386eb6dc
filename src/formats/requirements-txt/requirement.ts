import { refusal } from "../json-reading.ts";
import { withoutControls } from "../looked-up-text.ts";
import { pinnedVersion } from "../python-project.ts";

/** A requirement of one project, as PEP 508 writes it or by an address that names the project. */
export type Requirement = {
  readonly name: string;
  /** Undefined where the requirement leaves a choice. */
  readonly version: string | undefined;
  /** The specifier as written, without blanks at its ends. */
  readonly range: string | undefined;
};

const NAME = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)$/s;
const SPECIFIER = /^(?:~=|===?|!=|<=?|>=?)\s*[^\s,;()|<>=^~]+$/;
const ARCHIVE = /\.(?:whl|zip|tgz|tar\.(?:gz|bz2|xz))$/i;

/**
 * Reads what stands in a line before its options. Undefined for a directory, which is the project's own code.
 * @throws CodedError `document-invalid` where it cannot be told which project is required.
 */
export function parseRequirement(text: string, place: string): Requirement | undefined {
  withoutControls(text, place);
  const [beforeMarker = ""] = text.split(/\s;|;\s/, 1);
  if (isAddress(beforeMarker.trim())) return byAddress(beforeMarker.trim(), place);
  const [, name = "", rest = ""] = NAME.exec(text) ?? [];
  if (!/[A-Za-z0-9]$/.test(name)) throw refusal(place, "a requirement such as name==1.0", text);
  if (rest.startsWith("@")) return { name, version: wheelOf(rest.slice(1).trim())?.version, range: undefined };
  const [specifier = ""] = rest.split(";", 1);
  const range = withoutBrackets(specifier.trim());
  const parts = range.split(",").map((part) => part.trim());
  // A comma at the end is allowed.
  const stated = parts.at(-1) === "" ? parts.slice(0, -1) : parts;
  if (stated.some((part) => !SPECIFIER.test(part))) throw refusal(place, "a requirement such as name==1.0", text);
  return { name, version: pinnedVersion(range), range: range === "" ? undefined : range };
}

/** A path or address in the place of a name. */
function isAddress(text: string): boolean {
  if (/^(?:\.|\/|~\/|[A-Za-z][A-Za-z0-9+.-]*:)/.test(text)) return true;
  const [first = ""] = text.split(/[<>=!~;@\s]/, 1);
  return first.includes("/") || (first === text && ARCHIVE.test(text));
}

function byAddress(text: string, place: string): Requirement | undefined {
  const wheel = wheelOf(text);
  if (wheel !== undefined) return { ...wheel, range: undefined };
  const [, egg] = /#(?:[^#]*&)?egg=([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(text) ?? [];
  if (egg !== undefined) return { name: egg, version: undefined, range: undefined };
  const [address = ""] = text.split(/[#?]/, 1);
  const isLocal = !/^[A-Za-z][A-Za-z0-9+.-]+:/.test(text) || /^file:/i.test(text);
  if (isLocal && !ARCHIVE.test(address)) return undefined;
  throw refusal(place, "an address that names its project, with name @ or #egg=", text);
}

/** The name of a wheel says what it is: `name-version(-build)-python-abi-platform.whl`. */
function wheelOf(address: string): { readonly name: string; readonly version: string } | undefined {
  const [path = ""] = address.split(/[#?\s]/, 1);
  const file = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  if (!/\.whl$/i.test(file)) return undefined;
  const parts = file.slice(0, -4).split("-", 7);
  const [name = "", version = ""] = parts;
  if ((parts.length !== 5 && parts.length !== 6) || version === "" || !/^[A-Za-z0-9](?:[A-Za-z0-9._]*[A-Za-z0-9])?$/.test(name))
    return undefined;
  return { name, version: version.replaceAll("%2B", "+").replaceAll("%21", "!") };
}

/** `name (>=1)` is the older way of writing `name>=1`. */
function withoutBrackets(specifier: string): string {
  return specifier.startsWith("(") && specifier.endsWith(")") ? specifier.slice(1, -1).trim() : specifier;
}

import type { ParsedPurl } from "../inventory-format.ts";
import { purlTypeRule, type CasedPart } from "./purl-types.ts";

/** Why a text is no package URL, or why parts make none, in a reader's words. */
export type PurlRefusal = { readonly reason: string };

/**
 * `strict` admits what ECMA-427 admits. `tolerant` also takes what generators write and whose meaning is certain:
 * qualifier keys in upper case, no namespace or qualifier where the type requires one (`pkg:golang/stdlib`).
 */
export type PurlMode = "strict" | "tolerant";

/** The decoded parts of a package URL, as `buildPurl` takes them. */
export type PurlParts = {
  readonly type: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  readonly qualifiers?: Readonly<Record<string, string>> | undefined;
  readonly subpath?: string | undefined;
};

/** Parses and normalises a package URL (ECMA-427). `qualifiers` has no prototype, so that any key may be looked up in it. */
export function parsePurl(text: string, mode: PurlMode = "tolerant"): ParsedPurl | PurlRefusal {
  try {
    return normalise(split(text, mode), mode);
  } catch (error) {
    if (error instanceof Refused) return { reason: error.message };
    throw error;
  }
}

/** Writes the canonical package URL of the parts. */
export function buildPurl(parts: PurlParts): string | PurlRefusal {
  try {
    return write(normalise({ ...parts, qualifiers: checkedQualifiers(parts.qualifiers ?? {}) }, "strict"));
  } catch (error) {
    if (error instanceof Refused) return { reason: error.message };
    throw error;
  }
}

/** True when parsing or building was refused. */
export function isPurlRefusal(result: ParsedPurl | string | PurlRefusal): result is PurlRefusal {
  return typeof result === "object" && "reason" in result;
}

class Refused extends Error {}

function split(text: string, mode: PurlMode): PurlParts {
  const [beforeSubpath, subpath] = cutAtLast(text, "#");
  const [beforeQualifiers, qualifiers] = cutAtLast(beforeSubpath, "?");
  const scheme = /^pkg:\/*/i.exec(beforeQualifiers);
  if (scheme === null) throw new Refused('Expected a package URL that begins with "pkg:"');
  const rest = beforeQualifiers.slice(scheme[0].length);
  const slash = rest.indexOf("/");
  if (slash === -1) throw new Refused('Expected a type, a "/" and a name after "pkg:"');
  const [path, version] = cutAtVersion(rest.slice(slash + 1).replace(/^\/+/, ""));
  const segments = segmentsOf(path);
  if (segments.length === 0 || path.endsWith("/")) throw new Refused("Expected a name before the version");
  const type = rest.slice(0, slash).toLowerCase();
  const nameFrom = purlTypeRule(type).nameHasSegments === true && segments.length > 1 ? 1 : segments.length - 1;
  return {
    type,
    namespace: decodedSegments(segments.slice(0, nameFrom), "namespace").join("/"),
    name: segments
      .slice(nameFrom)
      .map((segment) => decode(segment, "name"))
      .join("/"),
    version: version === undefined ? undefined : decode(version, "version"),
    qualifiers: qualifiers === undefined ? {} : parseQualifiers(qualifiers, mode),
    subpath: subpath === undefined ? undefined : decodedSegments(segmentsOf(subpath), "subpath").join("/"),
  };
}

/** The last `@` begins the version, unless it begins a scope written unencoded: `@babel/core`. */
function cutAtVersion(path: string): readonly [string, string | undefined] {
  const at = path.lastIndexOf("@");
  const beginsScope = (at === 0 || path[at - 1] === "/") && path.includes("/", at);
  return at === -1 || beginsScope ? [path, undefined] : [path.slice(0, at), path.slice(at + 1)];
}

function cutAtLast(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.lastIndexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function decodedSegments(segments: readonly string[], part: CasedPart): string[] {
  return segments.map((segment) => {
    const decoded = decode(segment, part);
    if (decoded.includes("/")) throw new Refused(`Expected no encoded "/" inside a segment of the ${part}`);
    return decoded;
  });
}

function decode(text: string, part: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refused(`Expected percent-encoded UTF-8 in the ${part}`);
  }
}

function parseQualifiers(text: string, mode: PurlMode): Readonly<Record<string, string>> {
  const qualifiers: Record<string, string> = Object.create(null);
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    if (equals === -1) throw new Refused("Expected every qualifier to be key=value");
    const key = qualifierKey(pair.slice(0, equals), mode);
    if (key in qualifiers) throw new Refused(`Expected the qualifier ${key} once`);
    qualifiers[key] = decode(pair.slice(equals + 1), "qualifiers");
  }
  return qualifiers;
}

function checkedQualifiers(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const qualifiers: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(given)) {
    qualifiers[qualifierKey(key, "strict")] = value;
  }
  return qualifiers;
}

/** The official cases admit `repositorY_url` and refuse `Platform`: under `strict`, a key may not begin in upper case. */
function qualifierKey(written: string, mode: PurlMode): string {
  const pattern = mode === "strict" ? /^[a-z_][A-Za-z0-9._-]*$/ : /^[A-Za-z_][A-Za-z0-9._-]*$/;
  if (!pattern.test(written)) {
    throw new Refused("Expected a qualifier key of lower-case letters, digits, dots, dashes and underscores, beginning with a letter");
  }
  return written.toLowerCase();
}

function normalise(parts: PurlParts, mode: PurlMode): ParsedPurl {
  const type = parts.type.toLowerCase();
  if (!/^[a-z][a-z0-9.+-]*$/.test(type)) {
    throw new Refused("Expected a type of letters, digits, dots, pluses and dashes, beginning with a letter");
  }
  const rule = purlTypeRule(type);
  const qualifiers = withoutEmpty(parts.qualifiers ?? {});
  const cased = (part: CasedPart, text: string): string => (rule.lowerCase?.includes(part) === true ? text.toLowerCase() : text);

  const namespace = cased("namespace", segmentsOf(parts.namespace ?? "").join("/"));
  const name = cased("name", parts.name);
  if (name === "") throw new Refused("Expected a name");
  const version = cased("version", parts.version ?? "");
  const subpath = cased("subpath", parts.subpath ?? "");
  const subpathSegments = segmentsOf(subpath).filter((segment) => segment !== "." && segment !== "..");

  if (rule.namespace === "prohibited" && namespace !== "") throw new Refused(`Expected no namespace for the type ${type}`);
  if (mode === "strict" && rule.namespace === "required" && namespace === "") {
    throw new Refused(`Expected a namespace for the type ${type}`);
  }
  if (mode === "strict" && rule.requiredQualifier !== undefined && !(rule.requiredQualifier in qualifiers)) {
    throw new Refused(`Expected the qualifier ${rule.requiredQualifier} for the type ${type}`);
  }
  if (rule.name?.pattern.test(name) === false) throw new Refused(`Expected as name for the type ${type}: ${rule.name.words}`);
  if (version !== "" && rule.version?.pattern.test(version) === false) {
    throw new Refused(`Expected as version for the type ${type}: ${rule.version.words}`);
  }
  return {
    type,
    namespace: (rule.normaliseNamespace?.(namespace) ?? namespace) || undefined,
    name: rule.normaliseName?.(name, qualifiers) ?? name,
    version: version || undefined,
    qualifiers,
    subpath: subpathSegments.join("/") || undefined,
  };
}

function withoutEmpty(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept: Record<string, string> = Object.create(null);
  for (const key of Object.keys(given).sort()) {
    const value = given[key];
    if (value !== undefined && value !== "") kept[key] = value;
  }
  return kept;
}

function write(purl: ParsedPurl): string {
  const namespace = purl.namespace === undefined ? "" : `${purl.namespace.split("/").map(encode).join("/")}/`;
  const name = purlTypeRule(purl.type).nameHasSegments === true ? purl.name.split("/").map(encode).join("/") : encode(purl.name);
  const version = purl.version === undefined ? "" : `@${encode(purl.version)}`;
  const pairs = Object.entries(purl.qualifiers).map(([key, value]) => `${key}=${encode(value)}`);
  const qualifiers = pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  const subpath = purl.subpath === undefined ? "" : `#${purl.subpath.split("/").map(encode).join("/")}`;
  return `pkg:${purl.type}/${namespace}${name}${version}${qualifiers}${subpath}`;
}

/** Everything but letters, digits, `.`, `-`, `_`, `~` and `:` is encoded (ECMA-427, percent-encoding rules). */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll("%3A", ":")
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

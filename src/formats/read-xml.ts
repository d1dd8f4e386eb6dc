import { SaxesParser } from "saxes";
import { CodedError } from "../vocabulary/coded-error.ts";
import { abridge } from "./json-reading.ts";
import { checkSize, readText } from "./read-text.ts";

/** Bounds on an untrusted document. `maxNodes` counts elements, attributes and references, `maxMarkup` the characters of one tag, comment or section. */
export type XmlLimits = { readonly maxBytes: number; readonly maxDepth: number; readonly maxNodes: number; readonly maxMarkup: number };

/** For documents with a list of components: two orders of magnitude above the largest met in practice. */
export const XML_LIMITS: XmlLimits = {
  maxBytes: 128 * 1024 * 1024,
  maxDepth: 200,
  maxNodes: 3_000_000,
  maxMarkup: 1024 * 1024,
};

/** An element with everything below it. Comments and processing instructions are left off. */
export type XmlElement = {
  /** Without its prefix. */
  readonly name: string;
  /** What its prefix, or the lack of one, stands for; empty for none. */
  readonly namespace: string;
  /** By name as written, prefix included; without a prototype, so that every name is data. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly children: readonly XmlElement[];
  /** Its own text, with that around its children and not that inside them; white space alone between two tags is none. */
  readonly text: string;
  /** `line:column` of its start tag. */
  readonly place: string;
};

/**
 * Reads one XML 1.0 document with namespaces from untrusted bytes, in UTF-8, ISO-8859-1 or Windows-1252. A document type
 * declaration is refused: it is what entities, and with them expansion and fetching, need. No character of the document
 * is ever read as more than one, and nothing outside of it is.
 * @throws CodedError `document-invalid` at `line:column` or `byte N`, `document-too-large`.
 */
export function readXml(bytes: Uint8Array, limits: XmlLimits): XmlElement {
  const written = decode(bytes, limits.maxBytes);
  // The standard makes every line end one character before anything else (2.11).
  const text = written.includes("\r") ? decode(withLineFeeds(bytes), limits.maxBytes) : written;
  checkShape(text, limits);
  return buildTree(text, limits);
}

const BYTE_ORDER_MARKS: readonly (readonly [string, readonly number[]])[] = [
  ["UTF-32", [0xff, 0xfe, 0, 0]],
  ["UTF-32", [0, 0, 0xfe, 0xff]],
  ["UTF-16", [0xff, 0xfe]],
  ["UTF-16", [0xfe, 0xff]],
  ["UTF-16", [0x3c, 0]],
  ["UTF-16", [0, 0x3c]],
];
const DECLARED_ENCODING = /^<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.-]{0,40})["']/;
const SINGLE_BYTE = /^(?:iso-?8859-1|latin-?1|windows-1252|cp1252)$/i;
// Libraries that write into a text declare what they hold it in, and the text is stored as UTF-8 afterwards.
const AS_UTF8 = /^(?:utf-?8|us-ascii|ascii|utf-?16(?:le|be)?)$/i;

function decode(bytes: Uint8Array, maxBytes: number): string {
  checkSize(bytes, maxBytes);
  const marked = BYTE_ORDER_MARKS.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (marked !== undefined) throw invalidAt("byte 0", `Expected UTF-8, found ${marked[0]}`);
  const declared = DECLARED_ENCODING.exec(new TextDecoder("latin1").decode(bytes.subarray(0, 300)).replace(/^ï»¿/, ""))?.[1] ?? "utf-8";
  const text = SINGLE_BYTE.test(declared) ? new TextDecoder("windows-1252").decode(bytes) : undefined;
  if (text === undefined && !AS_UTF8.test(declared)) {
    throw invalidAt("1:1", `Expected a document in UTF-8, ISO-8859-1 or Windows-1252, found the encoding ${declared}`);
  }
  return text ?? readText(bytes, maxBytes);
}

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/** In bytes, where it costs nothing beside them: replacing in a text costs many times the text. */
function withLineFeeds(bytes: Uint8Array): Uint8Array {
  const unified = new Uint8Array(bytes.length);
  let length = 0;
  for (const [at, byte] of bytes.entries()) {
    if (byte === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED) continue;
    unified[length++] = byte === CARRIAGE_RETURN ? LINE_FEED : byte;
  }
  return unified.subarray(0, length);
}

/**
 * Bounds what the parser would gather before it can be asked: it builds comments, sections, attributes and text around
 * references piece by piece, and each piece costs many times its own bytes.
 */
function checkShape(text: string, limits: XmlLimits): void {
  for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", at)) {
    if (text.startsWith("<!DOCTYPE", at)) {
      throw invalidAt(newPlaces(text)(at), "Expected no document type declaration, found <!DOCTYPE");
    }
    const end = endOfMarkup(text, at);
    if (end - at > limits.maxMarkup) {
      throw new CodedError(
        "document-too-large",
        `Expected at most ${limits.maxMarkup} characters in one tag or comment, found ${end - at}`,
        { place: newPlaces(text)(at) },
      );
    }
    at = end;
  }
  let references = 0;
  for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", at + 1)) references++;
  if (references > limits.maxNodes) throw tooMany(limits);
}

/** Right for what is well-formed; what is not, the parser refuses before it gets further. */
function endOfMarkup(text: string, start: number): number {
  if (text.startsWith("<!--", start)) return endAfter(text, "-->", start + 4);
  if (text.startsWith("<![CDATA[", start)) return endAfter(text, "]]>", start + 9);
  if (text.startsWith("<?", start)) return endAfter(text, "?>", start + 2);
  let quote = "";
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === ">") return at + 1;
    else if (character === '"' || character === "'") quote = character;
  }
  return text.length;
}

function endAfter(text: string, terminator: string, from: number): number {
  const at = text.indexOf(terminator, from);
  return at === -1 ? text.length : at + terminator.length;
}

type OpenElement = XmlElement & { text: string; readonly children: XmlElement[] };
/** The namespaces in force, by prefix; empty for elements without one. */
type Scope = ReadonlyMap<string, string>;

const NO_ATTRIBUTES: XmlElement["attributes"] = Object.freeze(Object.create(null) as Record<string, string>);
const OUTERMOST: Scope = new Map([
  ["", ""],
  ["xml", "http://www.w3.org/XML/1998/namespace"],
]);
/** A scope is copied where it changes, so that looking a prefix up does not walk the document's depth. */
const MAX_SCOPE = 30;

function buildTree(text: string, limits: XmlLimits): XmlElement {
  // No namespaces of the parser's own: it looks each up through all open elements.
  const parser = new SaxesParser({ xmlns: false, forceXMLVersion: true, defaultXMLVersion: "1.0" });
  const placeOf = newPlaces(text);
  const open: OpenElement[] = [];
  const scopes: Scope[] = [OUTERMOST];
  let root: XmlElement | undefined;
  let place = "";
  let nodes = 0;
  let hasAttributes = false;

  const count = (): void => {
    if (++nodes > limits.maxNodes) throw tooMany(limits);
  };
  const addText = (piece: string): void => {
    const parent = open.at(-1);
    if (parent !== undefined && piece.trim() !== "") parent.text += piece;
  };
  parser.on("error", (error) => {
    const fault = error.message.replace(/^\d+:\d+: /, "").replace(/\.$/, "");
    throw invalidAt(`${parser.line}:${Math.max(1, parser.columnIndex)}`, `Expected well-formed XML, found: ${abridge(fault)}`, error);
  });
  parser.on("opentagstart", (tag) => {
    // The parser has read the name and the character behind it.
    place = placeOf(parser.position - tag.name.length - 2);
    hasAttributes = false;
  });
  parser.on("attribute", () => {
    count();
    hasAttributes = true;
  });
  parser.on("opentag", (tag) => {
    count();
    if (open.length >= limits.maxDepth) throw invalidAt(place, `Expected at most ${limits.maxDepth} levels of nesting, found more`);
    const attributes = hasAttributes ? tag.attributes : NO_ATTRIBUTES;
    const scope = scopeOf(attributes, scopes.at(-1) ?? OUTERMOST, place);
    const { name, namespace } = expandedName(tag.name, scope, place);
    const element: OpenElement = { name, namespace, attributes, children: [], text: "", place };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
    scopes.push(scope);
  });
  parser.on("closetag", () => {
    open.pop();
    scopes.pop();
  });
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.write(text).close();
  if (root === undefined) throw invalidAt("1:1", "Expected an element, found none");
  return root;
}

function scopeOf(attributes: XmlElement["attributes"], outer: Scope, place: string): Scope {
  let scope: Map<string, string> | undefined;
  for (const name in attributes) {
    if (name !== "xmlns" && !name.startsWith("xmlns:")) continue;
    scope ??= new Map(outer);
    scope.set(name.slice("xmlns:".length), (attributes[name] ?? "").trim());
    if (scope.size > MAX_SCOPE) throw invalidAt(place, `Expected at most ${MAX_SCOPE} namespaces, found more`);
  }
  return scope ?? outer;
}

function expandedName(written: string, scope: Scope, place: string): Pick<XmlElement, "name" | "namespace"> {
  const colon = written.indexOf(":");
  const prefix = written.slice(0, Math.max(colon, 0));
  const namespace = scope.get(prefix);
  if (namespace !== undefined) return { name: written.slice(colon + 1), namespace };
  throw invalidAt(place, `Expected a prefix that stands for a namespace, found ${abridge(written)}`);
}

/** `line:column` of one offset after another, each at or behind the one before. */
function newPlaces(text: string): (offset: number) => string {
  let line = 1;
  let lineStart = 0;
  let lineEnd = text.indexOf("\n");
  return (offset) => {
    while (lineEnd !== -1 && lineEnd < offset) {
      line++;
      lineStart = lineEnd + 1;
      lineEnd = text.indexOf("\n", lineStart);
    }
    return `${line}:${offset - lineStart + 1}`;
  };
}

function tooMany(limits: XmlLimits): CodedError {
  return new CodedError("document-too-large", `Expected at most ${limits.maxNodes} elements, attributes and references, found more`);
}

function invalidAt(place: string, message: string, cause?: unknown): CodedError {
  return new CodedError("document-invalid", message, { place, cause });
}

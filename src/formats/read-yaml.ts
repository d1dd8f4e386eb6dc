import { Composer, isMap, isScalar, isSeq, Lexer, Parser, type CST, type ParsedNode, type YAMLMap } from "yaml";

import { CodedError } from "../vocabulary/coded-error.ts";
import { invariant } from "../vocabulary/invariant.ts";
import type { Json } from "../vocabulary/json.ts";
import { describeAt } from "./json-fault.ts";
import { abridge, describe } from "./json-reading.ts";
import { lineAndColumn } from "./read-json.ts";
import { readText } from "./read-text.ts";

/** Bounds on an untrusted document. `maxTokens` counts scalars, indicators, blanks, comments and ends of lines. */
export type YamlLimits = { readonly maxBytes: number; readonly maxDepth: number; readonly maxTokens: number };

/** For lockfiles: several times the largest met in practice. The parser takes about 200 bytes and 2 µs for each token. */
export const YAML_LIMITS: YamlLimits = { maxBytes: 16 * 1024 * 1024, maxDepth: 100, maxTokens: 3_000_000 };

/**
 * Reads a file of one YAML 1.2 document from untrusted bytes. Every scalar is its text, whatever it looks like (`1.10`,
 * `true`), and `null` where nothing is written. What lockfiles are not written with is refused: anchors, aliases, tags,
 * directives, merge keys, and keys that are not text or stand there twice.
 * @throws CodedError `document-invalid` at `line:column` or `byte N`, `document-too-large`.
 */
export function readYaml(bytes: Uint8Array, limits: YamlLimits): Json {
  const [document] = readYamlDocuments(bytes, limits, 1);
  if (document === undefined) throw new CodedError("document-invalid", "Expected a YAML document, found none", { place: "1:1" });
  return document;
}

/** The same for a file of several documents: each in turn, and none for a file of comments. */
export function readYamlDocuments(bytes: Uint8Array, limits: YamlLimits, maxDocuments: number): readonly Json[] {
  const text = readText(bytes, limits.maxBytes);
  const documents: Json[] = [];
  for (const token of syntaxOf(text, limits)) {
    checkSyntax(token, text, limits.maxDepth);
    if (token.type !== "document") continue;
    if (documents.length === maxDocuments) {
      throw refusalAt(text, token.offset, maxDocuments === 1 ? "one YAML document" : `at most ${maxDocuments} YAML documents`, "another");
    }
    documents.push(compose(token, text));
  }
  return documents;
}

/** The syntax alone, a document at a time. The parser keeps its own stack; what is too deep is refused before anything recurses. */
function* syntaxOf(text: string, limits: YamlLimits): Generator<CST.Token> {
  const parser = new Parser();
  const guardNesting = nestingGuard(text, limits.maxDepth);
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens++;
    if (tokens > limits.maxTokens) throw new CodedError("document-too-large", `Expected at most ${limits.maxTokens} tokens, found more`);
    guardNesting(lexeme);
    yield* parser.next(lexeme);
    if (parser["stack"].length > MAX_OPEN) throw tooDeep(text, Math.min(parser["offset"], text.length), limits.maxDepth);
  }
  yield* parser.end();
}

/**
 * The parser calls itself for each level that it closes, and opens levels that no bracket or indent shows (`a: b: c` in each line). Far below
 * what the stack holds, and far above `maxDepth`, of which `checkSyntax` gives the place.
 */
const MAX_OPEN = 2000;

/** The lexer puts these before what follows; they stand for no character of the text. */
const SCALAR_FOLLOWS = "\u001f";
const DOCUMENT_FOLLOWS = "\u0002";
const FLOW_BREAKS_OFF = "\u0018";

/**
 * Refuses early what costs little to write: brackets in brackets, and indicators one behind the other in a line. Nesting
 * by indentation costs its square in bytes, and is seen by `checkSyntax`.
 */
function nestingGuard(text: string, maxDepth: number): (lexeme: string) => void {
  let offset = 0;
  let brackets = 0;
  let indicators = 0;
  let isScalar = false;
  return (lexeme) => {
    if (!isScalar && (lexeme === SCALAR_FOLLOWS || lexeme === DOCUMENT_FOLLOWS || lexeme === FLOW_BREAKS_OFF)) {
      isScalar = lexeme === SCALAR_FOLLOWS;
      if (lexeme === FLOW_BREAKS_OFF) brackets = 0;
      return;
    }
    if (!isScalar) {
      if (lexeme === "[" || lexeme === "{") brackets++;
      else if (lexeme === "]" || lexeme === "}") brackets--;
      else if (lexeme === "\n" || lexeme === "\r\n") indicators = 0;
      else if (brackets === 0 && (lexeme === "-" || lexeme === "?" || lexeme === ":")) indicators++;
      if (brackets > maxDepth || indicators > maxDepth) throw tooDeep(text, offset, maxDepth);
    }
    isScalar = false;
    offset += lexeme.length;
  };
}

/** Refuses faults of syntax, what is too deep, and what is not read here, in the order in which they stand. Iterative. */
function checkSyntax(root: CST.Token, text: string, maxDepth: number): void {
  const open: Visit[] = [{ token: root, depth: 0 }];
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const { token, depth } = visit;
    refuseUnread(token, text);
    const below = childrenOf(token);
    if (below.length === 0) continue;
    const isCollection = token.type !== "document";
    if (isCollection && depth >= maxDepth) throw tooDeep(text, token.offset, maxDepth);
    for (const child of below.toReversed()) open.push({ token: child, depth: isCollection ? depth + 1 : depth });
  }
}

type Visit = { readonly token: CST.Token; readonly depth: number };

function childrenOf(token: CST.Token): readonly CST.Token[] {
  switch (token.type) {
    case "document":
      return [...token.start, ...(token.value === undefined ? [] : [token.value])];
    case "block-map":
    case "block-seq":
    case "flow-collection":
      return token.items.flatMap(({ start, key, sep, value }) => [
        ...start,
        ...(key === undefined || key === null ? [] : [key]),
        ...(sep ?? []),
        ...(value === undefined ? [] : [value]),
      ]);
    default:
      return [];
  }
}

function refuseUnread(token: CST.Token, text: string): void {
  const isError = token.type === "error";
  if (isError) throw refusalAt(text, token.offset, `YAML (${abridge(token.message)})`);
  const unread = UNREAD[token.type];
  if (unread !== undefined) throw refusalAt(text, token.offset, `YAML without ${unread}`);
}

const UNREAD: Readonly<Record<string, string | undefined>> = {
  alias: "aliases",
  anchor: "anchors",
  directive: "directives",
  tag: "tags",
};

/** What the syntax stands for. Its depth is bounded by now. */
function compose(token: CST.Document, text: string): Json {
  // Failsafe: no scalar is taken for a number or a date. Repeated keys are looked for below: the parser's own way takes the square of their number.
  const composer = new Composer({ schema: "failsafe", uniqueKeys: false, prettyErrors: false });
  let fault: CodedError | undefined;
  // A text of a million faults would become a million errors. Where the parser should not ask this, its list of errors says the same.
  composer["onError"] = (source: ErrorSource, _code: string, message: string, isWarning?: boolean) => {
    if (isWarning === true) return;
    fault ??= refusalAt(text, startOf(source), `YAML (${abridge(message)})`);
    throw fault;
  };
  for (const document of composer.compose([token])) {
    const [error] = document.errors;
    if (error !== undefined) throw refusalAt(text, error.pos[0], `YAML (${abridge(error.message)})`);
    return toJson(document.contents, text);
  }
  return null;
}

type ErrorSource = number | readonly number[] | { readonly offset: number };

function startOf(source: ErrorSource): number {
  if (typeof source === "number") return source;
  return "offset" in source ? source.offset : (source[0] ?? 0);
}

function toJson(node: ParsedNode | null, text: string): Json {
  if (node === null) return null;
  if (isScalar(node)) return node.type === "PLAIN" && node.value === "" ? null : String(node.value);
  if (isSeq<ParsedNode>(node)) return node.items.map((item) => toJson(item, text));
  invariant(isMap(node), "aliases are refused before");
  return membersOf(node, text);
}

function membersOf(map: YAMLMap.Parsed, text: string): Json {
  const members = new Map<string, Json>();
  for (const { key, value } of map.items) {
    const name = keyOf(key, text);
    if (members.has(name)) throw refusalAt(text, key.range[0], "each key once", describe(name));
    members.set(name, toJson(value, text));
  }
  // Members named `__proto__` become own properties here, as in `readJson`.
  return Object.fromEntries(members);
}

function keyOf(key: ParsedNode, text: string): string {
  const name = isScalar(key) ? toJson(key, text) : undefined;
  if (typeof name !== "string") throw refusalAt(text, key.range[0], "a key that is text");
  // Without aliases there is nothing to merge; as a plain key it would hide what it was meant to bring.
  if (name === "<<" && isScalar(key) && key.type === "PLAIN") throw refusalAt(text, key.range[0], "YAML without merge keys");
  return name;
}

function tooDeep(text: string, offset: number, maxDepth: number): CodedError {
  return refusalAt(text, offset, `at most ${maxDepth} levels of nesting`, "more");
}

function refusalAt(text: string, offset: number, expected: string, found = describeAt(text, offset)): CodedError {
  return new CodedError("document-invalid", `Expected ${expected}, found ${found}`, { place: lineAndColumn(text, offset) });
}

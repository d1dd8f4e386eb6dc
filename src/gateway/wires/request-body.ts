import { CodedError } from "../../vocabulary/coded-error.ts";
import { decodeText, readSpans, type JsonSpan, type MemberSpan, type ObjectSpan } from "./json-spans.ts";

/** The client's bytes with the spans of its one JSON object. */
export type RequestBody = { readonly bytes: Buffer; readonly root: ObjectSpan };

/** @throws CodedError `document-invalid` for anything but one JSON object, `document-too-large`. */
export function readBody(bytes: Buffer): RequestBody {
  const root = readSpans(bytes);
  if (root.kind !== "object") throw new CodedError("document-invalid", `Expected a JSON object, found a ${root.kind}`);
  return { bytes, root };
}

/**
 * The member of that name. A second one, or one that only a lenient reader would take for it (`Store`), is refused: another
 * reader than this one might choose it.
 * @throws CodedError `document-invalid`.
 */
export function memberOf(body: RequestBody, object: ObjectSpan, name: string): MemberSpan | undefined {
  let found: MemberSpan | undefined;
  for (const member of object.members) {
    if (member.folded !== name) continue;
    if (member.name !== name || found !== undefined) {
      const actual = found === undefined ? `\`${member.name}\`` : "it twice";
      throw new CodedError("document-invalid", `Expected \`${name}\` at most once and spelt so, found ${actual}`, {
        place: placeOf(body, member.value),
      });
    }
    found = member;
  }
  return found;
}

/** The member's value; `null` counts as absent. */
export function valueOf(body: RequestBody, object: ObjectSpan, name: string): JsonSpan | undefined {
  const value = memberOf(body, object, name)?.value;
  return value === undefined || isWord(body, value, "null") ? undefined : value;
}

export function isWord(body: RequestBody, span: JsonSpan, word: "true" | "false" | "null"): boolean {
  return span.kind === "word" && body.bytes.toString("latin1", span.start, span.end) === word;
}

export function textOf(body: RequestBody, span: JsonSpan): string | undefined {
  return span.kind === "text" ? decodeText(body.bytes, span.start, span.end) : undefined;
}

/** Null, false, an empty text, list or object: a field that asks for nothing. */
export function asksNothing(body: RequestBody, span: JsonSpan): boolean {
  if (span.kind === "object") return span.members.length === 0;
  if (span.kind === "list") return span.items.length === 0;
  return isWord(body, span, "null") || isWord(body, span, "false") || textOf(body, span) === "";
}

/** @throws CodedError `document-invalid` when it is there and no text. */
export function textMember(body: RequestBody, object: ObjectSpan, name: string): string | undefined {
  const value = valueOf(body, object, name);
  if (value === undefined) return undefined;
  const text = textOf(body, value);
  if (text === undefined) throw unexpected(body, value, "a text");
  return text;
}

/** @throws CodedError `document-invalid` when it is there and neither true nor false. */
export function flagMember(body: RequestBody, object: ObjectSpan, name: string): boolean | undefined {
  const value = valueOf(body, object, name);
  if (value === undefined) return undefined;
  if (isWord(body, value, "true")) return true;
  if (isWord(body, value, "false")) return false;
  throw unexpected(body, value, "true or false");
}

/** @throws CodedError `document-invalid` when it is there and no whole number from 0 to `most`. */
export function countMember(body: RequestBody, object: ObjectSpan, name: string, most: number): number | undefined {
  const value = valueOf(body, object, name);
  if (value === undefined) return undefined;
  const count = value.kind === "number" ? Number(body.bytes.toString("latin1", value.start, value.end)) : Number.NaN;
  if (!Number.isInteger(count) || count < 0 || count > most) throw unexpected(body, value, `a whole number from 0 to ${most}`);
  return count;
}

function unexpected(body: RequestBody, span: JsonSpan, expected: string): CodedError {
  return new CodedError("document-invalid", `Expected ${expected}, found ${abridged(body, span)}`, { place: placeOf(body, span) });
}

function abridged(body: RequestBody, span: JsonSpan): string {
  if (span.kind === "object") return "an object";
  if (span.kind === "list") return "a list";
  const text = body.bytes.toString("utf8", span.start, Math.min(span.end, span.start + 40));
  return span.end - span.start > 40 ? `${text}…` : text;
}

/** Where a value stands, as `messages[0].content[1].image_url`. */
export function placeOf(body: RequestBody, span: JsonSpan): string {
  let place = "";
  let at: JsonSpan = body.root;
  while (at !== span) {
    const inside: JsonSpan | undefined =
      at.kind === "object" ? at.members.find(({ value }) => holds(value, span))?.value : itemWith(at, span);
    if (inside === undefined) return place;
    place = at.kind === "object" ? below(place, nameOf(at, inside)) : `${place}[${at.kind === "list" ? at.items.indexOf(inside) : 0}]`;
    at = inside;
  }
  return place;
}

function itemWith(at: JsonSpan, span: JsonSpan): JsonSpan | undefined {
  return at.kind === "list" ? at.items.find((item) => holds(item, span)) : undefined;
}

function holds(outer: JsonSpan, inner: JsonSpan): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function nameOf(object: ObjectSpan, value: JsonSpan): string {
  return object.members.find((member) => member.value === value)?.name ?? "";
}

function below(place: string, name: string): string {
  if (!/^[\w$@-]{1,60}$/.test(name)) return `${place}[${JSON.stringify(name.slice(0, 60))}]`;
  return place === "" ? name : `${place}.${name}`;
}

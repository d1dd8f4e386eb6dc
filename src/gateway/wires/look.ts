import { CodedError } from "../../vocabulary/coded-error.ts";
import { changedMembers, edited, replaced, type Edit } from "./body-edits.ts";
import type { JsonSpan, ListSpan, MemberSpan, ObjectSpan } from "./json-spans.ts";
import { asksNothing, memberOf, placeOf, textMember, textOf, valueOf, type RequestBody } from "./request-body.ts";
import { FEATURE_OF } from "./wire.ts";
import type { Ask, OutsideKind, OutsideUse, TokensAtMost, UpstreamBody, UpstreamBodyOptions } from "./wire.ts";

/** What is found while a body is looked through. */
export type Look = {
  readonly body: RequestBody;
  readonly uses: Use[];
  images: number;
  imageBytes: number;
};

type Use = Omit<OutsideUse, "feature"> & { readonly remedy?: Remedy };

type Remedy =
  | { readonly kind: "remove"; readonly member: MemberSpan }
  | { readonly kind: "replace"; readonly span: JsonSpan; readonly text: string }
  | { readonly kind: "add"; readonly text: string };

/** A member of the body itself that would leave the sandbox unless it asks for nothing. */
export type OutsideField = {
  readonly name: string;
  readonly kind: OutsideKind;
  /** `remove` and `false` are what it is stripped to. */
  readonly fate: "refuse" | "remove" | "false";
  readonly wireCode?: string;
};

/** What a wire changes beside what is stripped, to ask for the usage of a stream. */
export type AddedEdits = { readonly members: readonly string[]; readonly edits: readonly Edit[]; readonly names: readonly string[] };

/** More than any model is known to count for one picture in a request. */
const MOST_IMAGE_TOKENS = 12_000;
/** What a provider puts before a prompt of its own accord (how to call tools, the date): hundreds of tokens, rounded up. */
const PREAMBLE_TOKENS = 2048;
/** Beyond it no model answers in one call. */
export const MOST_OUTPUT_TOKENS = 10_000_000;
/** Reserved for the answer when the client names no limit. */
const ASSUMED_OUTPUT_TOKENS = 32_768;

export function startLook(body: RequestBody): Look {
  return { body, uses: [], images: 0, imageBytes: 0 };
}

export function outsideFields(...fields: readonly OutsideField[]): ReadonlyMap<string, OutsideField> {
  return new Map(fields.map((field) => [field.name, field]));
}

export function lookAtFields(look: Look, fields: ReadonlyMap<string, OutsideField>): void {
  for (const { folded } of look.body.root.members) {
    const field = fields.get(folded);
    if (field === undefined) continue;
    const { name: place, kind, fate, wireCode } = field;
    const member = memberOf(look.body, look.body.root, place);
    if (member === undefined || asksNothing(look.body, member.value)) continue;
    if (fate === "refuse") look.uses.push({ kind, action: "refuse", place, ...(wireCode === undefined ? {} : { wireCode }) });
    else if (fate === "remove") look.uses.push({ kind, action: "strip", place, remedy: { kind: "remove", member } });
    else look.uses.push({ kind, action: "strip", place, remedy: { kind: "replace", span: member.value, text: "false" } });
  }
}

export function refuseUse(look: Look, kind: OutsideKind, span: JsonSpan): void {
  look.uses.push({ kind, action: "refuse", place: placeOf(look.body, span) });
}

/** A picture inside the body counts by itself, not by its bytes. */
export function countImage(look: Look, span: JsonSpan): void {
  look.images++;
  look.imageBytes += span.end - span.start;
}

/** Shows every object below a value to `inspect`, which names the members that need no look. */
export function lookThrough(span: JsonSpan | undefined, inspect: (object: ObjectSpan) => readonly string[]): void {
  if (span === undefined) return;
  if (span.kind === "list") {
    for (const item of span.items) lookThrough(item, inspect);
  } else if (span.kind === "object") {
    const passed = inspect(span);
    for (const { name, value } of span.members) {
      if (!passed.includes(name)) lookThrough(value, inspect);
    }
  }
}

/** A location of media: data inside the body stays, anything else would be fetched by upstream. */
export function lookAtUrl(look: Look, span: JsonSpan): void {
  if (span.kind === "object") {
    const url = valueOf(look.body, span, "url");
    if (url !== undefined) lookAtUrl(look, url);
    return;
  }
  if (span.kind !== "text" || span.end - span.start === 2) return;
  // The beginning as it stands: most of such a text is megabytes of base64, and one that escapes its scheme can be refused.
  const start = look.body.bytes.toString("latin1", span.start + 1, span.start + 40);
  if (!start.startsWith("data:")) refuseUse(look, "media-by-url", span);
  else if (IMAGE_DATA.test(start)) countImage(look, span);
}

const IMAGE_DATA = /^data:image\/(?:png|jpe?g|gif|webp)[;,]/;

/** @throws CodedError `document-invalid` when it is there and no list. */
export function listMember(body: RequestBody, object: ObjectSpan, name: string): ListSpan | undefined {
  const value = valueOf(body, object, name);
  if (value === undefined || value.kind === "list") return value;
  throw new CodedError("document-invalid", `Expected a list, found a ${value.kind}`, { place: placeOf(body, value) });
}

/** @throws CodedError `document-invalid` when the body names no model. */
export function modelOf(body: RequestBody): string {
  const model = textMember(body, body.root, "model");
  if (model === undefined || model === "") {
    throw new CodedError("document-invalid", "Expected the name of a model, found none", { place: "model" });
  }
  return model;
}

/**
 * A text never has more tokens than bytes, so the body's length bounds it, with a known most for each picture.
 * Escapes and names of members make the bound wider, never narrower.
 */
export function tokensAtMost(look: Look, statedOutput: number | undefined, answers = 1): TokensAtMost {
  return {
    input: look.body.bytes.length - look.imageBytes + look.images * MOST_IMAGE_TOKENS + PREAMBLE_TOKENS,
    output: (statedOutput ?? ASSUMED_OUTPUT_TOKENS) * answers,
    isOutputStated: statedOutput !== undefined,
  };
}

export function askOf(look: Look, asked: Pick<Ask, "model" | "stream" | "tokensAtMost">, asking: AddedEdits = NOTHING_ADDED): Ask {
  return {
    ...asked,
    outside: look.uses.map(({ kind, action, place, wireCode }) => ({
      kind,
      feature: FEATURE_OF[kind],
      action,
      place,
      ...(wireCode === undefined ? {} : { wireCode }),
    })),
    upstreamBody: (options) => upstreamBody(look, options, options.asksStreamUsage ? asking : NOTHING_ADDED),
  };
}

export const NOTHING_ADDED: AddedEdits = { members: [], edits: [], names: [] };

function upstreamBody(look: Look, options: UpstreamBodyOptions, added: AddedEdits): UpstreamBody {
  const stripped = look.uses.filter(({ kind, action }) => action === "strip" && !isGranted(kind, options));
  const removed = new Set<MemberSpan>();
  const members = [...added.members];
  const edits = [...added.edits];
  const names: string[] = [];
  const model = valueOf(look.body, look.body.root, "model");
  if (model !== undefined && textOf(look.body, model) !== options.model) {
    edits.push(replaced(model, JSON.stringify(options.model)));
    names.push("model");
  }
  for (const { remedy } of stripped) {
    if (remedy?.kind === "remove") removed.add(remedy.member);
    if (remedy?.kind === "add") members.push(remedy.text);
    if (remedy?.kind === "replace") edits.push(replaced(remedy.span, remedy.text));
  }
  if (removed.size > 0 || members.length > 0) edits.push(...changedMembers(look.body.root, removed, members));
  return {
    bytes: edited(look.body.bytes, edits),
    rewritten: [...names, ...stripped.map(({ place }) => place), ...added.names],
    addsUsageEvent: added.names.length > 0,
  };
}

function isGranted(kind: OutsideKind, { granted }: UpstreamBodyOptions): boolean {
  const feature = FEATURE_OF[kind];
  return feature !== "elsewhere" && granted.has(feature);
}

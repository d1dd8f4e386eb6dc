import { CodedError } from "../vocabulary/coded-error.ts";
import { isJsonObject, type Json, type JsonObject } from "../vocabulary/json.ts";
import type { Problem } from "../vocabulary/problem.ts";

/**
 * Reading an untrusted JSON value field by field. `place` is where the parent stands; a refusal names the field below it.
 * A member that is absent and one that is `null` are alike. Every function throws CodedError `document-invalid`.
 */
export function asObject(value: Json | undefined, place: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw refusal(place, "an object", value);
}

export function requiredText(parent: JsonObject, key: string, place: string): string {
  const value = parent[key];
  if (typeof value === "string" && value !== "" && !value.includes(NUL)) return value;
  throw refusal(below(place, key), typeof value === "string" && value !== "" ? NO_NUL : "a text that is not empty", value);
}

/** The empty text counts as absent: generators write it for what they do not know. */
export function optionalText(parent: JsonObject, key: string, place: string): string | undefined {
  const value = parent[key];
  if (value === undefined || value === null || value === "") return undefined;
  if (isText(value)) return value;
  throw refusal(below(place, key), typeof value === "string" ? NO_NUL : "a text", value);
}

export function optionalObject(parent: JsonObject, key: string, place: string): JsonObject | undefined {
  const value = parent[key];
  if (value === undefined || value === null) return undefined;
  if (isJsonObject(value)) return value;
  throw refusal(below(place, key), "an object", value);
}

export function optionalList(parent: JsonObject, key: string, place: string): readonly Json[] {
  const value = parent[key];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw refusal(below(place, key), "a list", value);
}

export function requiredList(parent: JsonObject, key: string, place: string): readonly Json[] {
  const value = parent[key];
  if (Array.isArray(value)) return value;
  throw refusal(below(place, key), "a list", value);
}

export function textList(parent: JsonObject, key: string, place: string): readonly string[] {
  const list = optionalList(parent, key, place);
  const wrong = list.findIndex((value) => !isText(value));
  if (wrong !== -1) throw refusal(`${below(place, key)}[${wrong}]`, typeof list[wrong] === "string" ? NO_NUL : "a text", list[wrong]);
  return list as readonly string[];
}

/** PostgreSQL stores no U+0000 in a text, and nothing that Sluice reads has a use for it. */
const NUL = "\0";
const NO_NUL = "a text without the character U+0000";

function isText(value: Json | undefined): value is string {
  return typeof value === "string" && !value.includes(NUL);
}

/** Reads each entry of a list; one that is refused is kept aside in `problems` and the rest goes on. */
export function readEach(list: readonly Json[], place: string, problems: Problem[], read: (entry: Json, place: string) => void): void {
  for (const [index, entry] of list.entries()) {
    keepingAside(problems, () => read(entry, `${place}[${index}]`));
  }
}

/** Runs `read`; a refusal of what it reads becomes a problem. */
export function keepingAside(problems: Problem[], read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== "document-invalid") throw error;
    problems.push({ place: error.place ?? "", reason: error.message });
  }
}

/** A refusal that says what was expected at `place` and what is there. */
export function refusal(place: string, expected: string, actual: Json | undefined): CodedError {
  return new CodedError("document-invalid", `Expected ${expected}, found ${describe(actual)}`, { place });
}

/** The place of a member: `a.b`, or `a["b c"]` when the name is not a plain word. */
export function below(place: string, key: string): string {
  if (!/^[\w$@-]{1,60}$/.test(key)) return `${place}[${JSON.stringify(abridge(key))}]`;
  return place === "" ? key : `${place}.${key}`;
}

const LONGEST_QUOTE = 60;

/** A value in a reader's words; a text is quoted and cut so that a message stays one line. */
export function describe(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return JSON.stringify(abridge(value));
  return String(value);
}

export function abridge(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}

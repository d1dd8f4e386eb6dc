import type { Json, JsonObject } from "../../vocabulary/json.ts";

/** A parameter's schema as one says it: `text, at most 200 characters`, `whole number from 1 to 200; 40 when absent`. */
export function schemaWords(schema: JsonObject): string {
  const fallback = schema["default"] === undefined ? "" : `; ${plain(schema["default"])} when absent`;
  return `${kindWords(schema)}${fallback}`;
}

function kindWords(schema: JsonObject): string {
  const { enum: choices, type, format, minimum, maximum, minLength, maxLength, pattern } = schema;
  if (Array.isArray(choices)) return `one of ${choices.map(plain).join(", ")}`;
  if (type === "integer" || type === "number") return `${type === "integer" ? "whole number" : "number"}${bounds(minimum, maximum, "")}`;
  if (format === "date") return "day, as 2026-08-22";
  if (format === "date-time") return "instant, as 2026-08-22T10:00:00Z";
  if (typeof pattern === "string") return `text that matches ${pattern}`;
  return `text${bounds(minLength, maxLength, " characters")}`;
}

function bounds(lower: Json | undefined, upper: Json | undefined, unit: string): string {
  if (upper === undefined) return lower === undefined ? "" : `, at least ${plain(lower)}${unit}`;
  return lower === undefined || (lower === 1 && unit !== "")
    ? `, at most ${plain(upper)}${unit}`
    : ` from ${plain(lower)} to ${plain(upper)}${unit}`;
}

function plain(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

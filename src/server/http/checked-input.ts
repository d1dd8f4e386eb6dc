import type { z } from "zod";
import { CodedError } from "../../vocabulary/coded-error.ts";

/** Outside input through its schema, once. @throws CodedError `input-invalid` with the path of the first thing wrong. */
export function checkedInput<S extends z.ZodType>(schema: S, value: unknown, where: "params" | "query" | "body"): z.output<S> {
  const withNul = where === "body" ? undefined : nameOfTextWithNul(value);
  if (withNul !== undefined) {
    throw new CodedError("input-invalid", `${where}.${withNul}: expected a text without the character U+0000`, {
      place: `${where}.${withNul}`,
    });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = [where, ...(issue?.path ?? [])].reduce<string>(joinPath, "");
  const message = (issue?.message ?? "not what was expected").replace(/^Invalid input: /, "");
  throw new CodedError("input-invalid", `${place}: ${message}`, { place });
}

function joinPath(place: string, step: PropertyKey): string {
  if (typeof step === "number") return `${place}[${step}]`;
  return place === "" ? String(step) : `${place}.${String(step)}`;
}

/** PostgreSQL takes no U+0000 in a text; of a URL's parts none has a use for it. */
function nameOfTextWithNul(parts: unknown): string | undefined {
  return Object.entries(parts ?? {}).find(([, text]) => String(text).includes("\0"))?.[0];
}

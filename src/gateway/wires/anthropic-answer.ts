import { isJsonObject, type Json } from "../../vocabulary/json.ts";
import { textAt } from "./answer.ts";

/** The type of an Anthropic error object, else that there is one. */
export function anthropicErrorType(error: Json | undefined): string | undefined {
  if (error === undefined || error === null) return undefined;
  return (isJsonObject(error) ? textAt(error["type"]) : undefined) ?? "error";
}

import { isJsonObject, type Json } from "../../vocabulary/json.ts";
import { textAt } from "./answer.ts";

/** The most telling word of an OpenAI error object: its code, else its type, else that there is one. */
export function openaiErrorType(error: Json | undefined): string | undefined {
  if (error === undefined || error === null) return undefined;
  if (!isJsonObject(error)) return "error";
  return textAt(error["code"]) ?? textAt(error["type"]) ?? "error";
}

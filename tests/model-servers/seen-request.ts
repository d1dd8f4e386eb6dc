import { isJsonObject, type Json } from "../../src/vocabulary/json.ts";
import type { SeenRequest } from "./act.ts";

export function seenRequest(path: string, body: Buffer): SeenRequest {
  const asked = parsed(body);
  const options = asked["stream_options"];
  const prompt = ["system", "instructions", "messages", "input", "tools"].map((name) => asked[name] ?? null);
  return {
    path,
    model: typeof asked["model"] === "string" ? asked["model"] : "",
    stream: asked["stream"] === true,
    prompt: JSON.stringify(prompt),
    toolName: nameOfTool(asked["tools"]),
    hasStreamOptions: options !== undefined,
    includeUsage: isJsonObject(options) && options["include_usage"] === true,
  };
}

function parsed(body: Buffer): { readonly [name: string]: Json } {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return isJsonObject(value) ? value : {};
  } catch {
    // A script decides what an unreadable request gets.
    return {};
  }
}

function nameOfTool(tools: Json | undefined): string | undefined {
  const first: unknown = Array.isArray(tools) ? tools[0] : undefined;
  if (!isJsonObject(first)) return undefined;
  const inner = first["function"];
  const name = isJsonObject(inner) ? inner["name"] : first["name"];
  return typeof name === "string" ? name : undefined;
}

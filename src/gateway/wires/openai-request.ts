import type { JsonSpan, ListSpan, ObjectSpan } from "./json-spans.ts";
import { lookAtUrl, listMember, refuseUse, type Look, type OutsideField } from "./look.ts";
import { textMember, valueOf } from "./request-body.ts";
import type { OutsideKind } from "./wire.ts";

/** Members of both OpenAI wires' bodies; those of other servers on these wires are here because a lab may run one. */
export const OPENAI_FIELDS: readonly OutsideField[] = [
  { name: "metadata", kind: "account-metadata", fate: "remove" },
  { name: "user", kind: "account-metadata", fate: "remove" },
  { name: "safety_identifier", kind: "account-metadata", fate: "remove" },
  { name: "web_search_options", kind: "web-search", fate: "refuse" },
  { name: "search_parameters", kind: "web-search", fate: "refuse" },
  { name: "enable_search", kind: "web-search", fate: "refuse" },
  { name: "plugins", kind: "provider-tool", fate: "refuse" },
  { name: "models", kind: "other-model", fate: "refuse" },
  { name: "fallbacks", kind: "other-model", fate: "refuse" },
  ...["kv_transfer_params", "api_base", "base_url", "api_key", "extra_body", "extra_headers", "extra_query"].map(
    (name) => ({ name, kind: "other-host", fate: "refuse" }) as const,
  ),
];

/** Looks at one object of the messages or input items. */
export function lookAtOpenaiPart(look: Look, object: ObjectSpan): readonly string[] {
  for (const { folded } of object.members) {
    const isFile = folded === "file_id";
    if (!isFile && !URL_MEMBERS.has(folded)) continue;
    const value = valueOf(look.body, object, folded);
    if (value === undefined) continue;
    if (isFile) refuseUse(look, "stored-object", value);
    else lookAtUrl(look, value);
  }
  // `arguments` is what a tool was called with: data of the evaluator's, never fetched.
  return PASSED;
}

const URL_MEMBERS = new Set(["image_url", "audio_url", "video_url", "file_url"]);
const PASSED = ["arguments"];

/** @throws CodedError `document-invalid` when `tools` is no list. */
export function lookAtOpenaiTools(look: Look, object: ObjectSpan): void {
  const tools = listMember(look.body, object, "tools");
  if (tools !== undefined) lookAtEach(look, tools);
}

function lookAtEach(look: Look, tools: ListSpan): void {
  for (const tool of tools.items) {
    if (tool.kind !== "object") continue;
    const kind = kindOfTool(look, tool);
    if (kind !== undefined) refuseUse(look, kind, valueOf(look.body, tool, "type") ?? tool);
    // A namespace holds tools of its own.
    lookAtOpenaiTools(look, tool);
  }
}

function kindOfTool(look: Look, tool: ObjectSpan): OutsideKind | undefined {
  const type = textMember(look.body, tool, "type");
  if (type === undefined) return isNamed(look, tool) ? undefined : "provider-tool";
  if (CLIENT_TOOLS.has(type)) return undefined;
  if (type === "shell") return isLocalShell(look, valueOf(look.body, tool, "environment")) ? undefined : "code-execution";
  if (type.startsWith("web_search")) return "web-search";
  if (type.startsWith("code_interpreter") || type === "programmatic_tool_calling") return "code-execution";
  if (type === "file_search") return "file-search";
  if (type === "mcp") return "remote-mcp";
  return "provider-tool";
}

/** The client runs them, or (searching the request's own tools) nobody outside does. Computer use is asked of the client too. */
const CLIENT_TOOLS = new Set([
  "function",
  "custom",
  "local_shell",
  "apply_patch",
  "computer",
  "computer_use_preview",
  "namespace",
  "tool_search",
]);

function isNamed(look: Look, tool: ObjectSpan): boolean {
  return valueOf(look.body, tool, "function") !== undefined || valueOf(look.body, tool, "name") !== undefined;
}

function isLocalShell(look: Look, environment: JsonSpan | undefined): boolean {
  return environment?.kind === "object" && textMember(look.body, environment, "type") === "local";
}

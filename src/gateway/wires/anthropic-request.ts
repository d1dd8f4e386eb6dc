import type { ObjectSpan } from "./json-spans.ts";
import { countImage, listMember, lookAtFields, lookThrough, outsideFields, refuseUse, startLook, type Look } from "./look.ts";
import { textMember, textOf, valueOf, type RequestBody } from "./request-body.ts";
import type { OutsideKind } from "./wire.ts";

/** Looks through a body of the messages wire, whether it asks for an answer or for a count. @throws CodedError `document-invalid`. */
export function lookAtMessages(body: RequestBody): Look {
  const look = startLook(body);
  lookAtFields(look, FIELDS);
  for (const tool of listMember(body, body.root, "tools")?.items ?? []) {
    if (tool.kind === "object") lookAtTool(look, tool);
  }
  for (const name of ["system", "messages"]) {
    lookThrough(valueOf(body, body.root, name), (object) => lookAtBlock(look, object));
  }
  return look;
}

const FIELDS = outsideFields(
  { name: "metadata", kind: "account-metadata", fate: "remove" },
  { name: "mcp_servers", kind: "remote-mcp", fate: "refuse" },
  { name: "container", kind: "code-execution", fate: "refuse" },
  { name: "fallbacks", kind: "other-model", fate: "refuse" },
  { name: "thread", kind: "stored-state", fate: "refuse", wireCode: "thread_unsupported_request" },
);

function lookAtTool(look: Look, tool: ObjectSpan): void {
  const type = textMember(look.body, tool, "type");
  const kind = type === undefined ? undefined : kindOfTool(type);
  if (kind !== undefined) refuseUse(look, kind, valueOf(look.body, tool, "type") ?? tool);
}

function kindOfTool(type: string): OutsideKind | undefined {
  if (type === "custom" || CLIENT_TOOL.test(type)) return undefined;
  if (/^web_(?:search|fetch)_/.test(type)) return "web-search";
  if (type.startsWith("code_execution_")) return "code-execution";
  if (type.startsWith("mcp_")) return "remote-mcp";
  if (type.startsWith("advisor_")) return "other-model";
  return "provider-tool";
}

/** Tools the client runs; searching among the request's own tools reaches nothing outside either. */
const CLIENT_TOOL = /^(?:bash|text_editor|computer|computer_toolset|browser_toolset|memory)_\d{8}$|^tool_search_tool_/;

/** Looks at one object of the messages or system prompt. */
function lookAtBlock(look: Look, block: ObjectSpan): readonly string[] {
  const { body } = look;
  const source = valueOf(body, block, "source");
  if (source?.kind === "object") lookAtSource(look, source);
  const file = valueOf(body, block, "file_id");
  if (file !== undefined) refuseUse(look, "stored-object", file);
  // A tool defined in mid-conversation is the same object as an entry of `tools`.
  const definition = valueOf(body, block, "definition");
  if (definition?.kind === "object") lookAtTool(look, definition);
  const type = valueOf(body, block, "type");
  // What a tool was called with is data of the evaluator's, never fetched.
  return type !== undefined && CALLS.has(textOf(body, type) ?? "") ? INPUT : [];
}

const CALLS = new Set(["tool_use", "server_tool_use", "mcp_tool_use"]);
const INPUT = ["input"];

function lookAtSource(look: Look, source: ObjectSpan): void {
  const { body } = look;
  const url = valueOf(body, source, "url");
  if (url !== undefined) refuseUse(look, "media-by-url", url);
  const data = valueOf(body, source, "data");
  const mediaType = valueOf(body, source, "media_type");
  if (data?.kind === "text" && mediaType !== undefined && /^image\/(?:png|jpe?g|gif|webp)$/.test(textOf(body, mediaType) ?? "")) {
    countImage(look, data);
  }
}

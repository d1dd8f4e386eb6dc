import type { Reply } from "./reply.ts";

export function messagesWhole(reply: Reply): object {
  return {
    id: `msg_${reply.id}`,
    type: "message",
    role: "assistant",
    model: reply.model,
    content: [block(reply)],
    stop_reason: stopReason(reply),
    stop_sequence: null,
    ...(reply.usage === "none" ? {} : { usage: typeof reply.usage === "object" ? reply.usage : usage(reply, reply.outputTokens) }),
  };
}

export function messagesEvents(reply: Reply): readonly string[] {
  const begun = { ...messagesWhole({ ...reply, usage: undefined }), content: [], stop_reason: null, usage: firstUsage(reply) };
  const deltas =
    reply.toolCall === undefined
      ? reply.parts.map((text) => ({ type: "text_delta", text }))
      : (reply.toolCall.arguments.match(/.{1,5}/gsu) ?? []).map((json) => ({ type: "input_json_delta", partial_json: json }));
  const events: { readonly type: string; readonly [member: string]: unknown }[] = [
    { type: "message_start", message: begun },
    { type: "content_block_start", index: 0, content_block: emptyBlock(reply) },
    { type: "ping" },
    ...deltas.map((delta) => ({ type: "content_block_delta", index: 0, delta })),
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: stopReason(reply), stop_sequence: null }, ...lastUsage(reply) },
    ...(reply.noTerminator ? [] : [{ type: "message_stop" }]),
  ];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

export function messagesErrorEvent(type: string): string {
  return `event: error\ndata: ${JSON.stringify({ type: "error", error: { type, message: `scripted ${type}` } })}\n\n`;
}

function block({ toolCall, parts }: Reply): object {
  if (toolCall === undefined) return { type: "text", text: parts.join("") };
  return { type: "tool_use", id: toolCall.id, name: toolCall.name, input: asInput(toolCall.arguments) };
}

function emptyBlock({ toolCall }: Reply): object {
  if (toolCall === undefined) return { type: "text", text: "" };
  return { type: "tool_use", id: toolCall.id, name: toolCall.name, input: {} };
}

function asInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The script asked for arguments that are no JSON: on this wire a whole answer cannot carry them as such.
    return { unreadable: text };
  }
}

function usage(reply: Reply, output: number): object {
  return { input_tokens: reply.inputTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: output };
}

function firstUsage(reply: Reply): object {
  return typeof reply.usage === "object" ? reply.usage : reply.usage === "none" ? {} : usage(reply, 1);
}

function lastUsage(reply: Reply): object {
  if (reply.usage === "none") return {};
  return { usage: typeof reply.usage === "object" ? reply.usage : { output_tokens: reply.outputTokens } };
}

function stopReason({ ends }: Reply): string {
  return { stop: "end_turn", length: "max_tokens", refusal: "refusal", filter: "refusal", tool: "tool_use" }[ends];
}

import type { Reply } from "./reply.ts";

type StreamEvent = { readonly type: string; readonly [member: string]: unknown };

const CREATED = 1_764_000_000;

export function responsesWhole(reply: Reply): object {
  const isCut = reply.ends === "length" || reply.ends === "filter";
  return {
    ...responseHead(reply, isCut ? "incomplete" : "completed"),
    incomplete_details: isCut ? { reason: reply.ends === "length" ? "max_output_tokens" : "content_filter" } : null,
    output: [outputItem(reply)],
    ...(reply.usage === "none" ? { usage: null } : { usage: responsesUsage(reply) }),
    user: null,
    metadata: {},
  };
}

export function responsesEvents(reply: Reply): readonly string[] {
  const begun = { ...responseHead(reply, "in_progress"), incomplete_details: null, output: [], usage: null, user: null, metadata: {} };
  const item = outputItem(reply) as { readonly id: string };
  const events: StreamEvent[] = [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
    { type: "response.output_item.added", output_index: 0, item: { ...item, status: "in_progress", ...emptied(reply) } },
    ...(reply.toolCall === undefined ? textEvents(reply, item.id) : callEvents(reply, item.id)),
    { type: "response.output_item.done", output_index: 0, item },
  ];
  const isCut = reply.ends === "length" || reply.ends === "filter";
  if (!reply.noTerminator) events.push({ type: isCut ? "response.incomplete" : "response.completed", response: responsesWhole(reply) });
  return events.map(({ type, ...rest }, index) => `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: index, ...rest })}\n\n`);
}

export function responsesErrorEvent(type: string): string {
  return `event: error\ndata: ${JSON.stringify({ type: "error", sequence_number: 99, code: type, message: `scripted ${type}`, param: null })}\n\n`;
}

function textEvents(reply: Reply, itemId: string): readonly StreamEvent[] {
  const at = { item_id: itemId, output_index: 0, content_index: 0 };
  const isRefusal = reply.ends === "refusal";
  const kind = isRefusal ? "refusal" : "output_text";
  const part = contentPart(reply);
  const deltas = isRefusal ? ["I cannot ", "help with that."] : reply.parts;
  return [
    { type: "response.content_part.added", ...at, part: isRefusal ? { ...part, refusal: "" } : { ...part, text: "" } },
    ...deltas.map((delta) => ({ type: `response.${kind}.delta`, ...at, delta, ...(isRefusal ? {} : { logprobs: [] }) })),
    { type: `response.${kind}.done`, ...at, ...(isRefusal ? { refusal: deltas.join("") } : { text: deltas.join(""), logprobs: [] }) },
    { type: "response.content_part.done", ...at, part },
  ];
}

function callEvents({ toolCall }: Reply, itemId: string): readonly StreamEvent[] {
  const text = toolCall?.arguments ?? "";
  const at = { item_id: itemId, output_index: 0 };
  return [
    ...(text.match(/.{1,5}/gsu) ?? []).map((delta) => ({ type: "response.function_call_arguments.delta", ...at, delta })),
    { type: "response.function_call_arguments.done", ...at, arguments: text, name: toolCall?.name },
  ];
}

function outputItem(reply: Reply): object {
  const { toolCall } = reply;
  if (toolCall !== undefined) {
    return {
      type: "function_call",
      id: `fc_${reply.id}`,
      status: "completed",
      call_id: toolCall.id,
      name: toolCall.name,
      arguments: toolCall.arguments,
    };
  }
  return { type: "message", id: `msg_${reply.id}`, status: "completed", role: "assistant", content: [contentPart(reply)] };
}

function emptied({ toolCall }: Reply): object {
  return toolCall === undefined ? { content: [] } : { arguments: "" };
}

function contentPart(reply: Reply): object {
  if (reply.ends === "refusal") return { type: "refusal", refusal: "I cannot help with that." };
  return { type: "output_text", text: reply.parts.join(""), annotations: [], logprobs: [] };
}

function responseHead(reply: Reply, status: string): object {
  return {
    id: `resp_${reply.id}`,
    object: "response",
    created_at: CREATED,
    status,
    background: false,
    error: null,
    instructions: null,
    max_output_tokens: null,
    model: reply.model,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: false,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    truncation: "disabled",
  };
}

function responsesUsage(reply: Reply): object {
  if (typeof reply.usage === "object") return reply.usage;
  return {
    input_tokens: reply.inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: reply.outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: reply.inputTokens + reply.outputTokens,
  };
}

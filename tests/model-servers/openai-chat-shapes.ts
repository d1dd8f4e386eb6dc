import type { Reply } from "./reply.ts";

const CREATED = 1_764_000_000;

export function chatWhole(reply: Reply): object {
  const calls = toolCalls(reply);
  const message = {
    role: "assistant",
    content: calls === undefined ? reply.parts.join("") : null,
    refusal: reply.ends === "refusal" ? "I cannot help with that." : null,
    ...(calls === undefined ? {} : { tool_calls: calls }),
  };
  return {
    id: reply.id,
    object: "chat.completion",
    created: CREATED,
    model: reply.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(reply) }],
    ...(reply.usage === "none" ? {} : { usage: chatUsage(reply) }),
    service_tier: "default",
    system_fingerprint: reply.fingerprint,
  };
}

export function chatEvents(reply: Reply): readonly string[] {
  const choice = (delta: object, finish: string | null): object =>
    chunk(reply, [{ index: 0, delta, logprobs: null, finish_reason: finish }]);
  const events: object[] = [choice({ role: "assistant", content: "", refusal: null }, null)];
  for (const part of reply.parts) events.push(choice({ content: part }, null));
  if (reply.ends === "refusal") events.push(choice({ refusal: "I cannot help with that." }, null));
  for (const [index, call] of (toolCalls(reply) ?? []).entries()) {
    events.push(choice({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: "" } }] }, null));
    for (const piece of call.function.arguments.match(/.{1,5}/gsu) ?? []) {
      events.push(choice({ tool_calls: [{ index, function: { arguments: piece } }] }, null));
    }
  }
  events.push(choice({}, finishReason(reply)));
  const statesUsage = reply.usage === "unasked" || (reply.includeUsage && reply.usage !== "none");
  if (statesUsage) events.push({ ...chunk(reply, []), usage: chatUsage(reply) });
  return [...events.map((event) => JSON.stringify(event)), ...(reply.noTerminator ? [] : ["[DONE]"])].map((data) => `data: ${data}\n\n`);
}

export function chatErrorEvent(type: string): string {
  return `data: ${JSON.stringify({ error: { message: `scripted ${type}`, type, param: null, code: type } })}\n\n`;
}

function chunk(reply: Reply, choices: readonly object[]): object {
  return {
    id: reply.id,
    object: "chat.completion.chunk",
    created: CREATED,
    model: reply.model,
    service_tier: "default",
    system_fingerprint: reply.fingerprint,
    choices,
    ...(reply.includeUsage ? { usage: null } : {}),
  };
}

function chatUsage(reply: Reply): object {
  if (typeof reply.usage === "object") return reply.usage;
  return {
    prompt_tokens: reply.inputTokens,
    completion_tokens: reply.outputTokens,
    total_tokens: reply.inputTokens + reply.outputTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

type ToolCall = {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
};

function toolCalls({ toolCall }: Reply): readonly ToolCall[] | undefined {
  if (toolCall === undefined) return undefined;
  return [{ id: toolCall.id, type: "function", function: { name: toolCall.name, arguments: toolCall.arguments } }];
}

function finishReason({ ends }: Reply): string {
  return { stop: "stop", length: "length", refusal: "stop", filter: "content_filter", tool: "tool_calls" }[ends];
}

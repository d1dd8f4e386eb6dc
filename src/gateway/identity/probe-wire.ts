import type { ProbeFailure } from "../../vocabulary/identity-verdict.ts";
import { isJsonObject, type Json, type JsonObject } from "../../vocabulary/json.ts";
import { PROBE_SET, type ProbePrompt } from "./probe-prompts.ts";
import { normalAnswer, type ProbeAnswer } from "./probe-run.ts";

/** The wires over which a model can be asked; each is also the id of its wire adapter. */
export const PROBE_WIRES = ["openai-chat", "openai-responses", "anthropic-messages"] as const;
export type ProbeWire = (typeof PROBE_WIRES)[number];

/** What of a wire an endpoint takes. Some refuse a temperature, some the older name of the limit. */
export type ProbeDialect = { readonly sampling: boolean; readonly limit: "max_tokens" | "max_completion_tokens" };

/** Tried first; a server that does not know the newer name of the limit would answer without end. */
export const FIRST_DIALECT: ProbeDialect = { sampling: true, limit: "max_tokens" };

export type ProbeAsk = {
  readonly wire: ProbeWire;
  /** As the lab's endpoint calls it. */
  readonly model: string;
  readonly dialect: ProbeDialect;
  readonly thinkingTokens: number;
};

/** The name under which answers are kept: prompts asked in another way, or over another wire, are other prompts. */
export function promptSetOf({ wire, dialect, thinkingTokens }: ProbeAsk): string {
  return [
    PROBE_SET,
    wire,
    dialect.sampling ? "likeliest" : "as-served",
    ...(thinkingTokens > 0 ? [`thinking-${thinkingTokens}`] : []),
  ].join("/");
}

/** The body of one request: no stream, no tools, nothing kept upstream, and the likeliest answer where that can be asked for. */
export function probeBody({ wire, model, dialect, thinkingTokens }: ProbeAsk, { text, maxTokens }: ProbePrompt): JsonObject {
  const limit = maxTokens + thinkingTokens;
  const messages = [{ role: "user", content: text }];
  switch (wire) {
    case "openai-chat":
      return { model, messages, [dialect.limit]: limit, ...(dialect.sampling ? { temperature: 0, top_p: 1 } : {}), stream: false };
    case "openai-responses":
      return {
        model,
        input: text,
        max_output_tokens: limit,
        ...(dialect.sampling ? { temperature: 0, top_p: 1 } : {}),
        store: false,
        stream: false,
      };
    case "anthropic-messages":
      // Newer models refuse a temperature together with top_p.
      return { model, messages, max_tokens: limit, ...(dialect.sampling ? { temperature: 0 } : {}), stream: false };
  }
}

/** The dialect to try after a refusal of a setting that was sent; undefined when the refusal is about something else. */
export function nextDialect({ wire, dialect }: Pick<ProbeAsk, "wire" | "dialect">, status: number, body: string): ProbeDialect | undefined {
  if (status !== 400 && status !== 422) return undefined;
  if (wire === "openai-chat" && dialect.limit === "max_tokens" && /\bmax_completion_tokens\b/.test(body)) {
    return { ...dialect, limit: "max_completion_tokens" };
  }
  return dialect.sampling && /\b(?:temperature|top_p)\b/.test(body) ? { ...dialect, sampling: false } : undefined;
}

/** One prompt's answer from what came back. A refusal in words is an answer like any other. */
export function readProbeAnswer(wire: ProbeWire, prompt: string, status: number, body: string): ProbeAnswer {
  if (status === 429) return failed(prompt, "rate-limited");
  if (status < 200 || status > 299) return failed(prompt, "upstream-error");
  const answer = parseObject(body);
  if (answer === undefined) return failed(prompt, "unreadable");
  if (isJsonObject(answer["error"])) return failed(prompt, "upstream-error");
  const text = textOf[wire](answer);
  if (text === undefined) return failed(prompt, "unreadable");
  const normal = normalAnswer(text);
  if (normal === "") return failed(prompt, "no-text");
  return { prompt, kind: "answered", text: normal, model: wordIn(answer, "model"), fingerprint: wordIn(answer, "system_fingerprint") };
}

/** Undefined = not this wire's answer; empty = the model said nothing. */
const textOf: Readonly<Record<ProbeWire, (answer: JsonObject) => string | undefined>> = {
  "openai-chat": ({ choices }) => {
    const [choice] = list(choices);
    const message = isJsonObject(choice) ? choice["message"] : undefined;
    if (!isJsonObject(message)) return undefined;
    return said(message["content"]) || said(message["refusal"]);
  },
  "openai-responses": ({ output }) => {
    if (!Array.isArray(output)) return undefined;
    return partsOf(output.filter((item) => isJsonObject(item) && item["type"] === "message").flatMap((item) => list(item["content"])));
  },
  "anthropic-messages": ({ content }) => (Array.isArray(content) ? partsOf(content) : undefined),
};

/** Thinking, tool calls and unknown parts are no answer. */
function partsOf(parts: readonly Json[]): string {
  return parts
    .filter(isJsonObject)
    .map((part) => {
      if (part["type"] === "text" || part["type"] === "output_text") return said(part["text"]);
      return part["type"] === "refusal" ? said(part["refusal"]) : "";
    })
    .join("");
}

/** A chat server may also answer in parts. */
function said(content: Json | undefined): string {
  if (Array.isArray(content)) return partsOf(content);
  return typeof content === "string" ? content : "";
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function wordIn(answer: JsonObject, field: string): string | undefined {
  const value = answer[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function parseObject(body: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function failed(prompt: string, why: ProbeFailure): ProbeAnswer {
  return { prompt, kind: "failed", why };
}

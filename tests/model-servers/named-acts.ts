import { ANSWER, type Act, type Script } from "./act.ts";

/** Acts by the name of the model that is asked for, for servers in a process of their own: `scripted-429` is refused, all else is answered. */
export const NAMED_ACTS: Readonly<Record<string, Act>> = {
  scripted: ANSWER,
  "scripted-tool": { kind: "answer", toolCall: {} },
  "scripted-slow": { kind: "answer", firstByteMs: 50, pauseMs: 20, words: 40 },
  "scripted-bytewise": { kind: "answer", pieces: 1 },
  "scripted-429": { kind: "error", status: 429, retryAfter: "1" },
  "scripted-500": { kind: "error", status: 500 },
  "scripted-529": { kind: "error", status: 529 },
  "scripted-401": { kind: "error", status: 401 },
  "scripted-html-502": { kind: "error", status: 502, html: true },
  "scripted-error-in-stream": { kind: "answer", errorInStream: { afterEvents: 4 } },
  "scripted-no-terminator": { kind: "answer", noTerminator: true },
  "scripted-early-end": { kind: "answer", cut: { afterWrites: 4, how: "end" } },
  "scripted-short": { kind: "answer", pieces: 40, cut: { afterWrites: 4, how: "short" } },
  "scripted-reset-in-stream": { kind: "answer", cut: { afterWrites: 4, how: "reset" } },
  "scripted-reset": { kind: "reset" },
  "scripted-silent": { kind: "silent" },
  "scripted-silence-in-stream": { kind: "answer", cut: { afterWrites: 4, how: "silence" } },
  "scripted-refusal": { kind: "answer", ends: "refusal" },
  "scripted-filter": { kind: "answer", ends: "filter" },
  "scripted-length": { kind: "answer", ends: "length" },
  "scripted-gzip": { kind: "answer", coding: "gzip" },
  "scripted-endless": { kind: "answer", endless: true },
  "scripted-large-head": {
    kind: "raw",
    bytes: Buffer.from(`HTTP/1.1 200 OK\r\nx-large: ${"x".repeat(256 * 1024)}\r\ncontent-type: application/json\r\n\r\n{}`),
  },
  "scripted-no-usage": { kind: "answer", usage: "none" },
  "scripted-lying-usage": {
    kind: "answer",
    usage: { prompt_tokens: -5, completion_tokens: "many", input_tokens: -5, output_tokens: 1e300 },
  },
  "scripted-huge-usage": {
    kind: "answer",
    usage: { prompt_tokens: 900_000_000, completion_tokens: 900_000_000, input_tokens: 900_000_000, output_tokens: 900_000_000 },
  },
  "scripted-swapped": { kind: "answer", served: { model: "other-model", fingerprint: "fp_other", voice: "other" } },
  "scripted-swapped-quietly": { kind: "answer", served: { voice: "other" } },
  "scripted-skewed-clock": { kind: "answer", date: "Thu, 01 Jan 2099 00:00:00 GMT" },
};

/** A server of this wire that knows no `stream_options`: a request that has them is refused, all else is answered. */
export const refusesStreamOptions: Script = ({ hasStreamOptions }) =>
  hasStreamOptions ? { kind: "error", status: 400, type: "invalid_request_error" } : ANSWER;

export const byModelName: Script = (request) => NAMED_ACTS[request.model] ?? ANSWER;

/**
 * `node model-server.mjs MODEL.gguf CREDENTIAL [PORT]`: a model's server with OpenAI's chat wire, whole and streamed, as people run them at home. It
 * says its base address on the first line, and answers one request after the other.
 */
import { createServer } from "node:http";
import { GeneralChatWrapper, getLlama, LlamaChatSession } from "node-llama-cpp";

const [modelPath, credential, port = "0"] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1, logLevel: "error" });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: 2048, threads: 1 });

let last = Promise.resolve();
const server = createServer((request, response) => {
  last = last.then(() => answer(request, response)).catch((error) => response.destroy(error));
});
server.listen(Number(port), "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}/v1\n`));

async function answer(request, response) {
  if (request.headers.authorization !== `Bearer ${credential}`) return refuse(response, 401, "no such key");
  if (request.method !== "POST" || request.url !== "/v1/chat/completions") return refuse(response, 404, "no such path");
  const asked = JSON.parse(await bodyOf(request));
  const head = { id: `chatcmpl-${process.pid}`, created: Math.floor(Date.now() / 1000), model: asked.model };
  if (asked.stream === true) await stream(asked, head, response);
  else {
    const { text, ends, usage } = await complete(asked, () => undefined);
    const choices = [{ index: 0, message: { role: "assistant", content: text, refusal: null }, logprobs: null, finish_reason: ends }];
    const body = JSON.stringify({ ...head, object: "chat.completion", choices, usage });
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  }
}

async function stream(asked, head, response) {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  const send = (choices, more = {}) =>
    response.write(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices, ...more })}\n\n`);
  send([{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }]);
  const { ends, usage } = await complete(asked, (content) => send([{ index: 0, delta: { content }, finish_reason: null }]));
  send([{ index: 0, delta: {}, finish_reason: ends }]);
  if (asked.stream_options?.include_usage === true) send([], { usage });
  response.end("data: [DONE]\n\n");
}

async function complete({ messages, temperature = 1, max_tokens, max_completion_tokens = max_tokens ?? 64 }, told) {
  const contextSequence = context.getSequence();
  try {
    const session = new LlamaChatSession({ contextSequence, chatWrapper: new GeneralChatWrapper(), autoDisposeSequence: false });
    session.setChatHistory(
      messages.slice(0, -1).map(({ role, content }) => {
        if (role === "assistant") return { type: "model", response: [content] };
        return { type: role === "system" ? "system" : "user", text: content };
      }),
    );
    const { responseText, stopReason } = await session.promptWithMeta(messages.at(-1).content, {
      maxTokens: max_completion_tokens,
      temperature,
      trimWhitespaceSuffix: false,
      onTextChunk: told,
    });
    const { usedInputTokens: prompt_tokens, usedOutputTokens: completion_tokens } = contextSequence.tokenMeter;
    session.dispose();
    const usage = { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
    return { text: responseText, ends: stopReason === "maxTokens" ? "length" : "stop", usage };
  } finally {
    contextSequence.dispose();
  }
}

function refuse(response, status, message) {
  const error = { message, type: "invalid_request_error", param: null, code: null };
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error }));
}

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

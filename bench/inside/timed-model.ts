import { createServer, type ServerResponse } from "node:http";

/**
 * A model server of the OpenAI chat wire whose every event says when it was written, in microseconds of the machine's monotonic clock, so that
 * another process can tell how long it was on its way. A stream: the first event after 50 ms, then 40 of them, 20 ms apart. Without a stream: one
 * answer at once. Prints its base address.
 */
const FIRST_EVENT_MS = 50;
const EVENTS = 40;
const PAUSE_MS = 20;
const USAGE = { prompt_tokens: 12, completion_tokens: EVENTS, total_tokens: 12 + EVENTS };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString("latin1");
    if (body.includes('"stream":true')) stream(response, body.includes('"include_usage":true'));
    else whole(response);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port to listen on");
  process.stdout.write(`http://127.0.0.1:${address.port}/v1\n`);
});
process.on("SIGTERM", () => process.exit(0));

function stream(response: ServerResponse, saysUsage: boolean): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
  let written = 0;
  const next = (): void => {
    if (response.destroyed) return;
    response.write(event({ choices: [{ index: 0, delta: { content: nowUs() }, finish_reason: null }] }));
    written++;
    if (written < EVENTS) return void setTimeout(next, PAUSE_MS);
    response.write(event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }));
    if (saysUsage) response.write(event({ choices: [], usage: USAGE }));
    response.end("data: [DONE]\n\n");
  };
  setTimeout(next, FIRST_EVENT_MS);
}

function whole(response: ServerResponse): void {
  const choices = [{ index: 0, message: { role: "assistant", content: nowUs() }, finish_reason: "stop" }];
  const body = JSON.stringify({ id: "chatcmpl-1", object: "chat.completion", created: 1, model: "timed", choices, usage: USAGE });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

function event(more: object): string {
  return `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "timed", ...more })}\n\n`;
}

function nowUs(): string {
  return String(process.hrtime.bigint() / 1000n);
}

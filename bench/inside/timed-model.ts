import { createServer, type Socket } from "node:net";

/**
 * A model server of the OpenAI chat wire whose every event says when it was written, in microseconds of the machine's monotonic clock, so that
 * another process can tell how long it was on its way. A stream: the first event after 50 ms, then 40 of them, 20 ms apart. Without a stream: one
 * answer at once. On bare sockets, so that what is measured is what stands before it. Prints its base address.
 */
const FIRST_EVENT_MS = 50;
const EVENTS = 40;
const PAUSE_MS = 20;
const USAGE = { prompt_tokens: 12, completion_tokens: EVENTS, total_tokens: 12 + EVENTS };
const STAMP = "0".repeat(16);

const streamHead = Buffer.from(
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n",
);
const tokenEvent = event({ choices: [{ index: 0, delta: { content: STAMP }, finish_reason: null }] });
const lastEvent = event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
const usageEvent = event({ choices: [], usage: USAGE });
const streamEnd = Buffer.concat([chunk("data: [DONE]\n\n"), Buffer.from("0\r\n\r\n")]);
const wholeAnswer = whole();

const server = createServer({ noDelay: true }, (socket) => {
  let asked = "";
  socket.on("error", () => undefined);
  socket.on("data", (bytes: Buffer) => {
    asked += bytes.toString("latin1");
    const head = asked.indexOf("\r\n\r\n");
    const length = /^content-length: (\d+)\r$/im.exec(asked.slice(0, head + 2))?.[1];
    if (head === -1 || asked.length < head + 4 + Number(length ?? 0)) return;
    const asksStream = asked.includes('"stream":true', head);
    const asksUsage = asked.includes('"include_usage":true', head);
    asked = "";
    if (asksStream) stream(socket, asksUsage);
    else socket.write(stamped(wholeAnswer));
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port to listen on");
  process.stdout.write(`http://127.0.0.1:${address.port}/v1\n`);
});
process.on("SIGTERM", () => process.exit(0));

/** Each event has its moment from the beginning of its stream: streams that were held up together do not go on in step. */
function stream(socket: Socket, saysUsage: boolean): void {
  socket.write(streamHead);
  const firstMs = performance.now() + FIRST_EVENT_MS;
  let written = 0;
  const next = (): void => {
    if (socket.destroyed) return;
    written++;
    if (written < EVENTS) {
      socket.write(stamped(tokenEvent));
      setTimeout(next, Math.max(1, firstMs + written * PAUSE_MS - performance.now()));
    } else socket.write(Buffer.concat([stamped(tokenEvent), lastEvent, ...(saysUsage ? [usageEvent] : []), streamEnd]));
  };
  setTimeout(next, FIRST_EVENT_MS);
}

function whole(): Buffer {
  const choices = [{ index: 0, message: { role: "assistant", content: STAMP }, finish_reason: "stop" }];
  const body = JSON.stringify({ id: "chatcmpl-1", object: "chat.completion", created: 1, model: "timed", choices, usage: USAGE });
  return Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function event(more: object): Buffer {
  return chunk(`data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "timed", ...more })}\n\n`);
}

function chunk(text: string): Buffer {
  return Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}

/** The same bytes with this moment in the place of the stamp. */
function stamped(template: Buffer): Buffer {
  const bytes = Buffer.from(template);
  bytes.write(String(process.hrtime.bigint() / 1000n).padStart(STAMP.length, "0"), bytes.indexOf(STAMP), "latin1");
  return bytes;
}

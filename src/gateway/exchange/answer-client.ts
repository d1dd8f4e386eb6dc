import type { ServerResponse } from "node:http";
import type { ModelWire } from "../../vocabulary/exchange.ts";
import { refusalAnswer, type Refusal } from "../wires/refusal.ts";

/** Refuses in the wire's own shape of errors. Nothing happens when an answer has begun. */
export function answerRefusal(response: ServerResponse, family: ModelWire, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) return;
  const { headers, body } = refusalAnswer(family, refusal);
  // A body that is not read to its end would be taken for the next request.
  const close = response.req.complete ? {} : { connection: "close" };
  response.writeHead(refusal.status, { ...headers, "x-sluice-refusal": refusal.code, ...close });
  response.end(body);
}

const LAST_BYTES_MS = 5000;

/** Breaks an answer off so that no client takes it for whole. What was passed on before still goes out. */
export function cutClient(response: ServerResponse): void {
  const { socket } = response;
  if (socket === null || response.writableLength === 0) {
    response.destroy();
    return;
  }
  socket.destroySoon();
  setTimeout(() => response.destroy(), LAST_BYTES_MS).unref();
}

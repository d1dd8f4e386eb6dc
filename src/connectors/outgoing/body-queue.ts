import type { IncomingMessage } from "node:http";
import { NetworkFailure } from "./network-failure.ts";

/** An answer's bytes in order; `next` gives undefined at the end and throws what cut it off. */
export type BodyQueue = { readonly next: () => Promise<Uint8Array | undefined> };

const ENOUGH_BYTES = 1_048_576;

/** Takes bytes as they come, a mebibyte ahead at most: a stream that is cut off throws away what nobody has read yet, and a download would start over. */
export function queueBody(response: IncomingMessage): BodyQueue {
  const queue: Uint8Array[] = [];
  let queuedBytes = 0;
  let end: "open" | "whole" | { readonly failure: unknown } = "open";
  let wake = (): void => undefined;
  const finish = (how: typeof end): void => {
    if (end === "open") end = how;
    wake();
  };
  response.on("data", (chunk: Uint8Array) => {
    queue.push(chunk);
    queuedBytes += chunk.length;
    if (queuedBytes >= ENOUGH_BYTES) response.pause();
    wake();
  });
  response.once("end", () => finish("whole"));
  response.on("error", (failure) => finish({ failure }));
  response.once("close", () => finish({ failure: new NetworkFailure("the answer ended early") }));
  return {
    next: async () => {
      for (;;) {
        const chunk = queue.shift();
        if (chunk !== undefined) {
          queuedBytes -= chunk.length;
          if (queuedBytes < ENOUGH_BYTES) response.resume();
          return chunk;
        }
        if (end === "whole") return undefined;
        if (end !== "open") throw end.failure;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

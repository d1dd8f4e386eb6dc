import type { RecordedExchange } from "../../src/gateway/record/recorded-exchange.ts";

/** Resolves when the piece of an answer is written. @throws CodedError when it is not */
export function recordedChunk(exchange: RecordedExchange, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    exchange.chunk(bytes, (error) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}

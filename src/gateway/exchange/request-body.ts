import type { IncomingMessage } from "node:http";
import type { GatewayLimits } from "../config.ts";
import { CallRefused } from "./refusals.ts";

/** Bodies in memory now, of all calls. */
export type HeldBodies = { bytes: number };

export type RequestBytes = { readonly bytes: Buffer; readonly release: () => void };

/**
 * The whole body of a request, as its bytes. `release` when it is not needed any more.
 * @throws CallRefused `request-too-large`, `request-invalid` when it ends before its stated length, `gateway-busy` when all bodies are too much
 */
export function readRequestBody(
  request: IncomingMessage,
  { requestBytes, requestsBytes }: Pick<GatewayLimits, "requestBytes" | "requestsBytes">,
  held: HeldBodies,
): Promise<RequestBytes> {
  const tooLarge = (): CallRefused =>
    new CallRefused("request-too-large", `Expected a request of at most ${requestBytes} bytes, found more`);
  if (Number(request.headers["content-length"] ?? 0) > requestBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    let isReleased = false;
    const release = (): void => {
      if (!isReleased) held.bytes -= length;
      isReleased = true;
    };
    const refuse = (refused: CallRefused): void => {
      pieces.length = 0;
      request.off("data", take);
      release();
      reject(refused);
    };
    const take = (piece: Buffer): void => {
      length += piece.length;
      held.bytes += piece.length;
      pieces.push(piece);
      if (length > requestBytes) refuse(tooLarge());
      else if (held.bytes > requestsBytes) {
        refuse(new CallRefused("gateway-busy", "Expected room for one more request, found none", { retryAfterSeconds: 1 }));
      }
    };
    request.on("data", take);
    request.on("end", () => {
      if (isReleased) return;
      resolve({ bytes: pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, length), release });
    });
    const cut = (): void => {
      if (!request.complete) refuse(new CallRefused("request-invalid", "Expected the whole request, found that it was cut"));
    };
    request.on("error", cut);
    request.on("close", cut);
  });
}

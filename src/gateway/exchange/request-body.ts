import type { IncomingMessage } from "node:http";
import { CallRefused } from "./refusals.ts";

/**
 * The whole body of a request, as its bytes.
 * @throws CallRefused `request-too-large`, `request-invalid` when it ends before its stated length
 */
export function readRequestBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const tooLarge = (): CallRefused => new CallRefused("request-too-large", `Expected a request of at most ${limitBytes} bytes, found more`);
  if (Number(request.headers["content-length"] ?? 0) > limitBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    const take = (piece: Buffer): void => {
      length += piece.length;
      if (length > limitBytes) {
        pieces.length = 0;
        request.off("data", take);
        reject(tooLarge());
      } else pieces.push(piece);
    };
    request.on("data", take);
    request.on("end", () => resolve(pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, length)));
    const cut = (): void => reject(new CallRefused("request-invalid", "Expected the whole request, found that it was cut"));
    request.on("error", cut);
    request.on("close", cut);
  });
}

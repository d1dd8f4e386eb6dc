import { CodedError } from "../../vocabulary/coded-error.ts";
import { withoutCredentials } from "./exchange.ts";
import type { Outgoing } from "./outgoing.ts";
import { openRemoteFile } from "./remote-file.ts";
import type { Validators } from "./validators.ts";

export type WholeFile = { readonly bytes: Uint8Array; readonly validators: Validators };

/** A small remote file at once; undefined when the source has none. @throws CodedError `document-too-large`, and as `openRemoteFile`. */
export async function readWhole(outgoing: Outgoing, url: URL, maxBytes: number, signal: AbortSignal): Promise<WholeFile | undefined> {
  const answer = await openRemoteFile(outgoing, url, signal);
  if (answer.kind !== "file") return undefined;
  const chunks: Uint8Array[] = [];
  let taken = 0;
  for await (const chunk of answer.bytes()) {
    taken += chunk.length;
    if (taken > maxBytes) {
      const place = withoutCredentials(url);
      throw new CodedError("document-too-large", `expected at most ${maxBytes} bytes of ${place}, got ${answer.totalBytes ?? taken}`, {
        place,
      });
    }
    chunks.push(chunk);
  }
  return { bytes: Buffer.concat(chunks), validators: answer.validators };
}

import { Readable } from "node:stream";
import { promisify } from "node:util";
import { unzip } from "node:zlib";
import type { AnyEndpoint } from "../../contract/endpoint.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { parseJsonBody } from "./json-text.ts";

const unzipBounded = promisify<Uint8Array, { readonly maxOutputLength: number }, Uint8Array>(unzip);

export type BodyHeaders = {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly contentLength: string | undefined;
};

/**
 * The body as the endpoint takes it, before its schema: decompressed within the endpoint's limit, JSON parsed, bytes as they are.
 * @throws CodedError `document-too-large`, `document-unknown` (encoding or media type), `input-invalid`
 */
export async function readBody(endpoint: AnyEndpoint, raw: unknown, headers: BodyHeaders): Promise<unknown> {
  if (endpoint.bodyKind === "none") return undefined;
  if (endpoint.bodyKind === "stream") return takeAsItComes(raw, headers, endpoint.bodyLimitBytes);
  if (endpoint.bodyKind === "json") refuseMediaType(headers.contentType);
  const received = raw instanceof Uint8Array ? raw : new Uint8Array(0);
  const bytes = await decompress(received, headers.contentEncoding, endpoint.bodyLimitBytes);
  return endpoint.bodyKind === "json" ? parseJsonBody(bytes) : bytes;
}

/** Pieces within the limit; the stream fails with `document-too-large` at the first beyond it. */
function takeAsItComes(raw: unknown, { contentEncoding, contentLength }: BodyHeaders, limitBytes: number): AsyncIterable<Uint8Array> {
  if (contentEncoding !== undefined && contentEncoding !== "identity") {
    const message = `content-encoding: expected identity, since what is sent here is kept as it comes, got ${JSON.stringify(contentEncoding)}`;
    throw new CodedError("document-unknown", message, { place: "content-encoding" });
  }
  if (Number(contentLength) > limitBytes) throw tooLarge(limitBytes);
  return bounded(raw instanceof Readable ? raw : Readable.from([]), limitBytes);
}

async function* bounded(pieces: AsyncIterable<Uint8Array>, limitBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.byteLength;
    if (bytes > limitBytes) throw tooLarge(limitBytes);
    yield piece;
  }
}

function tooLarge(limitBytes: number): CodedError {
  return new CodedError("document-too-large", `expected at most ${limitBytes} bytes`, { place: "body" });
}

/** A page of another origin can send text/plain or a form without asking first; JSON makes its browser ask, and it is told no. */
function refuseMediaType(contentType: string | undefined): void {
  if (/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType ?? "")) return;
  const actual = contentType === undefined ? "none" : JSON.stringify(contentType);
  throw new CodedError("document-unknown", `content-type: expected application/json, got ${actual}`, { place: "content-type" });
}

async function decompress(bytes: Uint8Array, encoding: string | undefined, limitBytes: number): Promise<Uint8Array> {
  if (encoding === undefined || encoding === "identity") return bytes;
  if (!/^(?:x-)?gzip$|^deflate$/i.test(encoding)) {
    const message = `content-encoding: expected gzip, deflate or identity, got ${JSON.stringify(encoding)}`;
    throw new CodedError("document-unknown", message, { place: "content-encoding" });
  }
  try {
    return await unzipBounded(bytes, { maxOutputLength: limitBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new CodedError("document-too-large", `expected at most ${limitBytes} bytes after decompression`, { cause, place: "body" });
    }
    throw new CodedError("input-invalid", `expected a body in ${encoding}, got one that cannot be decompressed`, { cause, place: "body" });
  }
}

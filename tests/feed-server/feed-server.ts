import { readFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { crc32 } from "node:zlib";

/** What goes wrong with the answers for one path. */
export type Fault = {
  /** How many requests it spoils, the first ones; all of them unless given. */
  readonly times?: number;
  /** Only requests with this method are spoilt. */
  readonly method?: "GET" | "HEAD";
  /** This status and no body, instead of an answer. */
  readonly status?: number;
  /** Added to the answer's headers; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The connection ends without a word after this many bytes of the body. */
  readonly cutAfterBytes?: number;
  /** Nothing more comes after this many bytes of the body, and the connection stays. */
  readonly stallAfterBytes?: number;
  readonly drip?: { readonly chunkBytes: number; readonly everyMs: number };
  readonly neverAnswers?: boolean;
  /** Added to the true Content-Length. */
  readonly lengthDifference?: number;
  /** Another ETag and another content for each request. */
  readonly changesEachTime?: boolean;
  readonly ignoresRange?: boolean;
  /** The body without Content-Length. */
  readonly chunked?: boolean;
};

export type FeedRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The other side's port: the same for requests on one connection. */
  readonly fromPort: number | undefined;
};

export type FeedServer = {
  /** Ends with a slash. */
  readonly url: string;
  /** Every request so far; empty it to look at the next ones only. */
  readonly requests: FeedRequest[];
  /** Puts an object in place, or takes it away. `lastModified` is now unless given. */
  readonly setObject: (path: string, bytes: Uint8Array | string | undefined, lastModified?: Date) => void;
  readonly setObjects: (objects: ReadonlyMap<string, Uint8Array>, lastModified?: Date) => void;
  readonly setFault: (path: string, fault: Fault | undefined) => void;
  readonly close: () => Promise<void>;
};

export type FeedServerOptions = {
  /** A copy of a bucket on disk; objects win over its files. */
  readonly directory?: string;
  /** Content by decoded path without a leading slash: `npm/all.zip`. */
  readonly objects?: ReadonlyMap<string, Uint8Array>;
  readonly faults?: Readonly<Record<string, Fault>>;
  readonly lastModified?: Date;
};

type StoredObject = { readonly bytes: Uint8Array; readonly lastModified: Date };

/** Plays a public feed on loopback, with its faults. */
export async function startFeedServer(options: FeedServerOptions = {}): Promise<FeedServer> {
  const objects = new Map<string, StoredObject>();
  const faults = new Map<string, { readonly fault: Fault; used: number }>();
  const requests: FeedRequest[] = [];
  const startedAt = options.lastModified ?? new Date();
  const setObject: FeedServer["setObject"] = (path, bytes, lastModified = new Date()) => {
    if (bytes === undefined) objects.delete(path);
    else objects.set(path, { bytes: Buffer.from(bytes), lastModified });
  };
  const setFault: FeedServer["setFault"] = (path, fault) => {
    if (fault === undefined) faults.delete(path);
    else faults.set(path, { fault, used: 0 });
  };
  for (const [path, bytes] of options.objects ?? []) setObject(path, bytes, startedAt);
  for (const [path, fault] of Object.entries(options.faults ?? {})) setFault(path, fault);
  const find = async (path: string): Promise<StoredObject | undefined> =>
    objects.get(path) ?? readStored(options.directory, path, startedAt);
  const activeFault = (path: string, method: string): Fault => {
    const entry = faults.get(path);
    if (entry === undefined || (entry.fault.method ?? method) !== method) return {};
    entry.used += 1;
    return entry.used > (entry.fault.times ?? Infinity) ? {} : entry.fault;
  };
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "/").slice(1).replace(/\?.*$/, ""));
    requests.push({ method: request.method ?? "", path, headers: request.headers, fromPort: request.socket.remotePort });
    const fault = activeFault(path, request.method ?? "");
    void find(path).then(async (stored) => answer(request, response, stored, fault, requests.length));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server that listens has an address of this shape
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    setObject,
    setObjects: (more, lastModified) => {
      for (const [path, bytes] of more) setObject(path, bytes, lastModified);
    },
    setFault,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  stored: StoredObject | undefined,
  fault: Fault,
  requestNumber: number,
): Promise<void> {
  if (fault.neverAnswers === true) return;
  if (fault.status !== undefined || stored === undefined) {
    response.writeHead(fault.status ?? 404, { "content-length": 0, ...presentHeaders(fault.headers ?? {}) }).end();
    return;
  }
  const bytes = fault.changesEachTime === true ? Buffer.concat([stored.bytes, Buffer.alloc(requestNumber)]) : stored.bytes;
  const validators = { etag: `"${crc32(bytes).toString(16)}-${bytes.length}"`, "last-modified": stored.lastModified.toUTCString() };
  const { status, start } = select(request.headers, validators, bytes.length, fault);
  const body = status === 304 || status === 416 ? new Uint8Array() : bytes.subarray(start);
  const headers: OutgoingHttpHeaders = presentHeaders({
    ...validators,
    "accept-ranges": "bytes",
    "content-length": fault.chunked === true || status === 304 ? undefined : String(body.length + (fault.lengthDifference ?? 0)),
    "content-range":
      status === 206 ? `bytes ${start}-${bytes.length - 1}/${bytes.length}` : status === 416 ? `bytes */${bytes.length}` : undefined,
    ...fault.headers,
  });
  response.writeHead(status, headers);
  if (request.method === "HEAD" || body.length === 0) response.end();
  else await sendBody(response, body, fault);
}

function select(
  headers: IncomingHttpHeaders,
  validators: { readonly etag: string; readonly "last-modified": string },
  length: number,
  fault: Fault,
): { readonly status: number; readonly start: number } {
  const unchanged =
    headers["if-none-match"] === undefined
      ? headers["if-modified-since"] === validators["last-modified"]
      : headers["if-none-match"] === validators.etag;
  if (unchanged) return { status: 304, start: 0 };
  const range = /^bytes=(\d+)-$/.exec(headers.range ?? "");
  const ifRange = headers["if-range"];
  const same = ifRange === undefined || ifRange === validators.etag || ifRange === validators["last-modified"];
  if (range === null || !same || fault.ignoresRange === true) return { status: 200, start: 0 };
  const start = Number(range[1]);
  return start >= length ? { status: 416, start } : { status: 206, start };
}

async function sendBody(response: ServerResponse, body: Uint8Array, fault: Fault): Promise<void> {
  const { cutAfterBytes, stallAfterBytes, drip } = fault;
  response.flushHeaders();
  const sent = body.subarray(0, Math.min(body.length, cutAfterBytes ?? Infinity, stallAfterBytes ?? Infinity));
  for (let at = 0; at < sent.length && !response.destroyed; at += drip?.chunkBytes ?? sent.length) {
    const chunk = sent.subarray(at, at + (drip?.chunkBytes ?? sent.length));
    await new Promise<void>((resolve) => response.write(chunk, () => resolve()));
    if (drip !== undefined) await delay(drip.everyMs);
  }
  if (stallAfterBytes !== undefined) return;
  // A short body under a longer Content-Length ends the way a server that miscounted ends it: by hanging up.
  if (cutAfterBytes !== undefined || (fault.lengthDifference ?? 0) > 0) response.socket?.destroySoon();
  else response.end();
}

async function readStored(directory: string | undefined, path: string, lastModified: Date): Promise<StoredObject | undefined> {
  if (directory === undefined || normalize(path).startsWith("..")) return undefined;
  const bytes = await readFile(join(directory, path)).catch(() => undefined);
  return bytes === undefined ? undefined : { bytes, lastModified };
}

function presentHeaders(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const present: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) present[name] = value;
  return present;
}

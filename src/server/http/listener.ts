import { createServer as createHttpServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { ListenOptions, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { renderRefusal } from "./refusals.ts";

export type Listener = {
  /** The TCP port, or undefined for a socket file. */
  readonly port: number | undefined;
  /** Takes no new connections, lets answers under way finish for `graceMs`, then cuts what is left. */
  readonly stop: (graceMs: number) => Promise<void>;
};

export type TlsFiles = { readonly cert: Buffer; readonly key: Buffer };

/** Against clients that hold a connection open by sending or reading one byte at a time. */
const LIMITS: ServerOptions = {
  connectionsCheckingInterval: 5_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 30_000,
  maxHeaderSize: 16 * 1024,
  requestTimeout: 5 * 60_000,
};
const MAX_HEADERS = 100;
const MAX_CONNECTIONS = 2_000;
const IDLE_SOCKET_MS = 2 * 60_000;

/** Serves `listener` over http, or https when `tls` is given. @throws the system's own error when it cannot bind */
export async function listen(
  listener: RequestListener,
  where: ListenOptions,
  tls?: TlsFiles,
  onSocket?: (socket: Socket) => void,
): Promise<Listener> {
  let stopping = false;
  const answer: RequestListener = (request, response) => {
    if (stopping) response.setHeader("connection", "close");
    listener(request, response);
  };
  const server: Server =
    tls === undefined
      ? createHttpServer(LIMITS, answer)
      : (createHttpsServer({ ...LIMITS, ...tls, minVersion: "TLSv1.2" }, answer) as unknown as Server);
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = IDLE_SOCKET_MS;
  server.on("clientError", refuseUnreadable);
  if (onSocket !== undefined) server.on("connection", onSocket);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : undefined,
    stop: async (graceMs) => {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

/** What never became a request is told why in the same words as what did. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusLines[error.code ?? ""] ?? "400 Bad Request";
  const { body, contentType } = renderRefusal(
    new CodedError("input-invalid", unreadableWords[error.code ?? ""] ?? "expected an HTTP/1.1 request"),
    "problem",
  );
  const text = body.replace(/"status":\d+/, `"status":${Number.parseInt(status, 10)}`);
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  );
}

const statusLines: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

const unreadableWords: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "the request did not arrive in time",
  HPE_HEADER_OVERFLOW: "expected at most 16 KiB of headers",
};

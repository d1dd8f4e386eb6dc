import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { GatewayConfig } from "../config.ts";

/** The gateway's own ear: HTTP/1.1, bounded in size and time. */
export type Listener = {
  /** `http://127.0.0.1:8788` */
  readonly url: string;
  /** Takes no new connections, and resolves when none is left: each is closed when its answer is out, and after so long in any case. */
  readonly close: (withinMs: number) => Promise<void>;
};

const KEEP_ALIVE_MS = 75_000;
const HEAD_MS = 20_000;
const CHECK_MS = 5000;
const IDLE_LOOK_MS = 20;

/** @throws CodedError `input-invalid` when the address is taken or not ours */
export async function listen(
  { host, port, limits }: Pick<GatewayConfig, "host" | "port" | "limits">,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listener> {
  const server = createServer({
    maxHeaderSize: limits.requestHeadBytes,
    headersTimeout: Math.min(HEAD_MS, limits.requestMs),
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(limits.requestMs, CHECK_MS),
    keepAliveTimeout: KEEP_ALIVE_MS,
    requireHostHeader: true,
    insecureHTTPParser: false,
    noDelay: true,
  });
  server.on("request", answer);
  server.on("clientError", refuseUnread);
  // Nothing is tunnelled, whatever it would become.
  server.on("connect", (_: IncomingMessage, socket: Socket) => endWith(socket, "405 Method Not Allowed"));
  server.on("upgrade", (_: IncomingMessage, socket: Socket) => endWith(socket, "400 Bad Request"));
  await listening(server, host, port);
  const { address, port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(":") ? `[${address}]` : address}:${bound}`,
    close: async (withinMs) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
      const given = setTimeout(() => server.closeAllConnections(), withinMs);
      await closed;
      clearInterval(idle);
      clearTimeout(given);
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (cause: Error): void =>
      reject(new CodedError("input-invalid", `expected to listen on ${host}:${port}, got ${cause.message}`, { cause }));
    server.once("error", refused);
    server.listen(port, host, () => {
      server.off("error", refused);
      resolve();
    });
  });
}

/** Bytes that are no request that could be read. No wire is known yet, so that the answer has the shape of none. */
function refuseUnread(error: Error, socket: Socket): void {
  const code = "code" in error ? String(error.code) : "";
  if (code === "HPE_HEADER_OVERFLOW") endWith(socket, "431 Request Header Fields Too Large");
  else if (code === "ERR_HTTP_REQUEST_TIMEOUT") endWith(socket, "408 Request Timeout");
  else endWith(socket, "400 Bad Request");
}

function endWith(socket: Socket, status: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ error: { message: status, type: "invalid_request_error", param: null, code: "request-invalid" } });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nx-sluice-refusal: request-invalid\r\nconnection: close\r\n\r\n${body}`,
  );
}

import { Agent, request as httpRequest } from "node:http";
import type { Transport } from "../contract/client.ts";
import { CodedError } from "../vocabulary/coded-error.ts";

/** The contract spoken through the local door of a running server. `close` ends its connections. */
export function createDoorTransport(socketPath: string): { readonly transport: Transport; readonly close: () => void } {
  const agent = new Agent({ keepAlive: true });
  const transport: Transport = ({ method, path, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
      const options = {
        agent,
        socketPath,
        method,
        path,
        headers: { ...headers, ...length, host: "localhost" },
        ...(signal === undefined ? {} : { signal }),
      };
      const asked = httpRequest(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", (error) => reject(lost(error, signal)));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: plainHeaders(response.headers), body: Buffer.concat(chunks) }),
        );
      });
      asked.on("error", (error) => reject(lost(error, signal)));
      asked.end(body);
    });
  return { transport, close: () => agent.destroy() };
}

function lost(cause: Error, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  return new CodedError("shutting-down", "the running server went away before it had answered; see its log, then ask again", { cause });
}

function plainHeaders(headers: NodeJS.Dict<string | string[]>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "object" ? value.join(", ") : (value ?? "")]),
  );
}

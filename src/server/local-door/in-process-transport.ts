import type { Transport } from "../../contract/client.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { App } from "../app.ts";
import { IN_PROCESS_ADDRESS } from "./door-mark.ts";

/** The contract spoken to a server in this process that does not listen, with the rights of the local door. */
export function createInProcessTransport(app: App): Transport {
  return async ({ method, path, headers, body, signal }) => {
    const payload = body === undefined || typeof body === "string" ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const asked = app.inject({
      method: method as "GET" | "POST",
      url: path,
      headers: { ...headers, host: "localhost" },
      remoteAddress: IN_PROCESS_ADDRESS,
      ...(payload === undefined ? {} : { payload }),
    });
    const answer = await (signal === undefined ? asked : Promise.race([asked, abortion(signal)]));
    const plain = Object.entries(answer.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : String(value ?? ""),
    ]);
    return { status: answer.statusCode, headers: Object.fromEntries(plain) as Record<string, string>, body: answer.rawPayload };
  };
}

function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void =>
      reject(signal.reason instanceof Error ? signal.reason : new CodedError("shutting-down", "given up by the caller"));
    if (signal.aborted) refuse();
    else signal.addEventListener("abort", refuse, { once: true });
  });
}

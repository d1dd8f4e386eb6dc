import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import type { GatewayStand } from "./gateway-stand.ts";

/** What an evaluator's tool sees of one call. */
export type ToolAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** False when the answer broke off. */
  readonly isWhole: boolean;
};

export type ToolCall = {
  readonly path?: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly token?: string;
  /** Told the answer when its head has come. */
  readonly began?: (response: IncomingMessage) => void;
  readonly signal?: AbortSignal;
  /** Without one the call has a connection of its own. */
  readonly agent?: Agent;
};

export const CHAT = { model: "aurora-1", max_tokens: 50, messages: [{ role: "user", content: "Say something, with a ü and a 漢." }] };
export const CHAT_STREAM = { ...CHAT, stream: true };
export const MESSAGES = { model: "aurora-1", max_tokens: 50, messages: [{ role: "user", content: "Say something, with a ü and a 漢." }] };
export const MESSAGES_STREAM = { ...MESSAGES, stream: true };

/** Calls the stand's gateway. Rejects only when no answer began. */
export function callTool(stand: Pick<GatewayStand, "url" | "token">, call: ToolCall = {}): Promise<ToolAnswer> {
  const { path = "/v1/chat/completions", method = "POST", token = stand.token.text, body = CHAT } = call;
  const bytes = method === "GET" ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const headers = {
    authorization: `Bearer ${token}`,
    ...(method === "GET" ? {} : { "content-type": "application/json", "content-length": String(bytes.length) }),
    ...call.headers,
  };
  const { hostname, port } = new URL(stand.url);
  return new Promise((resolve, reject) => {
    const { agent = false, signal } = call;
    const options = { hostname, port, path, method, headers, agent, ...(signal === undefined ? {} : { signal }) };
    const asked = request(options, (response) => {
      call.began?.(response);
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", () => undefined);
      response.on("close", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces),
          isWhole: response.complete,
        }),
      );
    });
    asked.on("error", reject);
    asked.end(bytes);
  });
}

/** Sends exactly these bytes, and gives what comes back until the other side closes. */
export function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.setEncoding("latin1");
    socket.on("data", (piece: string) => {
      answer += piece;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });
}

/** The code of a refusal, wherever the wire has it. */
export function refusalCode({ headers, body }: ToolAnswer): string {
  const text = body.toString("utf8");
  const stated = String(headers["x-sluice-refusal"]);
  if (!text.includes(stated)) throw new Error(`the body does not name ${stated}: ${text}`);
  return stated;
}

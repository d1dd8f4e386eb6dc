import { CodedError, type RefusalCode } from "../vocabulary/coded-error.ts";
import type { AnswerOf, AnyEndpoint, BodyInputOf, ParamsOf, QueryInputOf } from "./endpoint.ts";
import { problemSchema, STATUS_OF } from "./problem.ts";
import type { ByteSource } from "./schemas.ts";

/** One HTTP exchange, however it travels: fetch, the local door, or straight into a server in this process. */
export type Transport = (request: {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly signal: AbortSignal | undefined;
}) => Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }>;

export type Call<E extends AnyEndpoint> = {
  readonly params?: ParamsOf<E>;
  readonly query?: QueryInputOf<E>;
  readonly body?: BodyInputOf<E>;
  readonly signal?: AbortSignal;
};

export type Client = <E extends AnyEndpoint>(endpoint: E, call?: Call<E>) => Promise<AnswerOf<E>>;

/** Calls endpoints of the contract. @throws CodedError with the server's own code and words. */
export function createClient(transport: Transport): Client {
  return async (endpoint, call = {}) => {
    const isBytes = endpoint.bodyKind === "bytes" || endpoint.bodyKind === "stream";
    const answer = await transport({
      method: endpoint.method,
      path: pathOf(endpoint, call.params, call.query),
      headers: endpoint.bodyKind === "none" ? {} : { "content-type": isBytes ? "application/octet-stream" : "application/json" },
      body: endpoint.bodyKind === "none" ? undefined : isBytes ? await wholeOf(call.body as ByteSource) : JSON.stringify(call.body),
      signal: call.signal,
    });
    if (answer.status >= 400) throw refusalOf(answer.status, answer.body);
    if (endpoint.answerType === "application/octet-stream") return answer.body as AnswerOf<typeof endpoint>;
    const text = new TextDecoder().decode(answer.body);
    return endpoint.answer.parse(endpoint.answerType === "application/json" ? JSON.parse(text) : text) as AnswerOf<typeof endpoint>;
  };
}

/** Transports send one body: what comes piece by piece is put together first. */
async function wholeOf(source: ByteSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function pathOf(endpoint: AnyEndpoint, params: unknown, query: unknown): string {
  const values = (params ?? {}) as Readonly<Record<string, string>>;
  const path = endpoint.path
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""))
    .replace(/\{\+(\w+)\}$/, (_, name: string) => (values[name] ?? "").split("/").map(encodeURIComponent).join("/"));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries((query ?? {}) as Readonly<Record<string, unknown>>)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

function refusalOf(status: number, body: Uint8Array): CodedError {
  const text = new TextDecoder().decode(body);
  try {
    const problem = problemSchema.parse(JSON.parse(text));
    const code: RefusalCode = problem.code in STATUS_OF ? (problem.code as RefusalCode) : "internal";
    return new CodedError(code, problem.detail, {
      current: problem.current,
      ...(problem.place === undefined ? {} : { place: problem.place }),
    });
  } catch {
    return new CodedError("internal", `expected an answer of this API, got status ${status}: ${text.slice(0, 200)}`);
  }
}

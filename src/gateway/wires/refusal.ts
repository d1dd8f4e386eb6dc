import type { ModelWire } from "../../vocabulary/exchange.ts";

/** A refusal by the gateway itself, before it takes the shape of a wire. */
export type Refusal = {
  readonly status: number;
  /** The coded reason, as `window-closed`. */
  readonly code: string;
  /** What was expected, what is there, and who can change it. */
  readonly message: string;
  /** Set when asking again later may help; without it the official clients are told not to. */
  readonly retryAfterSeconds?: number;
  /** The wire's own code, where its clients know how to go on from it. */
  readonly wireCode?: string;
};

export type RefusalAnswer = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };

/** The answer to a refused request in the wire's own shape of errors, so that its clients show the message. */
export function refusalAnswer(family: ModelWire, refusal: Refusal): RefusalAnswer {
  const body = Buffer.from(JSON.stringify(errorShape(family, refusal)));
  return {
    headers: {
      "content-type": "application/json",
      "content-length": String(body.length),
      // Read by the official SDKs before the status: a refusal that will not change is not worth asking again.
      "x-should-retry": String(refusal.retryAfterSeconds !== undefined),
      ...(refusal.retryAfterSeconds === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(refusal.retryAfterSeconds))) }),
    },
    body,
  };
}

function errorShape(family: ModelWire, { status, code, message, wireCode }: Refusal): object {
  if (family === "openai") return { error: { message, type: OPENAI_TYPES[status] ?? fallbackType(status), param: null, code } };
  const details = wireCode === undefined ? { error_code: code } : { error_code: wireCode, refusal: code };
  return { type: "error", error: { type: ANTHROPIC_TYPES[status] ?? fallbackType(status), message, details } };
}

function fallbackType(status: number): string {
  return status >= 500 ? "api_error" : "invalid_request_error";
}

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  500: "server_error",
  502: "server_error",
  503: "server_error",
  504: "server_error",
};

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
};

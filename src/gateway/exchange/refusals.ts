import type { Refusal } from "../wires/refusal.ts";

/** Why the gateway itself refuses a call, each with its HTTP status. */
export const REFUSAL_STATUS = {
  "access-ended": 403,
  "budget-exhausted": 403,
  "credential-unavailable": 503,
  "gateway-busy": 503,
  "gateway-failed": 500,
  "gateway-stopping": 503,
  "lease-ended": 503,
  "model-unknown": 404,
  "not-recorded": 503,
  "outside-refused": 403,
  "path-unknown": 404,
  "rate-limited": 429,
  "request-invalid": 400,
  "request-too-large": 413,
  "token-expired": 401,
  "token-missing": 401,
  "token-unknown": 401,
  "upstream-failed": 502,
  "upstream-refused-here": 502,
  "server-unreachable": 503,
  "wire-unknown": 404,
} as const satisfies Readonly<Record<string, number>>;

export type GatewayRefusalCode = keyof typeof REFUSAL_STATUS;

type RefusalOptions = Partial<Pick<Refusal, "status" | "retryAfterSeconds" | "wireCode">>;

/** A call that the gateway does not make, or whose answer it does not have. */
export class CallRefused extends Error {
  override readonly name = "CallRefused";
  readonly refusal: Refusal;

  constructor(code: GatewayRefusalCode, message: string, options: RefusalOptions = {}) {
    super(message);
    this.refusal = { status: REFUSAL_STATUS[code], code, message, ...options };
  }
}

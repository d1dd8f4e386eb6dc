/**
 * Every refusal Sluice can make. The HTTP status of each stands in `contract/problem.ts`, so that adding a code
 * without deciding its status does not compile.
 */
export type RefusalCode =
  | "access-denied"
  | "archive-invalid"
  | "archive-too-large"
  | "backup-invalid"
  | "cannot-say"
  | "challenge-refused"
  | "conflict"
  | "credential-refused"
  | "cross-site"
  | "database-unavailable"
  | "directory-in-use"
  | "disk-full"
  | "document-invalid"
  | "document-too-large"
  | "document-unknown"
  | "feed-changed"
  | "feed-invalid"
  | "feed-unreachable"
  | "host-unknown"
  | "input-invalid"
  | "internal"
  | "not-allowed"
  | "not-found"
  | "rate-limited"
  | "shutting-down"
  | "sign-in-needed"
  | "snapshot-invalid"
  | "snapshot-missing"
  | "statement-timeout"
  | "unsupported";

/** A refusal: something was asked that cannot be done, and the asker can be told why. Never used for bugs. */
export class CodedError extends Error {
  override readonly name = "CodedError";
  readonly code: RefusalCode;
  /** Where in the input it happened, such as `components[3].purl` or `all.zip!GHSA-1.json`. */
  readonly place: string | undefined;
  /** For `conflict`: what is there now, as the asker may see it. */
  readonly current: unknown;

  constructor(code: RefusalCode, message: string, options: RefusalOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.place = options.place;
    this.current = options.current;
  }
}

export type RefusalOptions = { readonly cause?: unknown; readonly place?: string; readonly current?: unknown };

/** True for a refusal, optionally for one of the given codes only. */
export function isCodedError(error: unknown, ...codes: readonly RefusalCode[]): error is CodedError {
  return error instanceof CodedError && (codes.length === 0 || codes.includes(error.code));
}

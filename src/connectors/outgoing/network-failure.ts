import { CodedError } from "../../vocabulary/coded-error.ts";

/** A failure of the network between us and the source, which may be gone on the next try. */
export class NetworkFailure extends Error {
  override readonly name = "NetworkFailure";
}

const PASSING_CODES = new Set([
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "EPIPE",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ETIMEDOUT",
]);

/** What a failed exchange with `place` is to be thrown as: an abort's own reason, a refusal, or a failure worth another try. */
export function toExchangeError(error: unknown, place: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof CodedError || error instanceof NetworkFailure) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = describeError(error);
  if (PASSING_CODES.has(code)) return new NetworkFailure(reason, { cause: error });
  return new CodedError("feed-unreachable", `expected an answer from ${place}, got: ${reason}`, { cause: error, place });
}

/** An error in one line; a failure on every address of a host names each. */
export function describeError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(describeError).join("; ");
  return error instanceof Error ? error.message : String(error);
}

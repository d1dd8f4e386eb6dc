import { CodedError } from "../../vocabulary/coded-error.ts";

/** Why an exchange could not be recorded: `disk-full`, or `internal` for any other fault of the disk. */
export function recordFailure(path: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const isFull = error instanceof Error && "code" in error && FULL.has(String(error.code));
  const actual = error instanceof Error ? error.message : String(error);
  return new CodedError(isFull ? "disk-full" : "internal", `expected to record the exchange in ${path}, got ${actual}`, {
    cause: error,
    place: path,
  });
}

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

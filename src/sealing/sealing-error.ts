/** Every refusal of this layer, which knows no other. */
export type SealingCode =
  /** A directory or file that may not be used: rights too wide, unreadable, not a key file. */
  | "key-store-refused"
  /** The master key is missing, malformed, or not the one that sealed what is there. */
  | "master-key-refused"
  | "key-unknown"
  /** The key is in use and may not be retired or destroyed. */
  | "key-in-use"
  /** Sealed content that was changed, cut short, or sealed to another key. */
  | "sealed-content-refused"
  /** A note, checkpoint, proof or tile that is malformed, or does not verify. */
  | "proof-refused";

/** A refusal with what was expected and what was there; `place` is a file or a part of the input. */
export class SealingError extends Error {
  override readonly name = "SealingError";
  readonly code: SealingCode;
  readonly place: string | undefined;

  constructor(code: SealingCode, message: string, options: { readonly cause?: unknown; readonly place?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.place = options.place;
  }
}

/** True where sealed content was changed, cut short, or is none. */
export function isRefusedContent(error: unknown): error is SealingError {
  return error instanceof SealingError && error.code === "sealed-content-refused";
}

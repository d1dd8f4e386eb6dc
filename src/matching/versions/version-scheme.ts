import type { KeyWriter } from "./key-writer.ts";

/** Why a version has no place in its ecosystem's order, in a reader's words. */
export type CannotEncode = { readonly reason: string };

/**
 * One total order of versions, as bytes: `memcmp(key(a), key(b))` has the sign of the ecosystem's own comparison, and equal order means equal bytes.
 * No key is empty, starts with `FF` or exceeds `MAX_KEY_BYTES`.
 */
export type VersionScheme = {
  /** Stands in every snapshot and table beside the keys; a rule change means a new id. */
  readonly id: string;
  /** Writes the key of `version` at the writer's position; undefined on success. On a refusal what was written is meaningless. */
  readonly encode: (version: string, out: KeyWriter) => CannotEncode | undefined;
  /**
   * Why `version` may lie above its key, in a reader's words: it is incomplete, or its place is one of an older order. What hits it is doubtful then,
   * and a range that begins above it cannot be compared.
   */
  readonly doubtOf?: (version: string) => string | undefined;
};

import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseCheckpoint } from "./checkpoint.ts";
import { readPrivateText, replaceDurably } from "./durable-file.ts";
import { SealingError } from "./sealing-error.ts";

/**
 * The newest checkpoint that was signed for each log, kept beside the keys and apart from the database: a database that was set back,
 * or changed, is found out before its tree is signed again.
 */
export type SignedHeads = {
  readonly read: (origin: string) => string | undefined;
  /** On disk when this returns. A smaller tree than the kept one is refused. @throws SealingError `proof-refused` */
  readonly keep: (checkpoint: string) => void;
  /** Of every log with leaves whose head is kept here: an empty one proves nothing. */
  readonly origins: () => readonly string[];
};

export function openSignedHeads(directory: string): SignedHeads {
  return { read, keep, origins };

  function read(origin: string): string | undefined {
    return readPrivateText(fileOf(origin));
  }

  function keep(checkpoint: string): void {
    const { origin, size } = parseCheckpoint(checkpoint);
    const kept = read(origin);
    const keptSize = kept === undefined ? 0 : parseCheckpoint(kept).size;
    if (size < keptSize) {
      throw new SealingError(
        "proof-refused",
        `expected a tree of at least ${keptSize} leaves, whose head was signed before, got one of ${size}`,
        { place: origin },
      );
    }
    replaceDurably(fileOf(origin), checkpoint);
  }

  function origins(): readonly string[] {
    return readdirSync(directory)
      .filter((name) => /^[0-9a-f]{16}\.head$/.test(name))
      .map((name) => parseCheckpoint(readPrivateText(join(directory, name)) ?? ""))
      .filter(({ size }) => size > 0)
      .map(({ origin }) => origin);
  }

  function fileOf(origin: string): string {
    return join(directory, `${createHash("sha256").update(origin, "utf8").digest("hex").slice(0, 16)}.head`);
  }
}

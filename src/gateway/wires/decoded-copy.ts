import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";

/** Expands a copy of a compressed answer, for reading its usage only; what passes to the client is never touched. */
export type DecodedCopy = {
  readonly push: (chunk: Buffer) => void;
  /** False when the copy could not be read to its end: damaged, cut, or larger than is worth reading. */
  readonly end: () => Promise<boolean>;
};

const MOST_EXPANDED = 64 * 1024 * 1024;
const MOST_WAITING = 8 * 1024 * 1024;

const openers = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** Undefined for a coding that is not known here. */
export function decodedCopy(encoding: string, take: (bytes: Buffer) => void): DecodedCopy | undefined {
  if (!isKnown(encoding)) return undefined;
  const stream = openers[encoding]();
  let expanded = 0;
  let isWhole = true;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const giveUp = (): void => {
    isWhole = false;
    stream.destroy();
    resolve();
  };
  stream.on("data", (bytes: Buffer) => {
    expanded += bytes.length;
    if (expanded > MOST_EXPANDED) giveUp();
    else take(bytes);
  });
  stream.on("error", giveUp);
  stream.on("end", resolve);
  return {
    push: (chunk) => {
      if (stream.destroyed) return;
      if (stream.writableLength > MOST_WAITING) giveUp();
      else stream.write(chunk);
    },
    end: async () => {
      if (!stream.destroyed) stream.end();
      await ended;
      return isWhole;
    },
  };
}

function isKnown(encoding: string): encoding is keyof typeof openers {
  return Object.hasOwn(openers, encoding);
}

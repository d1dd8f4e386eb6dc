import { type Cipheriv, createCipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { contentKey, makeContentSlots, SLOTS_IN_SEGMENT } from "./content-slots.ts";
import { DIGEST_BYTES, encodeFrame, exchangeBytes, type ExchangeFrame } from "./exchange-frame.ts";
import { keyedDigest, sha256 } from "./keyed-digest.ts";
import { headerDigest, type SegmentHeader, writeSegmentHeader } from "./segment-header.ts";
import { segmentKeys } from "./segment-keys.ts";

export const PREFIX_BYTES = 12;
export const TAG_BYTES = 16;
/** No block's descriptions or contents are longer. */
export const DESCRIPTIONS_LIMIT_BYTES = 1 << 22;
export const CONTENTS_LIMIT_BYTES = 1 << 28;
/** Of one frame. */
export const CONTENT_LIMIT_BYTES = 1 << 27;
/** A block that is so large takes no more frames. */
const BLOCK_BYTES = 1 << 20;

/** Seals the frames of one segment, in memory; it is the only one that ever uses the segment's keys to encrypt. */
export type SegmentSealer = {
  /** The first bytes of the file. */
  readonly headerLine: Uint8Array;
  /** What stands in the file beside it. */
  readonly slots: Uint8Array;
  /** Chains a frame to its session and encrypts its content, for the block that is next. An exchange's first frame in a segment is `spend` or `resume`. */
  readonly add: (frame: ExchangeFrame, atMs: number) => AddedFrame;
  /** The block of all frames that were added since the last one; undefined when there are none. */
  readonly seal: () => Buffer | undefined;
  /** Of frames that are in no block yet. */
  readonly waitingBytes: () => number;
  readonly isBlockFull: () => boolean;
  readonly hasFreeSlot: () => boolean;
  /** How many frames its blocks hold. */
  readonly frames: () => number;
  /** The digest over the first so many frames of its blocks, in hex. */
  readonly head: (frames: number) => string;
  /** Empties the keys in memory. */
  readonly destroy: () => void;
};

export type AddedFrame = {
  /** The place of its block in the segment, from 0. */
  readonly block: number;
  /** The keyed digest of the frame, which the next one of its session carries. */
  readonly digest: Buffer;
};

export type SegmentBeginning = Omit<SegmentHeader, "salt">;

type Open = {
  readonly exchange: Uint8Array;
  readonly session: string;
  readonly slot: number;
  readonly content: Cipheriv;
  readonly keyCheck: string;
};

const FRAMES_AT_FIRST = 1024;
const NO_CONTENT = new Uint8Array(DIGEST_BYTES);

/** A new segment with a salt and a table of slots of its own. */
export function beginSegment(recordKey: Uint8Array, beginning: SegmentBeginning): SegmentSealer {
  const header: SegmentHeader = { ...beginning, salt: randomBytes(32).toString("hex") };
  const headerLine = writeSegmentHeader(header);
  const keys = segmentKeys(recordKey, header.salt, header.grantId, headerLine);
  const chain = keyedDigest(keys.chain);
  const slots = makeContentSlots();
  const beginningDigest = headerDigest(headerLine);
  const sessions = new Map<string, Uint8Array>();
  const exchanges = new Map<string, Open>();
  /** Of all frames, one after the other: what heads are made of, when somebody asks for one. */
  let digests = Buffer.alloc(FRAMES_AT_FIRST * DIGEST_BYTES);
  let descriptions: Buffer[] = [];
  let contents: Buffer[] = [];
  let waitingBytes = 0;
  let block = 0;
  let frames = 0;
  let usedSlots = 0;

  return {
    headerLine,
    slots,
    add,
    seal,
    waitingBytes: () => waitingBytes,
    isBlockFull: () => waitingBytes >= BLOCK_BYTES,
    hasFreeSlot: () => usedSlots < SLOTS_IN_SEGMENT,
    frames: () => frames,
    head: headOf,
    destroy: () => {
      keys.destroy();
      chain.destroy();
      for (const exchangeId of exchanges.keys()) end(exchangeId);
      slots.fill(0);
    },
  };

  function add(frame: ExchangeFrame, atMs: number): AddedFrame {
    const open = openOf(frame);
    const session = open?.session ?? "";
    const sealedContent = "content" in frame ? open?.content.update(frame.content) : undefined;
    const isFirst = frame.kind === "spend" || frame.kind === "resume";
    const description = encodeFrame(
      frame,
      {
        atMs,
        previous: sessions.get(session) ?? beginningDigest,
        sealedDigest: sealedContent === undefined ? NO_CONTENT : sha256(sealedContent),
        contentBytes: sealedContent?.length,
        slot: open?.slot ?? 0,
        keyCheck: isFirst ? open?.keyCheck : undefined,
      },
      open?.exchange,
    );
    const digest = chain.of(description);
    sessions.set(session, digest);
    descriptions.push(description);
    keepDigest(digest);
    waitingBytes += description.length;
    if (sealedContent !== undefined) {
      contents.push(sealedContent);
      waitingBytes += sealedContent.length;
    }
    if (frame.kind === "close") end(frame.exchangeId);
    return { block, digest };
  }

  function openOf(frame: ExchangeFrame): Open | undefined {
    if (frame.kind === "settled") return undefined;
    if (frame.kind === "spend" || frame.kind === "resume") {
      const key = contentKey(keys.contents, slots, usedSlots);
      if (key === undefined) throw new Error("invariant broken: a segment has a slot for every exchange");
      const open: Open = {
        exchange: exchangeBytes(frame.exchangeId),
        session: frame.session,
        slot: usedSlots++,
        content: contentCipher(createCipheriv, key),
        keyCheck: keyCheckOf(key),
      };
      key.fill(0);
      exchanges.set(frame.exchangeId, open);
      return open;
    }
    const open = exchanges.get(frame.exchangeId);
    if (open === undefined) throw new Error(`invariant broken: exchange ${frame.exchangeId} began in this segment`);
    return open;
  }

  /** What ends a cipher takes its key out of memory. */
  function end(exchangeId: string): void {
    exchanges.get(exchangeId)?.content.final();
    exchanges.delete(exchangeId);
  }

  function keepDigest(digest: Buffer): void {
    const at = (frames + descriptions.length - 1) * DIGEST_BYTES;
    if (at === digests.length) digests = Buffer.concat([digests, Buffer.alloc(at)]);
    digests.set(digest, at);
  }

  function headOf(upTo: number): string {
    const digested = digests.subarray(0, upTo * DIGEST_BYTES);
    return createHash("sha256").update(beginningDigest).update(digested).digest("hex");
  }

  /** Nonce = the block's index: the segment's key seals each index once. */
  function seal(): Buffer | undefined {
    if (descriptions.length === 0) return undefined;
    const described = descriptions.length === 1 && descriptions[0] !== undefined ? descriptions[0] : Buffer.concat(descriptions);
    const prefix = blockPrefix(
      described.length,
      contents.reduce((sum, { length }) => sum + length, 0),
      block,
    );
    const cipher = createCipheriv("aes-256-gcm", keys.frames, blockNonce(block), { authTagLength: TAG_BYTES }).setAAD(prefix);
    const bytes = Buffer.concat([prefix, cipher.update(described), cipher.final(), cipher.getAuthTag(), ...contents]);
    frames += descriptions.length;
    block += 1;
    descriptions = [];
    contents = [];
    waitingBytes = 0;
    return bytes;
  }
}

/** Lengths of descriptions and contents, and a checksum that tells a damaged length from a file that ends. */
export function blockPrefix(descriptionsBytes: number, contentsBytes: number, block: number): Buffer {
  const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
  prefix.writeUInt32BE(descriptionsBytes, 0);
  prefix.writeUInt32BE(contentsBytes, 4);
  prefix.writeUInt32BE(crc32(prefix.subarray(0, 8), block % 2 ** 32), 8);
  return prefix;
}

export function blockNonce(block: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(block, 6, 6);
  return nonce;
}

/**
 * AES-256-CTR from zero over all of an exchange's contents in a segment, one after the other: its key serves nothing else. What authenticates
 * each of them is its digest in the description, encrypted as it stands there.
 */
export function contentCipher<T>(make: (cipher: "aes-256-ctr", key: Uint8Array, counter: Uint8Array) => T, key: Uint8Array): T {
  return make("aes-256-ctr", key, new Uint8Array(16));
}

/** By which the key of an exchange's content is known again, in hex. */
export function keyCheckOf(key: Uint8Array): string {
  return createHmac("sha256", key).update("content key").digest("hex").slice(0, 32);
}

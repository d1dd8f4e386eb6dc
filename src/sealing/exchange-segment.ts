import { createCipheriv, hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { contentKey, makeContentSlots, SLOTS_IN_SEGMENT } from "./content-slots.ts";
import { DIGEST_BYTES, encodeFrame, type ExchangeFrame } from "./exchange-frame.ts";
import { keyedDigest } from "./keyed-digest.ts";
import { headerDigest, type SegmentHeader, writeSegmentHeader } from "./segment-header.ts";
import { segmentKeys } from "./segment-keys.ts";

export const PREFIX_BYTES = 12;
export const TAG_BYTES = 16;
/** No frame's description or content is longer. */
export const DESCRIPTION_LIMIT_BYTES = 1 << 20;
export const CONTENT_LIMIT_BYTES = 1 << 27;

/** Seals the frames of one segment, in memory; it is the only one that ever uses the segment's keys to encrypt. */
export type SegmentSealer = {
  readonly header: SegmentHeader;
  /** The first bytes of the file. */
  readonly headerLine: Uint8Array;
  /** What stands in the file beside it. */
  readonly slots: Uint8Array;
  /** Chains a frame to its session and encrypts it. An exchange's first frame in a segment is `spend` or `resume`. */
  readonly seal: (frame: ExchangeFrame, atMs: number) => SealedFrame;
  readonly hasFreeSlot: () => boolean;
  /** How many frames it holds. */
  readonly frames: () => number;
  /** The digest over all frames so far, in hex. */
  readonly head: () => string;
  /** Empties the keys in memory. */
  readonly destroy: () => void;
};

export type SealedFrame = {
  readonly bytes: Buffer;
  /** The place of the frame in the segment, from 0. */
  readonly index: number;
  /** The keyed digest of the frame, which the next one of its session carries. In hex. */
  readonly digest: string;
  /** Keyed digest of the content, in hex. */
  readonly contentDigest: string;
};

export type SegmentBeginning = Omit<SegmentHeader, "salt">;

type Open = { readonly session: string; readonly slot: number; readonly key: Uint8Array };

/** A new segment with a salt and a table of slots of its own. */
export function beginSegment(recordKey: Uint8Array, beginning: SegmentBeginning): SegmentSealer {
  const header: SegmentHeader = { ...beginning, salt: randomBytes(32).toString("hex") };
  const headerLine = writeSegmentHeader(header);
  const keys = segmentKeys(recordKey, header.salt, header.grantId, headerLine);
  const chain = keyedDigest(keys.chain);
  const address = keyedDigest(keys.address);
  const slots = makeContentSlots();
  const beginningDigest = headerDigest(headerLine);
  const sessions = new Map<string, Uint8Array>();
  const exchanges = new Map<string, Open>();
  let head: Uint8Array = beginningDigest;
  let index = 0;
  let usedSlots = 0;

  return {
    header,
    headerLine,
    slots,
    seal,
    hasFreeSlot: () => usedSlots < SLOTS_IN_SEGMENT,
    frames: () => index,
    head: () => Buffer.from(head).toString("hex"),
    destroy: () => {
      keys.destroy();
      chain.destroy();
      address.destroy();
      for (const { key } of exchanges.values()) key.fill(0);
      slots.fill(0);
    },
  };

  function seal(frame: ExchangeFrame, atMs: number): SealedFrame {
    const open = openOf(frame);
    const session = open?.session ?? "";
    const content = "content" in frame ? frame.content : undefined;
    const contentDigest = content === undefined ? new Uint8Array(DIGEST_BYTES) : address.of(content);
    const previous = sessions.get(session) ?? beginningDigest;
    const description = encodeFrame(frame, { atMs, previous, contentDigest, slot: open?.slot ?? 0 });
    const digest = chain.of(description);
    const bytes = encrypted(description, content, open?.key);
    sessions.set(session, digest);
    head = hash("sha256", Buffer.concat([head, digest]), "buffer");
    if (frame.kind === "close") exchanges.delete(frame.exchangeId);
    return { bytes, index: index++, digest: digest.toString("hex"), contentDigest: Buffer.from(contentDigest).toString("hex") };
  }

  function openOf(frame: ExchangeFrame): Open | undefined {
    if (frame.kind === "settled") return undefined;
    if (frame.kind === "spend" || frame.kind === "resume") {
      const key = contentKey(keys.contents, slots, usedSlots);
      if (key === undefined) throw new Error("invariant broken: a segment has a slot for every exchange");
      const open: Open = { session: frame.session, slot: usedSlots++, key };
      exchanges.set(frame.exchangeId, open);
      return open;
    }
    const open = exchanges.get(frame.exchangeId);
    if (open === undefined) throw new Error(`invariant broken: exchange ${frame.exchangeId} began in this segment`);
    return open;
  }

  /** Nonce = the frame's index: the segment's key seals each index once, an exchange's key too. */
  function encrypted(description: Uint8Array, content: Uint8Array | undefined, key: Uint8Array | undefined): Buffer {
    const prefix = framePrefix(description.length, content?.length, index);
    const pieces = [prefix, ...sealed(keys.frames, index, description, prefix)];
    if (content !== undefined && key !== undefined) pieces.push(...sealed(key, index, content, undefined));
    return Buffer.concat(pieces);
  }
}

/** Lengths of description and content, and a checksum that tells a damaged length from a file that ends. */
export function framePrefix(descriptionBytes: number, contentBytes: number | undefined, index: number): Buffer {
  const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
  prefix.writeUInt32BE(descriptionBytes, 0);
  prefix.writeUInt32BE(contentBytes === undefined ? 0 : contentBytes + 1, 4);
  prefix.writeUInt32BE(crc32(prefix.subarray(0, 8), index % 2 ** 32), 8);
  return prefix;
}

export function frameNonce(index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 6, 6);
  return nonce;
}

function sealed(key: Uint8Array, index: number, plain: Uint8Array, associated: Uint8Array | undefined): Buffer[] {
  const cipher = createCipheriv("aes-256-gcm", key, frameNonce(index), { authTagLength: TAG_BYTES });
  if (associated !== undefined) cipher.setAAD(associated);
  const bytes = cipher.update(plain);
  cipher.final();
  return [bytes, cipher.getAuthTag()];
}

import { createDecipheriv, createHash, type Decipheriv } from "node:crypto";
import { contentKey } from "./content-slots.ts";
import { decodeFrame, type ExchangeFrame, type FrameHead } from "./exchange-frame.ts";
import {
  blockNonce,
  blockPrefix,
  contentCipher,
  CONTENTS_LIMIT_BYTES,
  DESCRIPTIONS_LIMIT_BYTES,
  keyCheckOf,
  PREFIX_BYTES,
  TAG_BYTES,
} from "./exchange-segment.ts";
import { keyedDigest, sha256 } from "./keyed-digest.ts";
import { HEADER_LIMIT_BYTES, headerDigest, readSegmentHeader, type SegmentHeader } from "./segment-header.ts";
import { type SegmentKeys, segmentKeys } from "./segment-keys.ts";
import type { SegmentSource } from "./segment-source.ts";

/** Where a block stands: enough to begin reading there. */
export type BlockPlace = { readonly offset: number; readonly block: number };

/** With the place of its block. */
export type PlacedFrame = BlockPlace & {
  readonly frame: ExchangeFrame;
  readonly atMs: number;
  readonly session: string;
  /** Keyed digest of the frame, in hex. */
  readonly digest: string;
  readonly contentBytes: number;
  /** All but `whole`: the frame's content is empty. `skipped`: it was not asked for. */
  readonly content: "whole" | "redacted" | "altered" | "skipped";
  /** Of the exchange's content key; set for `spend` and `resume`. */
  readonly slot: number;
  /** How many frames there are up to this one, and the digest over all of them, in hex; undefined when reading began inside. */
  readonly stand: { readonly frames: number; readonly head: string } | undefined;
};

/** How a segment ends. What lies behind `place` is no part of it. */
export type SegmentEnd = {
  /** `torn`: an unfinished write; `altered`: bytes that this format's writer cannot have left. */
  readonly kind: "whole" | "torn" | "altered";
  readonly place: BlockPlace;
  readonly surplusBytes: number;
  /** How many frames it has, and the digest over all of them in hex; undefined when reading began inside. */
  readonly stand: PlacedFrame["stand"];
  readonly reason: string | undefined;
};

export type OpenedSegment = {
  readonly header: SegmentHeader;
  /**
   * Yields the frames of every whole block, in order, verified against its session's chain; returns how the segment ends. From a place inside, the chains
   * are not verified, and only exchanges that begin behind it have session and content.
   */
  readonly frames: (options?: ReadingOptions) => AsyncGenerator<PlacedFrame, SegmentEnd>;
  /** Empties its keys in memory. */
  readonly destroy: () => void;
};

export type ReadingOptions = {
  readonly from?: BlockPlace | undefined;
  /** Whose contents are opened; without it all are. */
  readonly contentsOf?: ((exchangeId: string) => boolean) | undefined;
};

const READ_BYTES = 1 << 20;
const NOTHING = new Uint8Array(0);

/**
 * `slots` undefined: the table is gone, and every content with it. Undefined when the header line is unfinished.
 * @throws SealingError `sealed-content-refused` for what is no segment
 */
export async function openSegment(
  source: SegmentSource,
  slots: Uint8Array | undefined,
  recordKey: Uint8Array,
): Promise<OpenedSegment | undefined> {
  const read = readSegmentHeader(await source.read(0, HEADER_LIMIT_BYTES), source.name);
  if (read === undefined) return undefined;
  const { header, line } = read;
  const keys = segmentKeys(recordKey, header.salt, header.grantId, line);
  return { header, frames: (options) => readFrames(source, slots, keys, line, options), destroy: keys.destroy };
}

type Exchange = { readonly session: string; readonly opening: Decipheriv | Exclude<PlacedFrame["content"], "whole"> };

async function* readFrames(
  source: SegmentSource,
  slots: Uint8Array | undefined,
  keys: SegmentKeys,
  line: Uint8Array,
  { from = { offset: line.length, block: 0 }, contentsOf }: ReadingOptions = {},
): AsyncGenerator<PlacedFrame, SegmentEnd> {
  const chain = keyedDigest(keys.chain);
  const beginning = Buffer.from(headerDigest(line));
  const isWhole = from.block === 0;
  const sessions = new Map<string, Buffer>();
  const exchanges = new Map<string, Exchange>();
  const head = createHash("sha256").update(beginning);
  let frames = 0;
  let stand = standNow();
  let { offset, block } = from;
  let buffered: Uint8Array = new Uint8Array(0);
  let bufferedOffset = offset;

  for (;;) {
    const prefix = await bytesAt(PREFIX_BYTES);
    if (prefix.length === 0) return end("whole", 0, undefined);
    if (prefix.length < PREFIX_BYTES) return end("torn", prefix.length, "a block's length is unfinished");
    const lengths = lengthsOf(prefix, block);
    if (lengths === undefined) return endOfDamage();
    const wanted = PREFIX_BYTES + lengths.descriptionsBytes + TAG_BYTES + lengths.contentsBytes;
    const bytes = await bytesAt(wanted);
    if (bytes.length < wanted) return end("torn", bytes.length, "a block is unfinished");
    const opened = openedAt(bytes, lengths);
    if (typeof opened === "string") return end("altered", await restLength(), opened);
    yield* opened;
    offset += bytes.length;
    block += 1;
    stand = standNow();
  }

  /** All frames of a block or none: what follows from a broken chain is no part of the record. */
  function openedAt(bytes: Buffer, { descriptionsBytes }: Lengths): readonly PlacedFrame[] | string {
    const contentsAt = PREFIX_BYTES + descriptionsBytes + TAG_BYTES;
    const descriptions = unsealed(keys.frames, block, bytes.subarray(PREFIX_BYTES, contentsAt), bytes.subarray(0, PREFIX_BYTES));
    if (descriptions === undefined) return "a block does not open: it was altered, moved, or one before it is missing";
    const placed: PlacedFrame[] = [];
    let contentAt = contentsAt;
    for (let at = 0; at < descriptions.length;) {
      const { head: fixed, frame, length } = decodeFrame(descriptions.subarray(at));
      const exchange = exchangeOf(frame, fixed);
      const session = exchange?.session ?? "";
      if (isWhole && exchange === undefined && frame.kind !== "settled") return "a frame's exchange does not begin in this segment";
      if (isWhole && !(sessions.get(session) ?? beginning).equals(fixed.previous))
        return "a frame does not follow the one before it in its session";
      const digest = chain.of(descriptions.subarray(at, at + length));
      sessions.set(session, digest);
      head.update(digest);
      frames += 1;
      const contentBytes = fixed.contentBytes ?? 0;
      const content = contentOf(bytes.subarray(contentAt, contentAt + contentBytes), exchange, fixed);
      at += length;
      contentAt += contentBytes;
      placed.push({
        frame: "content" in frame ? { ...frame, content: content.bytes } : frame,
        atMs: fixed.atMs,
        session,
        offset,
        block,
        digest: digest.toString("hex"),
        contentBytes,
        content: content.state,
        slot: fixed.slot,
        stand: standNow(),
      });
    }
    return placed;
  }

  /** An exchange whose beginning lies before the place where reading began is told only by its id. */
  function exchangeOf(frame: ExchangeFrame, fixed: FrameHead): Exchange | undefined {
    if (frame.kind === "settled") return undefined;
    if (frame.kind === "spend" || frame.kind === "resume") {
      const exchange = { session: frame.session, opening: openingOf(frame.exchangeId, fixed) };
      exchanges.set(frame.exchangeId, exchange);
      return exchange;
    }
    return exchanges.get(frame.exchangeId);
  }

  function openingOf(exchangeId: string, { slot, keyCheck }: FrameHead): Exchange["opening"] {
    if (contentsOf?.(exchangeId) === false) return "skipped";
    const key = slots === undefined ? undefined : contentKey(keys.contents, slots, slot);
    if (key === undefined) return "redacted";
    return keyCheckOf(key) === keyCheck ? contentCipher(createDecipheriv, key) : "altered";
  }

  function contentOf(bytes: Buffer, exchange: Exchange | undefined, { contentBytes, sealedDigest }: FrameHead): Content {
    if (contentBytes === undefined) return { state: "whole", bytes: NOTHING };
    const opening = exchange?.opening ?? "redacted";
    if (opening === "skipped") return { state: opening, bytes: NOTHING };
    const plain = typeof opening === "string" ? NOTHING : opening.update(bytes);
    if (!sha256(bytes).equals(sealedDigest)) return { state: "altered", bytes: NOTHING };
    return typeof opening === "string" ? { state: opening, bytes: NOTHING } : { state: "whole", bytes: plain };
  }

  /** Zeros to the end are blocks that were given to the file and never written before power was lost. */
  async function endOfDamage(): Promise<SegmentEnd> {
    for (let at = offset; ;) {
      const rest = await source.read(at, READ_BYTES);
      if (rest.length === 0) return end("torn", at - offset, "zeros up to the end");
      if (rest.some((byte) => byte !== 0)) return end("altered", await restLength(), "a block's length was altered");
      at += rest.length;
    }
  }

  async function restLength(): Promise<number> {
    for (let at = offset; ;) {
      const { length } = await source.read(at, READ_BYTES);
      if (length === 0) return at - offset;
      at += length;
    }
  }

  async function bytesAt(length: number): Promise<Buffer> {
    const start = offset - bufferedOffset;
    if (buffered.length - start < length) {
      buffered = await source.read(offset, Math.max(length, READ_BYTES));
      bufferedOffset = offset;
    }
    const at = offset - bufferedOffset;
    const bytes = buffered.subarray(at, at + length);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  function standNow(): PlacedFrame["stand"] {
    return isWhole ? { frames, head: head.copy().digest("hex") } : undefined;
  }

  function end(kind: SegmentEnd["kind"], surplusBytes: number, reason: string | undefined): SegmentEnd {
    return { kind, place: { offset, block }, surplusBytes, stand, reason };
  }
}

type Content = { readonly state: PlacedFrame["content"]; readonly bytes: Uint8Array };
type Lengths = { readonly descriptionsBytes: number; readonly contentsBytes: number };

function lengthsOf(prefix: Buffer, block: number): Lengths | undefined {
  const descriptionsBytes = prefix.readUInt32BE(0);
  const contentsBytes = prefix.readUInt32BE(4);
  if (descriptionsBytes > DESCRIPTIONS_LIMIT_BYTES || contentsBytes > CONTENTS_LIMIT_BYTES) return undefined;
  return blockPrefix(descriptionsBytes, contentsBytes, block).equals(prefix) ? { descriptionsBytes, contentsBytes } : undefined;
}

function unsealed(key: Uint8Array, block: number, sealed: Buffer, associated: Uint8Array): Buffer | undefined {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, blockNonce(block), { authTagLength: TAG_BYTES }).setAAD(associated);
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
    // Nothing is left for it to give, but it is what checks the tag.
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

import { createDecipheriv, hash } from "node:crypto";
import { contentKey } from "./content-slots.ts";
import { decodeFrame, type ExchangeFrame, type FrameHead } from "./exchange-frame.ts";
import { CONTENT_LIMIT_BYTES, DESCRIPTION_LIMIT_BYTES, frameNonce, framePrefix, PREFIX_BYTES, TAG_BYTES } from "./exchange-segment.ts";
import { keyedDigest } from "./keyed-digest.ts";
import { HEADER_LIMIT_BYTES, headerDigest, readSegmentHeader, type SegmentHeader } from "./segment-header.ts";
import { type SegmentKeys, segmentKeys } from "./segment-keys.ts";
import type { SegmentSource } from "./segment-source.ts";

/** Where a frame stands: enough to begin reading there. */
export type FramePlace = { readonly offset: number; readonly index: number };

export type PlacedFrame = FramePlace & {
  readonly frame: ExchangeFrame;
  readonly atMs: number;
  readonly session: string;
  /** Keyed digest of the frame, in hex. */
  readonly digest: string;
  /** Keyed digest of the content as it was recorded, in hex. */
  readonly contentDigest: string;
  readonly contentBytes: number;
  /** All but `whole`: the frame's content is empty. `skipped`: it was not asked for. */
  readonly content: "whole" | "redacted" | "altered" | "skipped";
  /** Of the exchange's content key; set for `spend` and `resume`. */
  readonly slot: number;
  /** The digest over all frames up to this one, in hex; undefined when reading began inside. */
  readonly head: string | undefined;
  readonly endOffset: number;
};

/** How a segment ends. What lies behind `place` is no part of it. */
export type SegmentEnd = {
  /** `torn`: an unfinished write; `altered`: bytes that this format's writer cannot have left. */
  readonly kind: "whole" | "torn" | "altered";
  readonly place: FramePlace;
  readonly surplusBytes: number;
  /** The digest over all its frames in hex; undefined when reading began inside. */
  readonly head: string | undefined;
  readonly reason: string | undefined;
};

export type OpenedSegment = {
  readonly header: SegmentHeader;
  /**
   * Yields every whole frame, in order, verified against its session's chain; returns how the segment ends. From a place inside, the chains
   * are not verified, and only exchanges that begin behind it have session and content.
   */
  readonly frames: (options?: ReadingOptions) => AsyncGenerator<PlacedFrame, SegmentEnd>;
  /** Empties its keys in memory. */
  readonly destroy: () => void;
};

export type ReadingOptions = {
  readonly from?: FramePlace | undefined;
  /** Whose contents are opened; without it all are. */
  readonly contentsOf?: ((exchangeId: string) => boolean) | undefined;
};

const BLOCK_BYTES = 1 << 20;
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

type Exchange = { readonly session: string; readonly key: Uint8Array | "skipped" | undefined };

async function* readFrames(
  source: SegmentSource,
  slots: Uint8Array | undefined,
  keys: SegmentKeys,
  line: Uint8Array,
  { from = { offset: line.length, index: 0 }, contentsOf }: ReadingOptions = {},
): AsyncGenerator<PlacedFrame, SegmentEnd> {
  const chain = keyedDigest(keys.chain);
  const address = keyedDigest(keys.address);
  const beginning = Buffer.from(headerDigest(line));
  const isWhole = from.index === 0;
  const sessions = new Map<string, Buffer>();
  const exchanges = new Map<string, Exchange>();
  let head = beginning;
  let { offset, index } = from;
  let block: Uint8Array = new Uint8Array(0);
  let blockOffset = offset;

  for (;;) {
    const prefix = await bytesAt(PREFIX_BYTES);
    if (prefix.length === 0) return end("whole", 0, undefined);
    if (prefix.length < PREFIX_BYTES) return end("torn", prefix.length, "a frame's length is unfinished");
    const lengths = lengthsOf(prefix, index);
    if (lengths === undefined) return endOfDamage();
    const wanted = PREFIX_BYTES + lengths.sealedBytes;
    const bytes = await bytesAt(wanted);
    if (bytes.length < wanted) return end("torn", bytes.length, "a frame is unfinished");
    const opened = opensAt(bytes, lengths);
    if (typeof opened === "string") return end("altered", await restLength(), opened);
    yield opened;
    offset = opened.endOffset;
    index += 1;
  }

  function opensAt(bytes: Buffer, { descriptionBytes, contentBytes }: Lengths): PlacedFrame | string {
    const contentAt = PREFIX_BYTES + descriptionBytes + TAG_BYTES;
    const description = unsealed(keys.frames, index, bytes.subarray(PREFIX_BYTES, contentAt), bytes.subarray(0, PREFIX_BYTES));
    if (description === undefined) return "a frame does not open: it was altered, moved, or one before it is missing";
    const { head: fixed, frame } = decodeFrame(description, NOTHING);
    const exchange = exchangeOf(frame, fixed);
    const session = exchange?.session ?? "";
    if (isWhole && exchange === undefined && frame.kind !== "settled") return "a frame's exchange does not begin in this segment";
    if (isWhole && !(sessions.get(session) ?? beginning).equals(fixed.previous))
      return "a frame does not follow the one before it in its session";
    const digest = chain.of(description);
    sessions.set(session, digest);
    head = hash("sha256", Buffer.concat([head, digest]), "buffer");
    const content = contentOf(bytes.subarray(contentAt), contentBytes, exchange?.key, fixed);
    return {
      frame: "content" in frame ? { ...frame, content: content.bytes } : frame,
      atMs: fixed.atMs,
      session,
      offset,
      index,
      digest: digest.toString("hex"),
      contentDigest: Buffer.from(fixed.contentDigest).toString("hex"),
      contentBytes: contentBytes ?? 0,
      content: content.state,
      slot: fixed.slot,
      head: headText(),
      endOffset: offset + bytes.length,
    };
  }

  /** An exchange whose beginning lies before the place where reading began is told only by its id. */
  function exchangeOf(frame: ExchangeFrame, { slot }: FrameHead): Exchange | undefined {
    if (frame.kind === "settled") return undefined;
    if (frame.kind === "spend" || frame.kind === "resume") {
      const exchange = { session: frame.session, key: contentKeyOf(frame.exchangeId, slot) };
      exchanges.set(frame.exchangeId, exchange);
      return exchange;
    }
    return exchanges.get(frame.exchangeId);
  }

  function contentKeyOf(exchangeId: string, slot: number): Exchange["key"] {
    if (contentsOf?.(exchangeId) === false) return "skipped";
    return slots === undefined ? undefined : contentKey(keys.contents, slots, slot);
  }

  function contentOf(bytes: Buffer, length: number | undefined, key: Exchange["key"], { contentDigest }: FrameHead): Content {
    if (length === undefined) return { state: "whole", bytes: NOTHING };
    if (key === undefined) return { state: "redacted", bytes: NOTHING };
    if (key === "skipped") return { state: "skipped", bytes: NOTHING };
    const content = unsealed(key, index, bytes, undefined);
    const isSame = content !== undefined && address.of(content).equals(contentDigest);
    return isSame ? { state: "whole", bytes: content } : { state: "altered", bytes: NOTHING };
  }

  /** Zeros to the end are blocks that were given to the file and never written before power was lost. */
  async function endOfDamage(): Promise<SegmentEnd> {
    for (let at = offset; ;) {
      const rest = await source.read(at, BLOCK_BYTES);
      if (rest.length === 0) return end("torn", at - offset, "zeros up to the end");
      if (rest.some((byte) => byte !== 0)) return end("altered", await restLength(), "a frame's length was altered");
      at += rest.length;
    }
  }

  async function restLength(): Promise<number> {
    for (let at = offset; ;) {
      const { length } = await source.read(at, BLOCK_BYTES);
      if (length === 0) return at - offset;
      at += length;
    }
  }

  async function bytesAt(length: number): Promise<Buffer> {
    const start = offset - blockOffset;
    if (block.length - start < length) {
      block = await source.read(offset, Math.max(length, BLOCK_BYTES));
      blockOffset = offset;
    }
    const at = offset - blockOffset;
    const bytes = block.subarray(at, at + length);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  function headText(): string | undefined {
    return isWhole ? head.toString("hex") : undefined;
  }

  function end(kind: SegmentEnd["kind"], surplusBytes: number, reason: string | undefined): SegmentEnd {
    return { kind, place: { offset, index }, surplusBytes, head: headText(), reason };
  }
}

type Content = { readonly state: PlacedFrame["content"]; readonly bytes: Uint8Array };
type Lengths = { readonly descriptionBytes: number; readonly contentBytes: number | undefined; readonly sealedBytes: number };

function lengthsOf(prefix: Buffer, index: number): Lengths | undefined {
  const descriptionBytes = prefix.readUInt32BE(0);
  const stated = prefix.readUInt32BE(4);
  const contentBytes = stated === 0 ? undefined : stated - 1;
  if (descriptionBytes > DESCRIPTION_LIMIT_BYTES || (contentBytes ?? 0) > CONTENT_LIMIT_BYTES) return undefined;
  if (!framePrefix(descriptionBytes, contentBytes, index).equals(prefix)) return undefined;
  const sealedBytes = descriptionBytes + TAG_BYTES + (contentBytes === undefined ? 0 : contentBytes + TAG_BYTES);
  return { descriptionBytes, contentBytes, sealedBytes };
}

function unsealed(key: Uint8Array, index: number, sealed: Buffer, associated: Uint8Array | undefined): Buffer | undefined {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, frameNonce(index), { authTagLength: TAG_BYTES });
    if (associated !== undefined) decipher.setAAD(associated);
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
    // Nothing is left for it to give, but it is what checks the tag.
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

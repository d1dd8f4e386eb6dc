import { mkdirSync } from "node:fs";
import type { ExchangeFrame } from "../../sealing/exchange-frame.ts";
import { CONTENT_LIMIT_BYTES } from "../../sealing/exchange-segment.ts";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import { segmentPaths } from "../../sealing/segment-paths.ts";
import { recordFailure } from "./record-failure.ts";
import { type Appended, type AppendedFrame, createSegmentFile, type SegmentFile, type SegmentHead, type Until } from "./segment-file.ts";
import type { SyncPace } from "./sync-pace.ts";

/** Writes the frames of one grant at one gateway, segment after segment. */
export type SegmentWriter = {
  /**
   * Frames of one exchange are appended in their order; the promise resolves when the frame is written, or durable.
   * @throws CodedError (by the promise) `disk-full`, `internal`, `document-too-large`: then the frame is not in the record
   */
  readonly append: (frame: ExchangeFrame, atMs: number, until: Until) => Promise<AppendedFrame>;
  /** The same for what is many and small, without a promise: calls back when the frame is written, in the order of the calls. */
  readonly write: (frame: ExchangeFrame, atMs: number, written: Appended) => void;
  /** Of what is on the disk; undefined when this writer put nothing there. */
  readonly durableHead: () => SegmentHead | undefined;
  /** Resolves when all is on the disk. The next append begins a segment. */
  readonly finish: () => Promise<void>;
};

export type LastSegment = { readonly sequence: number; readonly head: string | undefined };

export type SegmentWriterOptions = {
  /** The grant's own directory. */
  readonly directory: string;
  readonly grantId: string;
  readonly gatewayId: string;
  /** Asked for every segment: it may be destroyed at any time. */
  readonly recordKey: () => Uint8Array | undefined;
  /** The last segment that is there, if any; its head, if it could be read. */
  readonly last: LastSegment | undefined;
  /** The exchanges in the segments that are not settled, and the segments in which they began. */
  readonly unsettled: ReadonlyMap<string, number>;
  readonly limitBytes: number;
  readonly pace: SyncPace;
};

export function openSegmentWriter({
  directory,
  grantId,
  gatewayId,
  recordKey,
  last,
  unsettled: left,
  limitBytes,
  pace,
}: SegmentWriterOptions): SegmentWriter {
  /** Where each exchange that has not ended began, and where its newest frame is. */
  const running = new Map<string, { readonly session: string; readonly began: number; newest: number }>();
  /** Where each exchange that is not settled began. */
  const unsettled = new Map(left);
  let previous: LastSegment | undefined = last;
  let current: SegmentFile | undefined;
  let finished: SegmentHead | undefined;
  let finishing: Promise<void> = Promise.resolve();

  return { append, write, durableHead, finish };

  function append(frame: ExchangeFrame, atMs: number, until: Until): Promise<AppendedFrame> {
    return new Promise((resolve, reject) => {
      put(frame, atMs, until, (result) => {
        if (isCodedError(result)) {
          if (frame.kind === "spend") forget(frame.exchangeId);
          return reject(result);
        }
        if (frame.kind === "close") running.delete(frame.exchangeId);
        resolve(result);
      });
    });
  }

  function write(frame: ExchangeFrame, atMs: number, written: Appended): void {
    try {
      put(frame, atMs, "written", written);
    } catch (error) {
      if (!isCodedError(error)) throw error;
      written(error);
    }
  }

  function put(frame: ExchangeFrame, atMs: number, until: Until, done: Appended): void {
    if ("content" in frame && frame.content.length > CONTENT_LIMIT_BYTES) {
      throw new CodedError("document-too-large", `expected at most ${CONTENT_LIMIT_BYTES} bytes at once, got ${frame.content.length}`);
    }
    const file = usable();
    goOn(frame, file, atMs);
    file.append(frame, atMs, until, done);
  }

  function durableHead(): SegmentHead | undefined {
    const head = current?.durableHead() ?? finished;
    return head === undefined || head.frames === 0 ? undefined : head;
  }

  function usable(): SegmentFile {
    if (current !== undefined && !current.hasFailed() && !current.isFull()) return current;
    retire();
    const sequence = (previous?.sequence ?? 0) + 1;
    const replayFrom = unsettled.values().reduce((earliest, began) => Math.min(earliest, began), sequence);
    const key = recordKey();
    if (key === undefined) throw new CodedError("not-allowed", `expected the record key of grant ${grantId}, got none`, { place: grantId });
    const beginning = { grantId, gatewayId, sequence, previousHead: previous?.head, replayFrom };
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      current = createSegmentFile(segmentPaths(directory, sequence), key, beginning, limitBytes, finishing, pace);
    } catch (error) {
      throw recordFailure(directory, error);
    }
    return current;
  }

  function retire(): void {
    if (current === undefined) return;
    previous = current.head();
    finishing = current.finish();
    current = undefined;
  }

  /** An exchange that began in an earlier segment says so in this one before it goes on. */
  function goOn(frame: ExchangeFrame, file: SegmentFile, atMs: number): void {
    if (frame.kind === "settled") {
      frame.exchangeIds.forEach(forget);
      return;
    }
    const { exchangeId } = frame;
    if (frame.kind === "spend" || frame.kind === "resume") {
      const began = frame.kind === "spend" ? file.sequence : frame.spendSequence;
      running.set(exchangeId, { session: frame.session, began, newest: file.sequence });
      unsettled.set(exchangeId, began);
      return;
    }
    const exchange = running.get(exchangeId);
    if (exchange === undefined || exchange.newest === file.sequence) return;
    exchange.newest = file.sequence;
    const resumed: ExchangeFrame = { kind: "resume", exchangeId, session: exchange.session, spendSequence: exchange.began };
    // Written in one go with the frame that follows, which fails as it does.
    file.append(resumed, atMs, "written", () => undefined);
  }

  function forget(exchangeId: string): void {
    running.delete(exchangeId);
    unsettled.delete(exchangeId);
  }

  async function finish(): Promise<void> {
    const last = current;
    retire();
    await finishing;
    finished = last?.durableHead() ?? finished;
  }
}

import type { ContentAddress, RunningAddress } from "../../sealing/segment-keys.ts";
import type { HeaderLines } from "../../sealing/exchange-frame.ts";
import { type CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import type { EndedExchange, ExchangeBeginning, ExchangeEnding } from "./exchange.ts";
import type { BlockPlace } from "../../sealing/segment-reader.ts";
import type { SegmentWriter } from "./segment-writer.ts";

/** An exchange whose beginning is durable. Frames are recorded in the order of the calls; after one that failed only `cut` succeeds. */
export type RecordedExchange = {
  /** Resolves when the head of the answer is durable: then it may be passed on. @throws CodedError `disk-full`, `internal` */
  readonly open: (status: number, headers: HeaderLines) => Promise<void>;
  /**
   * Calls back when the bytes are written: then they may be passed on. With a CodedError (`disk-full`, `internal`) they may not. Callbacks come in
   * the order of the calls, none within its own, and must not throw. The bytes may not change before.
   */
  readonly chunk: (bytes: Uint8Array, written: (error: CodedError | undefined) => void) => void;
  /** Resolves when the end is durable: then the answer may end. @throws CodedError `disk-full`, `internal`: then call `cut` */
  readonly close: (ending: ExchangeEnding) => Promise<EndedExchange>;
  /** Ends it as cut, charged in full, and never rejects: where even that cannot be recorded, `isRecorded` is false. */
  readonly cut: (reason: string) => Promise<EndedExchange>;
};

/** What is known of an exchange so far, by its writer or by a recovery that replays it. */
export type ExchangeProgress = {
  readonly beginning: Omit<ExchangeBeginning, "method" | "path" | "headers" | "body">;
  readonly request: { readonly begunMs: number; readonly requestDigest: string; readonly requestBytes: number };
  readonly place: BlockPlace & { readonly sequence: number };
  /** Over the answer's body; undefined where a recovery goes on. */
  readonly digest: RunningAddress | undefined;
  readonly answer: { status: number | undefined; openedMs: number | undefined; answerBytes: number; chunks: number };
};

export const NO_ANSWER = { status: undefined, openedMs: undefined, answerBytes: 0, chunks: 0 } as const;

/** Records the beginning, and resolves when it is durable. @throws CodedError `disk-full`, `internal`, `document-too-large` */
export async function beginExchange(
  writer: SegmentWriter,
  address: ContentAddress,
  clock: () => number,
  { method, path, headers, body, ...beginning }: ExchangeBeginning,
): Promise<RecordedExchange> {
  const begunMs = clock();
  const { exchangeId, session, leaseId, reserved, facts } = beginning;
  const requestDigest = address.of(body);
  const { sequence, offset, block } = await writer.append(
    { kind: "spend", exchangeId, session, leaseId, reserved, facts, method, path, headers, requestDigest, content: body },
    begunMs,
    "pressing",
  );
  return continueExchange(writer, clock, {
    beginning,
    request: { begunMs, requestDigest, requestBytes: body.length },
    place: { sequence, offset, block },
    digest: address.begin(),
    answer: { ...NO_ANSWER },
  });
}

/** Goes on with one whose beginning is in the record. */
export function continueExchange(writer: SegmentWriter, clock: () => number, progress: ExchangeProgress): RecordedExchange {
  const { exchangeId, reserved } = progress.beginning;
  /** Pieces that are not written yet, and who waits for that. */
  let unwritten = 0;
  let allWritten: PromiseWithResolvers<void> | undefined;
  let failure: CodedError | undefined;
  return { open, chunk, close, cut };

  async function open(status: number, headers: HeaderLines): Promise<void> {
    const atMs = clock();
    await writer.append({ kind: "open", exchangeId, status, headers }, atMs, "durable");
    progress.answer.status = status;
    progress.answer.openedMs = atMs;
  }

  function chunk(bytes: Uint8Array, written: (error: CodedError | undefined) => void): void {
    unwritten += 1;
    if (failure !== undefined) return queueMicrotask(() => done(bytes, failure, written));
    writer.write({ kind: "chunk", exchangeId, content: bytes }, clock(), (result) => {
      // Of a segment that could not be begun the writer tells at once.
      if (isCodedError(result)) queueMicrotask(() => done(bytes, result, written));
      else done(bytes, undefined, written);
    });
  }

  function done(bytes: Uint8Array, error: CodedError | undefined, written: (error: CodedError | undefined) => void): void {
    unwritten -= 1;
    failure ??= error;
    if (failure === undefined) {
      progress.digest?.add(bytes);
      progress.answer.answerBytes += bytes.length;
      progress.answer.chunks += 1;
    }
    if (unwritten === 0) {
      allWritten?.resolve();
      allWritten = undefined;
    }
    written(failure);
  }

  /** Resolves when every piece is written or refused. */
  async function settledPieces(): Promise<void> {
    if (unwritten > 0) await (allWritten ??= Promise.withResolvers()).promise;
  }

  async function close(ending: ExchangeEnding): Promise<EndedExchange> {
    await settledPieces();
    if (failure !== undefined) throw failure;
    return append(ending);
  }

  async function cut(reason: string): Promise<EndedExchange> {
    const ending: ExchangeEnding = { outcome: "cut", reason, usage: {}, charged: reserved };
    await settledPieces();
    try {
      return await append(ending);
    } catch (error) {
      if (!isCodedError(error)) throw error;
      return endedExchange(progress, ending, clock(), progress.digest?.digest(), undefined);
    }
  }

  async function append(ending: ExchangeEnding): Promise<EndedExchange> {
    const atMs = clock();
    const { outcome, reason, usage, charged } = ending;
    const { answerBytes } = progress.answer;
    const answerDigest = progress.digest?.digest();
    const frame = { kind: "close", exchangeId, outcome, reason, usage, charged, answerDigest, answerBytes } as const;
    const { sequence, digest } = await writer.append(frame, atMs, "durable");
    return endedExchange(progress, ending, atMs, answerDigest, { sequence, digest: digest.toString("hex") });
  }
}

/** `last`: its close frame, with its digest in hex; undefined when that is not in the record. */
export function endedExchange(
  { beginning, request, place, answer }: ExchangeProgress,
  { outcome, reason, usage, charged }: ExchangeEnding,
  endedMs: number,
  answerDigest: string | undefined,
  last: { readonly sequence: number; readonly digest: string } | undefined,
): EndedExchange {
  return {
    ...beginning,
    ...request,
    ...answer,
    outcome,
    reason,
    usage,
    charged,
    endedMs,
    answerDigest,
    place: { ...place, endSequence: last?.sequence ?? place.sequence },
    sessionHead: last?.digest,
    isRecorded: last !== undefined,
  };
}

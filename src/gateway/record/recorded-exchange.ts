import type { ContentAddress, RunningAddress } from "../../sealing/segment-keys.ts";
import type { HeaderLines } from "../../sealing/exchange-frame.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { EndedExchange, ExchangeBeginning, ExchangeEnding } from "./exchange.ts";
import type { FramePlace } from "../../sealing/segment-reader.ts";
import type { AppendedFrame } from "./segment-file.ts";
import type { SegmentWriter } from "./segment-writer.ts";

/** An exchange whose beginning is durable. Frames are recorded in the order of the calls; after one that failed only `cut` succeeds. */
export type RecordedExchange = {
  /** Resolves when the head of the answer is durable: then it may be passed on. @throws CodedError `disk-full`, `internal` */
  readonly open: (status: number, headers: HeaderLines) => Promise<void>;
  /** Resolves when the bytes are written: then they may be passed on. They may not change before. @throws CodedError `disk-full`, `internal` */
  readonly chunk: (bytes: Uint8Array) => Promise<void>;
  /** Resolves when the end is durable: then the answer may end. @throws CodedError `disk-full`, `internal`: then call `cut` */
  readonly close: (ending: ExchangeEnding) => Promise<EndedExchange>;
  /** Ends it as cut, charged in full, and never rejects: where even that cannot be recorded, `isRecorded` is false. */
  readonly cut: (reason: string) => Promise<EndedExchange>;
};

/** What is known of an exchange so far, by its writer or by a recovery that replays it. */
export type ExchangeProgress = {
  readonly beginning: Omit<ExchangeBeginning, "method" | "path" | "headers" | "body">;
  readonly request: { readonly begunMs: number; readonly requestDigest: string; readonly requestBytes: number };
  readonly place: FramePlace & { readonly sequence: number };
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
  const appended = await writer.append(
    { kind: "spend", exchangeId, session, leaseId, reserved, facts, method, path, headers, content: body },
    begunMs,
    "durable",
  );
  const { sequence, offset, index } = appended;
  return continueExchange(writer, clock, {
    beginning,
    request: { begunMs, requestDigest: appended.contentDigest, requestBytes: body.length },
    place: { sequence, offset, index },
    digest: address.begin(),
    answer: { ...NO_ANSWER },
  });
}

/** Goes on with one whose beginning is in the record. */
export function continueExchange(writer: SegmentWriter, clock: () => number, progress: ExchangeProgress): RecordedExchange {
  const { exchangeId, reserved } = progress.beginning;
  let writing: Promise<void> = Promise.resolve();
  let hasFailed = false;
  return { open, chunk, close, cut };

  async function open(status: number, headers: HeaderLines): Promise<void> {
    const atMs = clock();
    await writer.append({ kind: "open", exchangeId, status, headers }, atMs, "durable");
    progress.answer.status = status;
    progress.answer.openedMs = atMs;
  }

  function chunk(bytes: Uint8Array): Promise<void> {
    if (hasFailed || bytes.length === 0) return writing;
    writing = counted(bytes, writing, writer.append({ kind: "chunk", exchangeId, content: bytes }, clock(), "written"));
    return writing;
  }

  async function counted(bytes: Uint8Array, before: Promise<void>, written: Promise<unknown>): Promise<void> {
    try {
      await Promise.all([before, written]);
    } catch (error) {
      hasFailed = true;
      throw error;
    }
    progress.digest?.add(bytes);
    progress.answer.answerBytes += bytes.length;
    progress.answer.chunks += 1;
  }

  async function close(ending: ExchangeEnding): Promise<EndedExchange> {
    await writing;
    return append(ending);
  }

  async function cut(reason: string): Promise<EndedExchange> {
    const ending: ExchangeEnding = { outcome: "cut", reason, usage: {}, charged: reserved };
    await Promise.allSettled([writing]);
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
    return endedExchange(progress, ending, atMs, answerDigest, await writer.append(frame, atMs, "durable"));
  }
}

/** `last`: its close frame; undefined when that is not in the record. */
export function endedExchange(
  { beginning, request, place, answer }: ExchangeProgress,
  { outcome, reason, usage, charged }: ExchangeEnding,
  endedMs: number,
  answerDigest: string | undefined,
  last: Pick<AppendedFrame, "sequence" | "digest"> | undefined,
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

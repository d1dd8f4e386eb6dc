import type { Amounts, CloseFrame, HeaderLines, SpendFrame } from "./exchange-frame.ts";
import type { ExchangePlace } from "./exchange-place.ts";
import { type RecordAccess, segmentFrames } from "./segment-files.ts";
import { sequencesIn } from "./segment-paths.ts";
import type { PlacedFrame, ReadingOptions } from "./segment-reader.ts";

/** One exchange as it was recorded. */
export type Transcript = {
  readonly exchangeId: string;
  readonly session: string;
  readonly leaseId: string;
  readonly reserved: Amounts;
  readonly facts: Readonly<Record<string, string>>;
  readonly request: {
    readonly atMs: number;
    readonly method: string;
    readonly path: string;
    readonly headers: HeaderLines;
    readonly body: Uint8Array;
    readonly digest: string;
  };
  /** Undefined: there was no answer. */
  readonly answer: { readonly atMs: number; readonly status: number; readonly headers: HeaderLines } | undefined;
  /** The answer's body as it came. */
  readonly chunks: readonly { readonly atMs: number; readonly bytes: Uint8Array }[];
  /** Undefined: it still runs, or its gateway died and no other has recovered it yet. */
  readonly end: (Omit<CloseFrame, "kind" | "exchangeId"> & { readonly atMs: number }) | undefined;
  /** `redacted`, `altered`: bodies are empty, or incomplete; the digests are those of what was recorded. */
  readonly content: PlacedFrame["content"];
};

/** The exchange that stands at a place, or undefined when none of that id can be read there. @throws SealingError `sealed-content-refused` */
export async function readTranscript(access: RecordAccess, place: ExchangePlace, exchangeId: string): Promise<Transcript | undefined> {
  const sequences = sequencesIn(access.directory).filter((sequence) => sequence >= place.sequence && sequence <= place.endSequence);
  const isIt = (id: string): boolean => id === exchangeId;
  for await (const transcript of transcriptsIn(access, sequences, (spend) => isIt(spend.exchangeId), { from: place, contentsOf: isIt })) {
    return transcript;
  }
  return undefined;
}

/**
 * Every exchange in the order of their ends; those without one come last. Holds only what is wanted, and of that only what has not ended.
 * What an altered segment hides is left out here: `verifyRecord` tells.
 * @throws SealingError `sealed-content-refused`
 */
export async function* readTranscripts(access: RecordAccess, isWanted: (spend: SpendFrame) => boolean): AsyncGenerator<Transcript> {
  yield* transcriptsIn(access, sequencesIn(access.directory), isWanted, {});
}

async function* transcriptsIn(
  access: RecordAccess,
  sequences: readonly number[],
  isWanted: (spend: SpendFrame) => boolean,
  { from, contentsOf }: ReadingOptions,
): AsyncGenerator<Transcript> {
  const running = new Map<string, Running>();
  for (const [at, sequence] of sequences.entries()) {
    for await (const placed of segmentFrames(access, sequence, { from: at === 0 ? from : undefined, contentsOf })) {
      const { frame } = placed;
      if (frame.kind === "settled") continue;
      if (frame.kind === "spend" && isWanted(frame)) running.set(frame.exchangeId, begun(frame, placed));
      const exchange = running.get(frame.exchangeId);
      if (exchange === undefined) continue;
      goOn(exchange, placed);
      if (exchange.end === undefined) continue;
      running.delete(frame.exchangeId);
      yield exchange;
    }
  }
  yield* running.values();
}

type Running = Pick<Transcript, "exchangeId" | "session" | "leaseId" | "reserved" | "facts" | "request"> & {
  answer: Transcript["answer"];
  readonly chunks: Transcript["chunks"][number][];
  end: Transcript["end"];
  content: Transcript["content"];
};

function begun(frame: SpendFrame, { atMs, content }: PlacedFrame): Running {
  const { exchangeId, session, leaseId, reserved, facts, method, path, headers, requestDigest } = frame;
  const request = { atMs, method, path, headers, body: frame.content, digest: requestDigest };
  return { exchangeId, session, leaseId, reserved, facts, request, answer: undefined, chunks: [], end: undefined, content };
}

function goOn(exchange: Running, { frame, atMs, content }: PlacedFrame): void {
  if (frame.kind === "open") exchange.answer = { atMs, status: frame.status, headers: frame.headers };
  else if (frame.kind === "chunk" && content === "whole") exchange.chunks.push({ atMs, bytes: frame.content });
  else if (frame.kind === "chunk") exchange.content = content;
  else if (frame.kind === "close") {
    const { kind: _kind, exchangeId: _id, ...end } = frame;
    exchange.end = { ...end, atMs };
  }
}

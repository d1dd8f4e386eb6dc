import type { CloseFrame, SpendFrame } from "../../sealing/exchange-frame.ts";
import type { PlacedFrame } from "../../sealing/segment-reader.ts";
import { EXCHANGE_OUTCOMES, type ExchangeOutcome } from "../../vocabulary/exchange.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import type { EndedExchange } from "./exchange.ts";
import { endedExchange, NO_ANSWER, type ExchangeProgress } from "./recorded-exchange.ts";

/** What the frames of a record say about the exchanges that are not settled. */
export type Replay = {
  readonly take: (sequence: number, placed: PlacedFrame) => void;
  /** Those without an end. */
  readonly running: ReadonlyMap<string, ExchangeProgress>;
  readonly ended: ReadonlyMap<string, EndedExchange>;
};

export function newReplay(grantId: string): Replay {
  const running = new Map<string, ExchangeProgress>();
  const ended = new Map<string, EndedExchange>();
  return { take, running, ended };

  function take(sequence: number, placed: PlacedFrame): void {
    const { frame, atMs } = placed;
    if (frame.kind === "settled") {
      for (const id of frame.exchangeIds) ended.delete(id);
      return;
    }
    if (frame.kind === "spend") {
      running.set(frame.exchangeId, begun(sequence, placed, frame));
      return;
    }
    const progress = running.get(frame.exchangeId);
    if (progress === undefined) return;
    switch (frame.kind) {
      case "open":
        progress.answer.status = frame.status;
        progress.answer.openedMs = atMs;
        return;
      case "chunk":
        progress.answer.answerBytes += placed.contentBytes;
        progress.answer.chunks += 1;
        return;
      case "close":
        running.delete(frame.exchangeId);
        ended.set(frame.exchangeId, endOf(sequence, placed, frame, progress));
        return;
      case "resume":
    }
  }

  function begun(sequence: number, { atMs, contentBytes, offset, block }: PlacedFrame, frame: SpendFrame): ExchangeProgress {
    const { exchangeId, session, leaseId, reserved, facts, requestDigest } = frame;
    return {
      beginning: { grantId, exchangeId, session, leaseId, reserved, facts },
      request: { begunMs: atMs, requestDigest, requestBytes: contentBytes },
      place: { sequence, offset, block },
      digest: undefined,
      answer: { ...NO_ANSWER },
    };
  }
}

function endOf(sequence: number, { atMs, digest }: PlacedFrame, frame: CloseFrame, progress: ExchangeProgress): EndedExchange {
  const { reason, usage, charged } = frame;
  return endedExchange(progress, { outcome: outcomeOf(frame), reason, usage, charged }, atMs, frame.answerDigest, { sequence, digest });
}

function outcomeOf({ outcome }: CloseFrame): ExchangeOutcome {
  const known = EXCHANGE_OUTCOMES.find((one) => one === outcome);
  invariant(known !== undefined, `${outcome} is an outcome that this version writes`);
  return known;
}

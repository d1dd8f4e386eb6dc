import type { Amounts, HeaderLines, StatedUsage } from "../../sealing/exchange-frame.ts";
import type { ExchangePlace } from "../../sealing/exchange-place.ts";
import type { ExchangeOutcome } from "../../vocabulary/exchange.ts";

/** A request as it goes upstream, and what it may spend. Recorded before it goes. */
export type ExchangeBeginning = {
  readonly grantId: string;
  /** A UUID in lower case, of the gateway's making. */
  readonly exchangeId: string;
  readonly session: string;
  readonly leaseId: string;
  readonly reserved: Amounts;
  /** What settling needs and the gateway's memory would lose: its token, model, wire, purpose. */
  readonly facts: Readonly<Record<string, string>>;
  readonly method: string;
  readonly path: string;
  /** Headers that carry credentials are left out of the record in any case. */
  readonly headers: HeaderLines;
  readonly body: Uint8Array;
};

export type ExchangeEnding = {
  readonly outcome: ExchangeOutcome;
  readonly reason?: string | undefined;
  readonly usage: StatedUsage;
  readonly charged: Amounts;
};

/** An exchange that has ended, with all that settling it needs. */
export type EndedExchange = {
  readonly grantId: string;
  readonly exchangeId: string;
  readonly session: string;
  readonly leaseId: string;
  readonly reserved: Amounts;
  readonly facts: Readonly<Record<string, string>>;
  readonly outcome: ExchangeOutcome;
  readonly reason: string | undefined;
  readonly usage: StatedUsage;
  readonly charged: Amounts;
  /** Of the answer; undefined when there was none. */
  readonly status: number | undefined;
  readonly begunMs: number;
  readonly openedMs: number | undefined;
  readonly endedMs: number;
  /** Keyed digests in hex: of equal content of a grant they are equal. */
  readonly requestDigest: string;
  /** Undefined where a recovery wrote the end. */
  readonly answerDigest: string | undefined;
  readonly requestBytes: number;
  readonly answerBytes: number;
  readonly chunks: number;
  /** Where a reader finds it. */
  readonly place: ExchangePlace;
  /** The digest of its last frame in hex: the head of its session's chain then. Undefined when that frame could not be written. */
  readonly sessionHead: string | undefined;
  /** False: its end could not be written. It stands in the record without one, and a recovery will mark it as cut. */
  readonly isRecorded: boolean;
};

/** What a scripted model server does with one request. */
export type Act =
  | Answer
  /** An error status in the wire's own shape. */
  | {
      readonly kind: "error";
      readonly status: number;
      /** The wire's own word, as `rate_limit_error`; chosen by the status otherwise. */
      readonly type?: string;
      readonly retryAfter?: string;
      /** Instead of the wire's JSON: what a proxy in front of a model server sends. */
      readonly html?: boolean;
      readonly headers?: Readonly<Record<string, string>>;
      readonly afterMs?: number;
    }
  /** The connection is reset before any answer. */
  | { readonly kind: "reset" }
  /** Takes the request and never says a word. */
  | { readonly kind: "silent" }
  /** These bytes instead of HTTP as node writes it: heads that are too large or malformed. The connection ends after them. */
  | { readonly kind: "raw"; readonly bytes: Buffer };

export type Answer = {
  readonly kind: "answer";
  /** Otherwise words that follow from the prompt's digest and the voice. */
  readonly text?: string | ((prompt: string, nth: number) => string);
  /** How many words there are, one an event. */
  readonly words?: number;
  /** Calls the request's first tool (or the one named) instead of saying words. */
  readonly toolCall?: { readonly name?: string; readonly arguments?: string };
  /** Who really answers: another model gives another name, fingerprint or other words for the same prompt. */
  readonly served?: { readonly model?: string; readonly fingerprint?: string; readonly voice?: string };
  readonly ends?: "stop" | "length" | "refusal" | "filter";
  /** What is said about usage: as it is, nothing, as it is also where a stream did not ask for it, or this instead. */
  readonly usage?: "none" | "unasked" | Readonly<Record<string, unknown>>;
  readonly firstByteMs?: number;
  /** Between two writes. */
  readonly pauseMs?: number;
  /** How the body is written: an event at a time (a whole answer at once), or in pieces of so many bytes. */
  readonly pieces?: "events" | number;
  /** After so many writes; a whole answer has one write unless it is in pieces. */
  readonly cut?: {
    readonly afterWrites: number;
    /** `end`: cleanly, only too early. `short`: a length is promised and not kept. `reset`: TCP reset. `silence`: nothing more comes. */
    readonly how: "end" | "short" | "reset" | "silence";
  };
  /** An error event after so many events of a stream, and the stream ends. */
  readonly errorInStream?: { readonly afterEvents: number; readonly type?: string };
  /** Leaves out the wire's own end of a stream. */
  readonly noTerminator?: boolean;
  /** Compresses although identity was asked. */
  readonly coding?: "gzip" | "br" | "deflate" | "zstd";
  /** Goes on for as long as anybody reads, as fast as they do. */
  readonly endless?: boolean;
  /** One event of so many bytes in the middle. */
  readonly largeEventBytes?: number;
  /** `Date` of the answer. */
  readonly date?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Decides what becomes of a request; `nth` counts from 0 over the life of the server. */
export type Script = (request: SeenRequest, nth: number) => Act;

/** A request as the server understood it. */
export type SeenRequest = {
  readonly path: string;
  readonly model: string;
  readonly stream: boolean;
  /** The messages, system prompt and tools as one text: the same prompt gives the same answer. */
  readonly prompt: string;
  readonly toolName: string | undefined;
  /** Whether it has `stream_options`, whatever they say. */
  readonly hasStreamOptions: boolean;
  readonly includeUsage: boolean;
};

export const ANSWER: Answer = { kind: "answer" };

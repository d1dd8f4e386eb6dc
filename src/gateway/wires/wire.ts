import type { IncomingHttpHeaders } from "node:http";
import type { ModelWire, OutsideFeature } from "../../vocabulary/exchange.ts";
import type { UsageSeen } from "./usage.ts";

/** One kind of request of an evaluator's own tool that is passed on to the enrolled model. */
export type Wire = {
  readonly id: string;
  /** The dialect it belongs to, which decides the shape of refusals, lists of models and headers. */
  readonly family: ModelWire;
  readonly method: "POST";
  /** Where the client asks, exactly: `/v1/chat/completions`. */
  readonly path: string;
  /** Where upstream answers, below the enrolled base address (the one the lab would give to that wire's own SDK). */
  readonly upstreamPath: string;
  /**
   * What the request asks for, read once from the client's bytes.
   * @throws CodedError `document-invalid`, `document-too-large`: not one JSON object that every parser reads alike at the places looked at.
   */
  readonly readAsk: (body: Buffer) => Ask;
  /** Reads usage, model and end of an answer that passes by. */
  readonly readAnswer: (head: AnswerHead) => AnswerReader;
};

/** What exactly would leave the sandbox, or make another than the enrolled model answer. */
export type OutsideKind = keyof typeof FEATURE_OF;

/** Under which feature a grant allows it; `elsewhere` is allowed by none. */
export const FEATURE_OF = {
  "code-execution": "provider-tools",
  "file-search": "provider-tools",
  "provider-tool": "provider-tools",
  "remote-mcp": "provider-tools",
  "web-search": "provider-tools",
  "media-by-url": "remote-media",
  "account-metadata": "store",
  background: "store",
  "stored-object": "store",
  "stored-state": "store",
  "other-host": "elsewhere",
  "other-model": "elsewhere",
} as const satisfies Readonly<Record<string, OutsideFeature | "elsewhere">>;

export type OutsideUse = {
  readonly kind: OutsideKind;
  readonly feature: OutsideFeature | "elsewhere";
  /** `strip` only where the model's answer is the same without it. */
  readonly action: "strip" | "refuse";
  /** Where in the body, as `tools[0].type`. */
  readonly place: string;
  /** The wire's own code for a provider that cannot do this, where its clients then go on without it. */
  readonly wireCode?: string;
};

export type TokensAtMost = {
  readonly input: number;
  readonly output: number;
  /** False when the client named no limit and `output` is this gateway's assumption; an enrolment may know better. */
  readonly isOutputStated: boolean;
};

export type Ask = {
  readonly model: string;
  readonly stream: boolean;
  readonly tokensAtMost: TokensAtMost;
  readonly outside: readonly OutsideUse[];
  /** The bytes for upstream: the client's own buffer when nothing has to change, else that text with only those places rewritten. */
  readonly upstreamBody: (options: UpstreamBodyOptions) => UpstreamBody;
};

export type UpstreamBodyOptions = {
  /** What upstream calls the model. */
  readonly model: string;
  /** Features that the grant allows: not stripped. Refusing the others is the caller's. */
  readonly granted: ReadonlySet<OutsideFeature>;
  /** Whether a stream that would not state its usage is asked for it. False: the server refuses that, and usage may stay unknown. */
  readonly asksStreamUsage: boolean;
};

export type UpstreamBody = {
  readonly bytes: Buffer;
  /** What was rewritten, for the record: `model`, `store`, `metadata`, `stream_options.include_usage`. Empty: the client's own bytes. */
  readonly rewritten: readonly string[];
  /** True when the answer will carry one event that the client did not ask for: pass its bytes through `withoutAddedUsage`. */
  readonly addsUsageEvent: boolean;
};

export type AnswerHead = { readonly status: number; readonly headers: IncomingHttpHeaders };

/** Told every byte of one answer, split anywhere. Never throws, whatever the bytes are. */
export type AnswerReader = {
  readonly push: (chunk: Buffer) => void;
  /** After the last byte, or where the answer was cut. */
  readonly end: () => Promise<AnswerFacts>;
};

export type AnswerFacts = {
  /** `complete`: the wire's own end was seen. `error`: upstream reported one, by status or inside the stream. `truncated`: it just stopped. */
  readonly end: "complete" | "error" | "truncated";
  /** What the answer states it used. A part that is absent is unknown, and its whole reservation is charged. */
  readonly usage: UsageSeen;
  /** As the answer names itself, for noticing another model in its place. */
  readonly model?: string;
  readonly fingerprint?: string;
  /** The wire's own word for why it stopped: `stop`, `end_turn`, `refusal`, `content_filter`, … */
  readonly stopReason?: string;
  /** The wire's own word for the error upstream reported: `overloaded_error`, `insufficient_quota`, … */
  readonly errorType?: string;
};

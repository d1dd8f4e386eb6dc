import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Dispatcher } from "undici";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { ExchangeOutcome } from "../../vocabulary/exchange.ts";
import type { GatewayLimits } from "../config.ts";
import { answerHeaders, answerHeadFault } from "../headers/answer-headers.ts";
import { fieldsOf } from "../headers/raw-headers.ts";
import type { EndedExchange } from "../record/exchange.ts";
import type { RecordedExchange } from "../record/recorded-exchange.ts";
import { withoutAddedUsage, type UsageFilter } from "../wires/added-usage.ts";
import type { AnswerFacts, AnswerReader, TokensAtMost, Wire } from "../wires/wire.ts";
import type { AskedModel, ModelDoor } from "./model-door.ts";
import { answerRefusal, cutClient } from "./answer-client.ts";
import { type BodyWriter, bodyWriter } from "./body-writer.ts";
import { CallRefused } from "./refusals.ts";

/** One request on its way to a model and its answer on the way back. */
export type PassedExchange = {
  /** Resolves when the client has its answer, or what there is of it, and the end stands in the record. */
  readonly ended: Promise<Ended>;
  /** Ends it now, unless it has ended by itself. */
  readonly end: (outcome: "revoked" | "cut" | "client-gone", reason: string) => void;
};

export type Ended = { readonly exchange: EndedExchange; readonly facts: AnswerFacts | undefined };

export type PassOnOptions = {
  readonly door: ModelDoor;
  readonly asked: AskedModel;
  readonly wire: Wire;
  readonly recorded: RecordedExchange;
  readonly response: ServerResponse;
  readonly tokensAtMost: TokensAtMost;
  readonly addsUsageEvent: boolean;
  readonly passLabHeaders: boolean;
  readonly clientAccepts: string | undefined;
  readonly limits: GatewayLimits;
  /** Called when its end is in the record, before the client has the end of its answer: what it did not use is free for the next call. */
  readonly recordedEnd: (ended: Ended) => void;
};

type Ending = { readonly outcome: ExchangeOutcome; readonly reason: string | undefined; readonly refusal?: CallRefused };

/**
 * Asks the model and passes its answer on as it comes: the head when it is durable in the record, each piece when it is written there, the end
 * when the end is durable. Whatever breaks is told to the client as a broken answer, never as an end.
 */
export function passOn(options: PassOnOptions): PassedExchange {
  const { door, asked, wire, recorded, response, limits } = options;
  const { promise: ended, resolve, reject } = Promise.withResolvers<Ended>();
  let controller: Dispatcher.DispatchController | undefined;
  let reader: AnswerReader | undefined;
  let filter: UsageFilter | undefined;
  let status: number | undefined;
  /** From here on the model may have seen the request: it is never sent again. */
  let wasSent = false;
  let isRetry = false;
  let isPaused = false;
  let statedBytes: number | undefined;
  let answerBytes = 0;
  /** The piece that makes an answer of stated length whole: a client would take it for the end. */
  let lastPiece: Buffer | undefined;
  /** Of pieces that are not passed on yet. */
  let waitingBytes = 0;
  let headPassing: Promise<void> = Promise.resolve();
  /** Once the head is passed on. */
  let body: BodyWriter | undefined;
  /** What was written before the head was passed on. */
  const early: { readonly chunk: Buffer; readonly isLast: boolean }[] = [];
  let ending: Ending | undefined;
  const timer = setTimeout(() => finish({ outcome: "cut", reason: "answer-too-long" }), limits.answerMs).unref();
  ask();

  return { ended, end: (outcome, reason) => finish({ outcome, reason, ...refusalOfEnd(outcome) }) };

  function ask(): void {
    try {
      door.ask(asked, { onRequestStart, onResponseStart, onResponseData, onResponseEnd, onResponseError });
    } catch (error) {
      onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
    }
  }

  function onRequestStart(started: Dispatcher.DispatchController): void {
    controller = started;
    if (ending !== undefined) started.abort(new Error("ended before it was sent"));
    else wasSent = true;
  }

  function onResponseStart(started: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    if (statusCode < 200 || ending !== undefined) return;
    status = statusCode;
    const raw = textsOf(started.rawHeaders);
    const refusal = refusalOfHead(statusCode, raw);
    if (refusal !== undefined) {
      headPassing = recorded.open(statusCode, [...fieldsOf(raw)]).catch(recordFailed);
      return finish({ outcome: "upstream-failed", reason: refusal.message, refusal });
    }
    reader = wire.readAnswer({ status: statusCode, headers });
    const isPlain = (headers["content-encoding"] ?? "identity") === "identity";
    if (options.addsUsageEvent && isPlain && /^text\/event-stream\b/i.test(headers["content-type"] ?? "")) filter = withoutAddedUsage();
    statedBytes = headers["content-length"] === undefined ? undefined : Number(headers["content-length"]);
    pause(started);
    headPassing = passHead(statusCode, raw).catch(recordFailed);
  }

  function refusalOfHead(statusCode: number, raw: readonly string[]): CallRefused | undefined {
    // Threat: servers answer a wrong key with parts of it.
    if (statusCode === 401) {
      return new CallRefused(
        "upstream-failed",
        "Expected the model's server to take the lab's credential, found that it refuses it; the lab can replace it",
      );
    }
    const fault = answerHeadFault(statusCode, raw, options.clientAccepts);
    return fault === undefined ? undefined : new CallRefused("upstream-failed", fault);
  }

  async function passHead(statusCode: number, raw: readonly string[]): Promise<void> {
    await recorded.open(statusCode, [...fieldsOf(raw)]);
    if (response.destroyed || response.headersSent) return;
    const headers = answerHeaders(raw, { passLabHeaders: options.passLabHeaders });
    // What is taken out of a body makes its stated length wrong.
    response.writeHead(statusCode, (filter === undefined ? headers : headers.filter(([name]) => name !== "content-length")).flat());
    response.flushHeaders();
    body = bodyWriter(response, resumeWhenDrained);
    for (const { chunk, isLast } of early.splice(0)) passChunk(chunk, isLast);
    resumeWhenDrained();
  }

  function onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (ending !== undefined) return;
    answerBytes += chunk.length;
    if (answerBytes > limits.answerBytes) return finish({ outcome: "cut", reason: "answer-too-large" });
    reader?.push(chunk);
    waitingBytes += chunk.length;
    if (controller !== undefined && waitingBytes + response.writableLength > limits.waitingBytes) pause(controller);
    const isLast = answerBytes === statedBytes;
    recorded.chunk(chunk, (error) => {
      if (error !== undefined) recordFailed(error);
      else if (body !== undefined) passChunk(chunk, isLast);
      else early.push({ chunk, isLast });
    });
  }

  function passChunk(chunk: Buffer, isLast: boolean): void {
    waitingBytes -= chunk.length;
    try {
      const passed = filter === undefined ? chunk : filter.push(chunk);
      if (isLast) lastPiece = passed;
      else if (passed.length > 0 && !response.destroyed) body?.write(passed);
    } catch (error) {
      return recordFailed(error);
    }
    resumeWhenDrained();
  }

  function onResponseEnd(): void {
    finish({ outcome: "complete", reason: undefined });
  }

  function onResponseError(_: unknown, error: Error): void {
    if (ending !== undefined) return;
    // Nothing was written to a connection: the model cannot have seen it.
    if (!wasSent && !isRetry) {
      isRetry = true;
      setImmediate(() => {
        if (ending === undefined) ask();
      });
      return;
    }
    const reason = reasonOf(error);
    if (status !== undefined) return finish({ outcome: "cut", reason });
    const refusal = new CallRefused("upstream-failed", `Expected an answer of the model's server, found ${reason}`);
    finish({ outcome: "upstream-failed", reason, refusal });
  }

  function recordFailed(error: unknown): void {
    if (!isCodedError(error)) reject(error);
    finish({ outcome: "cut", reason: "not-recorded", refusal: new CallRefused("not-recorded", NOT_RECORDED, { retryAfterSeconds: 30 }) });
  }

  function pause(upstream: Dispatcher.DispatchController): void {
    isPaused = true;
    upstream.pause();
  }

  function resumeWhenDrained(): void {
    if (!isPaused || ending !== undefined || waitingBytes + response.writableLength > limits.waitingBytes / 2) return;
    isPaused = false;
    controller?.resume();
  }

  function finish(first: Ending): void {
    if (ending !== undefined) return;
    ending = first;
    clearTimeout(timer);
    if (first.outcome !== "complete") controller?.abort(new Error(first.reason ?? first.outcome));
    // What may not be passed on any more is not left to a reader's pace.
    if (first.outcome === "revoked" && response.headersSent) response.destroy();
    conclude(first).then(resolve, reject);
  }

  async function conclude(first: Ending): Promise<Ended> {
    await headPassing;
    body?.release();
    const facts = await reader?.end();
    const { outcome, reason } = judged(first, facts);
    const { input, output, cached } = facts?.usage ?? {};
    const usage = {
      ...(input === undefined ? {} : { inputTokens: input }),
      ...(output === undefined ? {} : { outputTokens: output }),
      ...(cached === undefined ? {} : { cachedTokens: cached }),
    };
    const most = options.tokensAtMost;
    const wasRefused = status !== undefined && status >= 300 && facts === undefined;
    const tokens = wasSent && !wasRefused ? Math.min(MOST_CHARGED, (input ?? most.input) + (output ?? most.output)) : 0;
    const exchange = await recorded.close({ outcome, reason, usage, charged: { requests: 1, tokens } }).catch((error: unknown) => {
      if (!isCodedError(error)) throw error;
      return recorded.cut("not-recorded");
    });
    options.recordedEnd({ exchange, facts });
    answer(first, exchange.isRecorded && exchange.outcome === outcome);
    return { exchange, facts };
  }

  function judged(first: Ending, facts: AnswerFacts | undefined): Pick<Ending, "outcome" | "reason"> {
    // Tools hang up when they have seen the wire's own end.
    if (first.outcome === "client-gone" && facts?.end === "complete") return { outcome: "complete", reason: undefined };
    if (first.outcome !== "complete") return first;
    if (status !== undefined && status >= 400) return { outcome: "refused-upstream", reason: facts?.errorType ?? `status ${status}` };
    if (facts?.end === "error") return { outcome: "refused-upstream", reason: facts.errorType ?? "error" };
    return facts?.end === "truncated" ? { outcome: "cut", reason: "answer-without-end" } : first;
  }

  function answer({ outcome, refusal }: Ending, isRecorded: boolean): void {
    if (response.destroyed) return;
    if (response.headersSent) {
      if (outcome === "complete" && isRecorded) response.end(ofBoth(lastPiece, filter?.end()));
      else cutClient(response);
    } else if (outcome === "client-gone") response.destroy();
    else
      answerRefusal(
        response,
        wire.family,
        refusal?.refusal ?? new CallRefused("upstream-failed", "Expected an answer, found that it was cut").refusal,
      );
  }
}

/** What the books take of one exchange; whoever states more lies, and has closed the grant with less. */
const MOST_CHARGED = 1_000_000_000;

function refusalOfEnd(outcome: "revoked" | "cut" | "client-gone"): { readonly refusal?: CallRefused } {
  if (outcome === "revoked")
    return { refusal: new CallRefused("access-ended", "Expected access that is in force, found that it has just ended") };
  if (outcome === "client-gone") return {};
  return { refusal: new CallRefused("gateway-stopping", "Expected a gateway that stays, found one that stops", { retryAfterSeconds: 5 }) };
}

function ofBoth(first: Buffer | undefined, second: Buffer | undefined): Buffer {
  return Buffer.concat([first, second].filter((part) => part !== undefined));
}

const NOT_RECORDED = "Expected to record the exchange, found that the gateway cannot; whoever runs it can make room";

/** What stands in a record and a message: what happened, not whom it happened with. */
function reasonOf(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  return REASONS[code] ?? (code === "" ? "a broken answer" : `a broken answer (${code.slice(0, 60)})`);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "a refused connection",
  ECONNRESET: "a connection that was reset",
  ENOTFOUND: "an unknown host",
  EPIPE: "a connection that was reset",
  UND_ERR_BODY_TIMEOUT: "an answer that went silent",
  UND_ERR_CONNECT_TIMEOUT: "a connection that was not made in time",
  UND_ERR_HEADERS_OVERFLOW: "a head that is too large",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "a body shorter than it was stated",
  UND_ERR_SOCKET: "a connection that was closed",
};

function textsOf(raw: Dispatcher.DispatchController["rawHeaders"]): readonly string[] {
  if (raw === undefined || raw === null) return [];
  if (Array.isArray(raw)) return raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
  return Object.entries(raw).flatMap(([name, value]) => [value ?? []].flat().flatMap((one) => [name, one]));
}

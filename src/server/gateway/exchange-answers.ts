import type { ExchangeContents, ExchangeRowAnswer, MessageBody, SessionRowAnswer } from "../../contract/endpoints/exchanges.ts";
import type { Transcript } from "../../sealing/transcript.ts";
import type { ExchangeRow, SessionRow } from "./exchange-store.ts";
import type { NotHeld, ReadTranscript } from "./transcript-files.ts";

export function sessionAnswer(row: SessionRow): SessionRowAnswer {
  return {
    session: row.session,
    exchanges: row.exchanges,
    incomplete: row.incomplete,
    chargedTokens: row.charged_tokens,
    firstAtMs: row.first_at.getTime(),
    lastAtMs: row.last_at.getTime(),
    afterDifferent: row.after_different,
  };
}

export function exchangeAnswer(row: ExchangeRow): ExchangeRowAnswer {
  return {
    id: row.id,
    grant: row.grant_id,
    session: row.session,
    token: row.token_id,
    purpose: row.purpose,
    model: row.model,
    path: row.path,
    startedAtMs: row.started_at.getTime(),
    endedAtMs: row.ended_at.getTime(),
    ...(row.status === null ? {} : { status: row.status }),
    outcome: row.outcome,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.input_tokens === null ? {} : { inputTokens: row.input_tokens }),
    ...(row.output_tokens === null ? {} : { outputTokens: row.output_tokens }),
    chargedTokens: row.charged_tokens,
    requestDigest: Buffer.from(row.request_digest).toString("hex"),
    ...(row.answer_digest === null ? {} : { answerDigest: Buffer.from(row.answer_digest).toString("hex") }),
    afterDifferent: row.after_different,
  };
}

/** Each body up to so many bytes. */
export function contentsAnswer(read: ReadTranscript, longestBytes: number): ExchangeContents {
  if (read.kind === "not-held") return { kind: "not-held", why: read.why, words: NOT_HELD_WORDS[read.why] };
  const { request, answer } = read.transcript;
  return {
    kind: "held",
    request: {
      atMs: request.atMs,
      method: request.method,
      path: request.path,
      headers: pairs(request.headers),
      body: bodyAnswer(request.body, longestBytes),
    },
    ...(answer === undefined
      ? {}
      : {
          answer: {
            atMs: answer.atMs,
            status: answer.status,
            headers: pairs(answer.headers),
            body: bodyAnswer(answerBody(read.transcript), longestBytes),
          },
        }),
  };
}

/** The answer's body as it came, put together. */
export function answerBody({ chunks }: Transcript): Uint8Array {
  return Buffer.concat(chunks.map(({ bytes }) => bytes));
}

function bodyAnswer(whole: Uint8Array, longestBytes: number): MessageBody {
  const isCutOff = whole.length > longestBytes;
  const shown = isCutOff ? whole.subarray(0, longestBytes) : whole;
  const text = textOrUndefined(shown, isCutOff);
  return { bytes: whole.length, ...(text === undefined ? { base64: Buffer.from(shown).toString("base64") } : { text }), isCutOff };
}

/** A character that the cut has split is left out. */
function textOrUndefined(bytes: Uint8Array, isCutOff: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCutOff });
  } catch {
    return undefined;
  }
}

function pairs(headers: Transcript["request"]["headers"]): [string, string][] {
  return headers.map(([name, value]) => [name, value]);
}

const NOT_HELD_WORDS: Readonly<Record<NotHeld, string>> = {
  premises: "Not held here: the lab’s own gateway keeps requests and answers on its premises",
  destroyed: "Not held any more: the key that had sealed it was destroyed, as its certificate says",
  redacted: "Not held any more: request and answer were redacted; their digests stay",
  altered: "Not held as it was recorded: the sealed record was changed since, and what it says now is not shown",
  elsewhere: "Not held here: no gateway beside this server has it",
};

import type { SettledExchange } from "../../contract/endpoints/gateway.ts";
import { toPlaceText } from "../../sealing/exchange-place.ts";
import type { EndedExchange } from "../record/exchange.ts";

/** What of an exchange stands in its spend frame, so that whoever replays it can settle it. */
export type ExchangeFacts = {
  readonly token: string;
  readonly purpose: string;
  readonly wire: string;
  readonly model: string;
  readonly path: string;
  readonly afterDifferent: boolean;
  /** Places of the request that were changed before it went upstream. */
  readonly rewritten: readonly string[];
};

export function factsOf({ token, purpose, wire, model, path, afterDifferent, rewritten }: ExchangeFacts): Readonly<Record<string, string>> {
  return {
    token,
    purpose,
    wire,
    model: model.slice(0, 200),
    path: path.slice(0, 200),
    ...(afterDifferent ? { afterDifferent: "true" } : {}),
    ...(rewritten.length === 0 ? {} : { rewritten: rewritten.join(" ") }),
  };
}

/** An exchange as the server keeps it. */
export function settledExchange(ended: EndedExchange): SettledExchange {
  const { facts, usage, reason, status } = ended;
  return {
    id: ended.exchangeId,
    grant: ended.grantId,
    lease: ended.leaseId,
    token: facts["token"] ?? "",
    session: ended.session,
    segment: toPlaceText(ended.place),
    model: facts["model"] ?? "",
    path: facts["path"] ?? "",
    startedMs: ended.begunMs,
    endedMs: ended.endedMs,
    outcome: ended.outcome,
    ...(status === undefined
      ? {}
      : {
          status,
          answerDigest: ended.answerDigest,
        }),
    ...(reason === undefined ? {} : { reason: reason.slice(0, 400) }),
    ...(usage.inputTokens === undefined ? {} : { inputTokens: usage.inputTokens }),
    ...(usage.outputTokens === undefined ? {} : { outputTokens: usage.outputTokens }),
    chargedTokens: ended.charged.tokens,
    requestDigest: ended.requestDigest,
    afterDifferent: facts["afterDifferent"] === "true",
  };
}

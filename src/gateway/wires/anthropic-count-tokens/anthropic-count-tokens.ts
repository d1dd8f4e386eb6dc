import { anthropicErrorType } from "../anthropic-answer.ts";
import { lookAtMessages } from "../anthropic-request.ts";
import { readAnswer, type AnswerRules } from "../answer.ts";
import { askOf, modelOf } from "../look.ts";
import { readBody } from "../request-body.ts";
import { NOTHING_USED } from "../usage.ts";
import type { Ask, Wire } from "../wire.ts";

/** Anthropic's counting of a request's tokens: it runs no model and uses none. */
export const anthropicCountTokens: Wire = {
  id: "anthropic-count-tokens",
  family: "anthropic",
  method: "POST",
  path: "/v1/messages/count_tokens",
  upstreamPath: "/v1/messages/count_tokens",
  readAsk,
  readAnswer: (head) => readAnswer(head, rules),
};

function readAsk(bytes: Buffer): Ask {
  const body = readBody(bytes);
  const look = lookAtMessages(body);
  return askOf(look, { model: modelOf(body), stream: false, tokensAtMost: { input: 0, output: 0, isOutputStated: true } });
}

const rules: AnswerRules = {
  wholePaths: ["error"],
  events: { paths: [], meaningOf: () => ({ data: "skip" }) },
  factsFrom: (value) => {
    const errorType = anthropicErrorType(value("error"));
    return { usage: NOTHING_USED, ...(errorType === undefined ? {} : { errorType }) };
  },
};

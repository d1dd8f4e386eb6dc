import { lookAtMessages } from "../anthropic-request.ts";
import { askOf, modelOf, MOST_OUTPUT_TOKENS, tokensAtMost } from "../look.ts";
import { countMember, flagMember, readBody } from "../request-body.ts";
import type { Ask, Wire } from "../wire.ts";
import { readAnthropicMessagesAnswer } from "./anthropic-messages-answer.ts";

/** Anthropic's messages, and every server that speaks them. */
export const anthropicMessages: Wire = {
  id: "anthropic-messages",
  family: "anthropic",
  method: "POST",
  path: "/v1/messages",
  upstreamPath: "/v1/messages",
  readAsk,
  readAnswer: readAnthropicMessagesAnswer,
};

function readAsk(bytes: Buffer): Ask {
  const body = readBody(bytes);
  const look = lookAtMessages(body);
  return askOf(look, {
    model: modelOf(body),
    stream: flagMember(body, body.root, "stream") ?? false,
    tokensAtMost: tokensAtMost(look, countMember(body, body.root, "max_tokens", MOST_OUTPUT_TOKENS)),
  });
}

import { isJsonObject, type Json } from "../../../vocabulary/json.ts";
import { anthropicErrorType } from "../anthropic-answer.ts";
import { readAnswer, textAt, type AnswerRules } from "../answer.ts";
import { eventType } from "../event-tap.ts";
import { asTokenCount, usageSeen, type UsageSeen } from "../usage.ts";
import type { AnswerHead, AnswerReader } from "../wire.ts";

export function readAnthropicMessagesAnswer(head: AnswerHead): AnswerReader {
  return readAnswer(head, rules);
}

const rules: AnswerRules = {
  wholePaths: ["model", "usage", "stop_reason", "error"],
  events: {
    paths: ["message.model", "message.usage", "usage", "delta.stop_reason", "error"],
    meaningOf: (name, data) => {
      const type = eventType(name, data);
      if (type === "message_stop") return { data: "read", ends: "complete" };
      if (type === "error") return { data: "read", ends: "error" };
      return { data: type === "message_start" || type === "message_delta" ? "read" : "skip" };
    },
  },
  factsFrom: (value) => {
    const model = textAt(value("model") ?? value("message.model"));
    const stopReason = textAt(value("stop_reason") ?? value("delta.stop_reason"));
    const errorType = anthropicErrorType(value("error"));
    return {
      usage: usageFrom(value("message.usage"), value("usage")),
      ...(model === undefined ? {} : { model }),
      ...(stopReason === undefined ? {} : { stopReason }),
      ...(errorType === undefined ? {} : { errorType }),
    };
  },
};

/**
 * A stream states what it read in its first event and what it wrote, cumulatively, in `message_delta`; a whole answer states
 * both in one place. The first event's count of written tokens is only a beginning and is not taken.
 */
function usageFrom(first: Json | undefined, last: Json | undefined): UsageSeen {
  const output = isJsonObject(last) ? asTokenCount(last["output_tokens"]) : undefined;
  const stated = isJsonObject(last) && last["input_tokens"] !== undefined && last["input_tokens"] !== null ? last : first;
  if (!isJsonObject(stated)) return usageSeen(undefined, output, undefined);
  const read = asTokenCount(stated["input_tokens"]);
  const [written, cached] = [stated["cache_creation_input_tokens"], stated["cache_read_input_tokens"]].map((part) =>
    asTokenCount(part ?? 0),
  );
  const input = read === undefined || written === undefined || cached === undefined ? undefined : asTokenCount(read + written + cached);
  return usageSeen(input, output, stated["cache_read_input_tokens"] === undefined ? undefined : cached);
}

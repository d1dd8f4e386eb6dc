import { isJsonObject, type Json } from "../../../vocabulary/json.ts";
import { readAnswer, textAt, type AnswerRules } from "../answer.ts";
import { openaiErrorType } from "../openai-answer.ts";
import { asTokenCount, usageSeen } from "../usage.ts";
import type { AnswerHead, AnswerReader } from "../wire.ts";

export function readOpenaiChatAnswer(head: AnswerHead): AnswerReader {
  return readAnswer(head, rules);
}

const paths = ["model", "system_fingerprint", "usage", "error", "choices.0.finish_reason"];

const rules: AnswerRules = {
  wholePaths: paths,
  events: {
    paths,
    meaningOf: (name, data) => {
      if (data.startsWith("[DONE]")) return { data: "skip", ends: "complete" };
      if (name === "error" || /^\{\s*"error"\s*:/.test(data)) return { data: "read", ends: "error" };
      return { data: "last" };
    },
  },
  factsFrom: (value) => {
    const model = textAt(value("model"));
    const fingerprint = textAt(value("system_fingerprint"));
    const stopReason = textAt(value("choices.0.finish_reason"));
    const errorType = openaiErrorType(value("error"));
    return {
      usage: usageFrom(value("usage")),
      ...(model === undefined ? {} : { model }),
      ...(fingerprint === undefined ? {} : { fingerprint }),
      ...(stopReason === undefined ? {} : { stopReason }),
      ...(errorType === undefined ? {} : { errorType }),
    };
  },
};

function usageFrom(usage: Json | undefined): ReturnType<typeof usageSeen> {
  if (!isJsonObject(usage)) return {};
  const details = usage["prompt_tokens_details"];
  const cached = isJsonObject(details) ? asTokenCount(details["cached_tokens"]) : undefined;
  return usageSeen(asTokenCount(usage["prompt_tokens"]), asTokenCount(usage["completion_tokens"]), cached);
}

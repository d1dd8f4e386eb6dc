import { isJsonObject, type Json } from "../../../vocabulary/json.ts";
import { readAnswer, textAt, type AnswerRules } from "../answer.ts";
import { eventType } from "../event-tap.ts";
import { openaiErrorType } from "../openai-answer.ts";
import { asTokenCount, usageSeen, type UsageSeen } from "../usage.ts";
import type { AnswerHead, AnswerReader } from "../wire.ts";

export function readOpenaiResponsesAnswer(head: AnswerHead): AnswerReader {
  return readAnswer(head, rules);
}

const UNDER_WAY = new Set(["queued", "in_progress"]);
const members = ["model", "usage", "status", "incomplete_details", "error"];

const rules: AnswerRules = {
  wholePaths: members,
  events: {
    paths: [...members.map((name) => `response.${name}`), "error", "code", "type"],
    meaningOf: (name, data) => {
      const type = eventType(name, data);
      if (type === "response.completed" || type === "response.incomplete") return { data: "read", ends: "complete" };
      if (type === "response.failed" || type === "error") return { data: "read", ends: "error" };
      return { data: type === "response.created" ? "read" : "skip" };
    },
  },
  factsFrom: (value) => {
    const member = (name: string): Json | undefined => value(`response.${name}`) ?? value(name);
    const model = textAt(member("model"));
    const details = member("incomplete_details");
    const status = textAt(member("status"));
    const isOver = status !== undefined && !UNDER_WAY.has(status);
    const stopReason = textAt(isJsonObject(details) ? details["reason"] : undefined) ?? (isOver ? status : undefined);
    const errorType = openaiErrorType(member("error")) ?? (value("type") === "error" ? (textAt(value("code")) ?? "error") : undefined);
    return {
      usage: usageFrom(member("usage")),
      ...(model === undefined ? {} : { model }),
      ...(stopReason === undefined ? {} : { stopReason }),
      ...(errorType === undefined ? {} : { errorType }),
    };
  },
};

function usageFrom(usage: Json | undefined): UsageSeen {
  if (!isJsonObject(usage)) return {};
  const details = usage["input_tokens_details"];
  const cached = isJsonObject(details) ? asTokenCount(details["cached_tokens"]) : undefined;
  return usageSeen(asTokenCount(usage["input_tokens"]), asTokenCount(usage["output_tokens"]), cached);
}

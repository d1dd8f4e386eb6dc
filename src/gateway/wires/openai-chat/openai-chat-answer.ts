import { isJsonObject, type Json } from "../../../vocabulary/json.ts";
import { readAnswer, textAt, type AnswerRules } from "../answer.ts";
import type { EventMeaning } from "../event-tap.ts";
import { openaiErrorType } from "../openai-answer.ts";
import { asTokenCount, usageSeen } from "../usage.ts";
import type { AnswerHead, AnswerReader } from "../wire.ts";

export function readOpenaiChatAnswer(head: AnswerHead): AnswerReader {
  return readAnswer(head, rules);
}

const OPEN_LIST = 0x5b;
const DONE = "[DONE]";
const ENDS: EventMeaning = { data: "skip", ends: "complete" };
const FAILS: EventMeaning = { data: "read", ends: "error" };
const MAY_BE_LAST: EventMeaning = { data: "last" };
const PASSES: EventMeaning = { data: "skip" };

const paths = ["model", "system_fingerprint", "usage", "error", "choices.0.finish_reason"];

const rules: AnswerRules = {
  wholePaths: paths,
  events: {
    paths,
    meaningOf: (name, data) => {
      if (data[0] === OPEN_LIST) return data.toString("latin1", 0, DONE.length) === DONE ? ENDS : PASSES;
      if (name === "error" || isError(data)) return FAILS;
      return MAY_BE_LAST;
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

/** An error comes in the place of a chunk, as an object with that one member. */
function isError(data: Buffer): boolean {
  // Every chunk comes by here, and hardly one has a first member that starts with an e.
  const quote = data.indexOf(QUOTE);
  return data[quote + 1] === LETTER_E && /^\{\s*"error"\s*:/.test(data.toString("latin1", 0, 32));
}

const QUOTE = 0x22;
const LETTER_E = 0x65;

function usageFrom(usage: Json | undefined): ReturnType<typeof usageSeen> {
  if (!isJsonObject(usage)) return {};
  const details = usage["prompt_tokens_details"];
  const cached = isJsonObject(details) ? asTokenCount(details["cached_tokens"]) : undefined;
  return usageSeen(asTokenCount(usage["prompt_tokens"]), asTokenCount(usage["completion_tokens"]), cached);
}

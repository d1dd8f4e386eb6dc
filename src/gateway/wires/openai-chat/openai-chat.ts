import { replaced, changedMembers } from "../body-edits.ts";
import {
  askOf,
  lookAtFields,
  lookThrough,
  modelOf,
  MOST_OUTPUT_TOKENS,
  NOTHING_ADDED,
  outsideFields,
  startLook,
  tokensAtMost,
} from "../look.ts";
import type { AddedEdits, Look } from "../look.ts";
import { lookAtOpenaiPart, lookAtOpenaiTools, OPENAI_FIELDS } from "../openai-request.ts";
import { countMember, flagMember, isWord, memberOf, readBody, valueOf } from "../request-body.ts";
import type { Ask, Wire } from "../wire.ts";
import { readOpenaiChatAnswer } from "./openai-chat-answer.ts";

/** OpenAI's chat completions, and every server that speaks them. */
export const openaiChat: Wire = {
  id: "openai-chat",
  family: "openai",
  method: "POST",
  path: "/v1/chat/completions",
  upstreamPath: "/chat/completions",
  readAsk,
  readAnswer: readOpenaiChatAnswer,
};

const FIELDS = outsideFields(...OPENAI_FIELDS, { name: "store", kind: "stored-state", fate: "false" });
/** A request for more answers than this is refused: the most the wire's own server gives. */
const MOST_ANSWERS = 128;

function readAsk(bytes: Buffer): Ask {
  const body = readBody(bytes);
  const look = startLook(body);
  lookAtFields(look, FIELDS);
  lookAtOpenaiTools(look, body.root);
  for (const name of ["messages", "prediction"]) {
    lookThrough(valueOf(body, body.root, name), (object) => lookAtOpenaiPart(look, object));
  }
  const stream = flagMember(body, body.root, "stream") ?? false;
  const limits = ["max_tokens", "max_completion_tokens"].map((name) => countMember(body, body.root, name, MOST_OUTPUT_TOKENS));
  const stated = limits.filter((limit) => limit !== undefined);
  const answers = ["n", "best_of"].map((name) => countMember(body, body.root, name, MOST_ANSWERS) ?? 1);
  return askOf(
    look,
    {
      model: modelOf(body),
      stream,
      // Servers differ in which of the two limits they mind.
      tokensAtMost: tokensAtMost(look, stated.length === 0 ? undefined : Math.max(...stated), Math.max(1, ...answers)),
    },
    stream ? askForUsage(look) : NOTHING_ADDED,
  );
}

/** A stream states its usage only when asked; an unknown usage would cost the evaluator the whole reservation. */
function askForUsage(look: Look): AddedEdits {
  const { body } = look;
  const names = ["stream_options.include_usage"];
  const options = memberOf(body, body.root, "stream_options");
  if (options === undefined) return { members: [`"stream_options":{"include_usage":true}`], edits: [], names };
  if (isWord(body, options.value, "null")) return { members: [], edits: [replaced(options.value, `{"include_usage":true}`)], names };
  if (options.value.kind !== "object") return NOTHING_ADDED;
  const asked = memberOf(body, options.value, "include_usage");
  if (asked === undefined) return { members: [], edits: changedMembers(options.value, new Set(), [`"include_usage":true`]), names };
  if (flagMember(body, options.value, "include_usage") === true) return NOTHING_ADDED;
  return { members: [], edits: [replaced(asked.value, "true")], names };
}

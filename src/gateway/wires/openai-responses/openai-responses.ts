import {
  askOf,
  lookAtFields,
  lookThrough,
  modelOf,
  MOST_OUTPUT_TOKENS,
  outsideFields,
  refuseUse,
  startLook,
  tokensAtMost,
} from "../look.ts";
import type { Look } from "../look.ts";
import type { JsonSpan } from "../json-spans.ts";
import { lookAtOpenaiPart, lookAtOpenaiTools, OPENAI_FIELDS } from "../openai-request.ts";
import { countMember, flagMember, memberOf, readBody, textMember, valueOf } from "../request-body.ts";
import type { Ask, Wire } from "../wire.ts";
import { readOpenaiResponsesAnswer } from "./openai-responses-answer.ts";

/** OpenAI's responses, used without the state that the lab's account would keep. */
export const openaiResponses: Wire = {
  id: "openai-responses",
  family: "openai",
  method: "POST",
  path: "/v1/responses",
  upstreamPath: "/responses",
  readAsk,
  readAnswer: readOpenaiResponsesAnswer,
};

const FIELDS = outsideFields(
  ...OPENAI_FIELDS,
  { name: "background", kind: "background", fate: "refuse" },
  { name: "previous_response_id", kind: "stored-state", fate: "refuse" },
  { name: "conversation", kind: "stored-state", fate: "refuse" },
  { name: "prompt", kind: "stored-object", fate: "refuse" },
);

function readAsk(bytes: Buffer): Ask {
  const body = readBody(bytes);
  const look = startLook(body);
  lookAtFields(look, FIELDS);
  lookAtStore(look);
  lookAtOpenaiTools(look, body.root);
  const input = valueOf(body, body.root, "input");
  lookAtItems(look, input);
  for (const value of [input, valueOf(body, body.root, "prompt")]) lookThrough(value, (object) => lookAtOpenaiPart(look, object));
  return askOf(look, {
    model: modelOf(body),
    stream: flagMember(body, body.root, "stream") ?? false,
    tokensAtMost: tokensAtMost(look, countMember(body, body.root, "max_output_tokens", MOST_OUTPUT_TOKENS)),
  });
}

/** This wire stores unless told not to, so its absence says `true`. */
function lookAtStore(look: Look): void {
  const { body } = look;
  if (flagMember(body, body.root, "store") === false) return;
  const store = memberOf(body, body.root, "store")?.value;
  const remedy =
    store === undefined ? ({ kind: "add", text: `"store":false` } as const) : ({ kind: "replace", span: store, text: "false" } as const);
  look.uses.push({ kind: "stored-state", action: "strip", place: "store", remedy });
}

function lookAtItems(look: Look, input: JsonSpan | undefined): void {
  if (input?.kind !== "list") return;
  for (const item of input.items) {
    if (item.kind !== "object") continue;
    const { body } = look;
    const type = textMember(body, item, "type");
    // A reference may leave its type out; every other item has one, or a role.
    const isReference = type === "item_reference" || (type === undefined && valueOf(body, item, "role") === undefined);
    if (isReference && valueOf(body, item, "id") !== undefined) refuseUse(look, "stored-state", item);
    // What a remote server once listed is a record; other items may bring tools of their own.
    if (type !== "mcp_list_tools") lookAtOpenaiTools(look, item);
  }
}

import type { Answer, SeenRequest } from "./act.ts";
import { tokensOf, wordsFor } from "./words.ts";

/** What is said, before it takes the shape of a wire. */
export type Reply = {
  readonly id: string;
  readonly model: string;
  readonly fingerprint: string;
  readonly parts: readonly string[];
  readonly toolCall: { readonly id: string; readonly name: string; readonly arguments: string } | undefined;
  readonly ends: "stop" | "length" | "refusal" | "filter" | "tool";
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Stands in the place of the true usage when set. */
  readonly usage: Answer["usage"];
  readonly includeUsage: boolean;
  readonly noTerminator: boolean;
};

export function replyTo(request: SeenRequest, act: Answer, nth: number): Reply {
  const voice = act.served?.voice ?? act.served?.model ?? request.model;
  const said = typeof act.text === "function" ? act.text(request.prompt, nth) : act.text;
  const parts = said === undefined ? wordsFor(request.prompt, voice, act.words ?? 12) : (said.match(/[\s\S]{1,12}/gu) ?? []);
  return {
    id: `scripted-${nth}`,
    model: act.served?.model ?? request.model,
    fingerprint: act.served?.fingerprint ?? "fp_scripted",
    parts: act.toolCall === undefined ? parts : [],
    toolCall:
      act.toolCall === undefined
        ? undefined
        : {
            id: `call_${nth}`,
            name: act.toolCall.name ?? request.toolName ?? "lookup",
            arguments: act.toolCall.arguments ?? `{"place":"水門","deep":{"level":2}}`,
          },
    ends: act.toolCall === undefined ? (act.ends ?? "stop") : "tool",
    inputTokens: tokensOf(request.prompt),
    outputTokens: act.toolCall === undefined ? parts.length : 7,
    usage: act.usage,
    includeUsage: request.includeUsage,
    noTerminator: act.noTerminator ?? false,
  };
}

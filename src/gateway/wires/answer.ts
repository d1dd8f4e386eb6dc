import type { Json } from "../../vocabulary/json.ts";
import { decodedCopy } from "./decoded-copy.ts";
import { eventTap, type EventRules } from "./event-tap.ts";
import { jsonTap } from "./json-tap.ts";
import { NOTHING_USED } from "./usage.ts";
import type { AnswerFacts, AnswerHead, AnswerReader } from "./wire.ts";

/** What a wire reads of its answers. The same `factsFrom` reads a whole answer and a stream; `value` gives what was seen at a path. */
export type AnswerRules = {
  readonly wholePaths: readonly string[];
  readonly events: EventRules;
  readonly factsFrom: (value: (path: string) => Json | undefined) => Omit<AnswerFacts, "end">;
};

type Tap = { readonly push: (bytes: Buffer) => void; readonly end: () => AnswerFacts };

export function readAnswer(head: AnswerHead, rules: AnswerRules): AnswerReader {
  const isStream = /^text\/event-stream\b/i.test(head.headers["content-type"] ?? "");
  const tap = isStream ? streamTap(rules) : wholeTap(rules);
  const encoding = (head.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const finish = (facts: AnswerFacts): AnswerFacts => (head.status < 400 ? facts : failed(facts));
  if (encoding === "identity" || encoding === "") return { push: tap.push, end: async () => finish(tap.end()) };
  const copy = decodedCopy(encoding, tap.push);
  if (copy === undefined) return { push: () => undefined, end: async () => finish(UNREADABLE) };
  return {
    push: copy.push,
    end: async () => {
      const isWhole = await copy.end();
      const facts = tap.end();
      return finish(isWhole || facts.end === "error" ? facts : { ...facts, end: "truncated" });
    },
  };
}

export function textAt(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, LONGEST_WORD) : undefined;
}

const LONGEST_WORD = 200;
/** A coding nobody can read here: the bytes pass, and everything about them is unknown. */
const UNREADABLE: AnswerFacts = { end: "truncated", usage: {} };

/** An answer with an error status used nothing unless it says so. */
function failed(facts: AnswerFacts): AnswerFacts {
  return { ...facts, end: "error", usage: { ...NOTHING_USED, ...facts.usage } };
}

function wholeTap(rules: AnswerRules): Tap {
  const tap = jsonTap(rules.wholePaths);
  return {
    push: tap.push.bind(tap),
    end: () => {
      const facts = rules.factsFrom((path) => tap.value(path));
      if (tap.state() !== "closed") return { ...facts, end: "truncated" };
      return { ...facts, end: facts.errorType === undefined ? "complete" : "error" };
    },
  };
}

function streamTap(rules: AnswerRules): Tap {
  const tap = eventTap(rules.events);
  return {
    push: tap.push.bind(tap),
    end: () => {
      const { end, value } = tap.end();
      return { ...rules.factsFrom(value), end };
    },
  };
}

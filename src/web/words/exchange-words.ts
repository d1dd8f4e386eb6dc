import type { ExchangeContents, ExchangeRowAnswer } from "../../contract/endpoints/exchanges.ts";
import type { ExchangeOutcome } from "../../vocabulary/exchange.ts";
import type { StateKind } from "../ui/state.tsx";
import { numberText } from "./count-text.ts";

type Shown = { readonly kind: StateKind; readonly word: string; readonly sentence: string };

const outcomes: Readonly<Record<ExchangeOutcome, Shown>> = {
  complete: { kind: "passed", word: "complete", sentence: "The answer was passed on to its end." },
  cut: {
    kind: "flaky",
    word: "cut",
    sentence: "The answer broke off: the model’s server stopped in the middle, or a gateway did. What had come is kept.",
  },
  "client-gone": { kind: "waits", word: "you left", sentence: "Whoever asked went away before the answer’s end. What had come is kept." },
  "refused-upstream": {
    kind: "due",
    word: "refused there",
    sentence: "The model’s server answered with an error of its own, passed on as it was.",
  },
  "upstream-failed": { kind: "affected", word: "no answer", sentence: "The model’s server gave no answer." },
  revoked: {
    kind: "blocked",
    word: "access ended",
    sentence: "Access ended while it ran, and the answer was cut there. What had come is kept.",
  },
};

export function outcomeShown(outcome: ExchangeOutcome): Shown {
  return outcomes[outcome];
}

/** True where an answer ends before its end. */
export function isBrokenOff(outcome: ExchangeOutcome): boolean {
  return outcome === "cut" || outcome === "client-gone" || outcome === "revoked";
}

type NotHeld = Extract<ExchangeContents, { readonly kind: "not-held" }>["why"];

const notHeld: Readonly<Record<NotHeld, string>> = {
  premises: "It is on the lab’s premises",
  destroyed: "Its key is destroyed",
  redacted: "It was redacted",
  altered: "The record was changed",
  elsewhere: "It is at no gateway beside this server",
};

/** The head of what stands in place of request and answer. */
export function notHeldTitle(why: NotHeld): string {
  return notHeld[why];
}

/** `1,204 in, 88 out`; undefined where the model’s server did not say. */
export function usageText({ inputTokens, outputTokens }: Pick<ExchangeRowAnswer, "inputTokens" | "outputTokens">): string | undefined {
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return `${numberText(inputTokens)} in, ${numberText(outputTokens)} out`;
}

/** A session that a tool named, or the day of a token that named none. */
export function sessionText(session: string): { readonly name: string; readonly isNamed: boolean } {
  const day = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}:(\d{4}-\d\d-\d\d)$/.exec(session)?.[1];
  return day === undefined ? { name: session, isNamed: true } : { name: day, isNamed: false };
}

/** `12 KB`, `3.4 MB`: of a body. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `0.8 s`, `2 min 4 s`: from the request to the answer's end. */
export function lastedText(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`;
}

/** `23:15:07`, in the reader's zone: tells apart what one minute holds. */
export function secondText(ms: number, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "medium", hourCycle: "h23" }).format(ms);
}

/** Texts in turn: those outside and those that are what was looked for, in either case. */
export function markedParts(text: string, sought: string): readonly { readonly text: string; readonly isSought: boolean }[] {
  const lower = text.toLowerCase();
  const needle = sought.trim().toLowerCase();
  // A few characters are longer in lower case: places in one are then none in the other.
  if (needle === "" || lower.length !== text.length) return [{ text, isSought: false }];
  const parts: { text: string; isSought: boolean }[] = [];
  let from = 0;
  for (let at = lower.indexOf(needle); at !== -1; at = lower.indexOf(needle, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), isSought: false });
    parts.push({ text: text.slice(at, at + needle.length), isSought: true });
    from = at + needle.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isSought: false });
  return parts;
}

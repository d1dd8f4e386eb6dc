import { auditWords } from "./audit-words.ts";
import { countText, sentenceText } from "./count-text.ts";

type Standing = {
  readonly size: number;
  readonly isRecording: boolean;
  readonly refusal?: string | undefined;
  readonly witnesses: readonly { readonly size?: number | undefined }[];
};

/** What the ledger is and how it stands, as a heading. */
export function ledgerHeading({ size, isRecording, refusal, witnesses }: Standing): string {
  if (refusal !== undefined) return "The ledger is not continued";
  if (!isRecording) return "The ledger is empty: nothing was recorded yet";
  return `The ledger has ${countText(size, "leaf", "leaves")}, cosigned by ${witnessCount(cosigning(witnesses))}`;
}

/** Witnesses that have cosigned a tree of this ledger. */
export function cosigning(witnesses: Standing["witnesses"]): number {
  return witnesses.filter(({ size }) => size !== undefined).length;
}

export function witnessCount(count: number): string {
  return count === 0 ? "no independent witness" : countText(count, "independent witness", "independent witnesses");
}

/** What the number of witnesses means, in both directions. */
export function whatWitnessesMean(count: number): string {
  return count === 0
    ? "Whoever kept a checkpoint can show that something before it was changed or taken away. Nobody can show that everybody was given the same tree: whoever has this server and its key could keep two. An administrator names witnesses in SLUICE_WITNESSES."
    : "Each has seen every checkpoint that it signed continue the one before. Two trees would need a witness that joins in, and the more there are the less likely that is.";
}

/** How often leaves come, and why they say nothing about how much is going on. */
export function batchWords(everySeconds: number, leaves: number): string {
  return `Every ${periodText(everySeconds)} ${countText(leaves, "confidential leaf", "confidential leaves")} of 32 bytes, filled up with noise: how many statements there were cannot be told.`;
}

/** What a statement is of, as a sentence begins; a kind of a newer version as it stands. */
export function statementWords(kind: string): string {
  const own = kinds[kind];
  return sentenceText(own ?? auditWords(kind));
}

const kinds: Readonly<Record<string, string>> = {
  "research.read": "was shown research",
  "part.written": "parts of a draft were written",
  "part.changed": "parts of a draft were changed",
  "part.removed": "parts of a draft were removed",
  "correction.stated": "a published advisory is to be corrected",
  "withdrawal.stated": "a published advisory is to be withdrawn",
  "release.plan-agreed": "a release plan was agreed",
  "release.amendment-answered": "a change of a release plan was answered",
  "release.amendment-bound": "a change of a release plan became binding",
  "release.release-held": "a release was held",
  "release.release-resumed": "a hold was lifted",
  "release.release-event": "an event of a release was stated",
  "release.exception-made": "an exception was made for an excluded organisation",
  "release.stage-opened": "a stage of a release opened",
  "release.advisory-published": "an advisory was published",
  "release.advisory-corrected": "a corrected advisory was published",
  "release.advisory-withdrawn": "an advisory was published as withdrawn",
  "exchanges.recorded": "exchanges with a model were recorded up to here",
  "model.probed": "a probe said that another model answers",
  "key.destroyed": "a key was destroyed",
  "window.opened": "a window opened",
  "window.ended": "a window ended",
};

function periodText(seconds: number): string {
  return seconds % 60 === 0 ? countText(seconds / 60, "minute") : countText(seconds, "second");
}

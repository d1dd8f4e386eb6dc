import type { ProbeFailure } from "../../vocabulary/identity-verdict.ts";

/** One prompt's answer. Only equality of `text` is used, so that a keyed digest may stand in the place of the words. */
export type ProbeAnswer = { readonly prompt: string } & (
  | {
      readonly kind: "answered";
      readonly text: string;
      /** As upstream names itself, if it does. */
      readonly model: string | undefined;
      readonly fingerprint: string | undefined;
    }
  | { readonly kind: "failed"; readonly why: ProbeFailure }
);
export type AnsweredProbe = Extract<ProbeAnswer, { kind: "answered" }>;

/** Every prompt of a set, asked once. */
export type ProbeRun = { readonly promptSet: string; readonly answers: readonly ProbeAnswer[] };

export function answered({ answers }: ProbeRun): readonly AnsweredProbe[] {
  return answers.filter((answer) => answer.kind === "answered");
}

/** The run with a digest in the place of every text, so that what a model said stays where it was asked. */
export function digestAnswers(run: ProbeRun, digest: (text: string) => string): ProbeRun {
  return { ...run, answers: run.answers.map((answer) => (answer.kind === "answered" ? { ...answer, text: digest(answer.text) } : answer)) };
}

/** What differs only in how it is written down is the same answer. */
export function normalAnswer(text: string): string {
  return text.normalize("NFC").replaceAll(/\s+/gu, " ").trim();
}

import type { ProbeAnswer } from "../../contract/endpoints/probes.ts";
import type { ProbedModelAnswer, ProbeReason } from "../../contract/probe-basis.ts";
import type { ProbeFailure } from "../../vocabulary/identity-verdict.ts";
import { countText, listText } from "./count-text.ts";

const failures: Readonly<Record<ProbeFailure, string>> = {
  "budget-spent": "what the lab pays for was used up",
  "no-text": "no text came",
  "rate-limited": "too many requests",
  unreachable: "not reached",
  unreadable: "an answer that does not read as one",
  "upstream-error": "an error of the model’s server",
};

const names = (list: readonly string[] | undefined): string => (list === undefined ? "" : ` (${list.join(", ")})`);
const told = (before: readonly string[] | undefined, now: readonly string[] | undefined): string =>
  before === undefined || now === undefined ? "" : `: ${before.join(", ")} before, ${now.join(", ")} now`;

/** One reason of a verdict as a sentence, with its numbers. */
export function reasonText(reason: ProbeReason): string {
  switch (reason.code) {
    case "answers-agree":
    case "answers-differ":
    case "answers-between": {
      const { unheard, compared, sameUpTo, differentFrom } = reason;
      const between = reason.code === "answers-between" ? ", and this lies between" : "";
      return `${unheard} of ${countText(compared, "answer")} ${unheard === 1 ? "was" : "were"} new. Up to ${sameUpTo} is the same, from ${differentFrom} on different${between}.`;
    }
    case "other-prompts":
      return `Asked with other prompts or settings than at opening: ${reason.before} before, ${reason.now} now.`;
    case "repeats-agree":
      return `At opening ${countText(reason.repeats, "repeat")} of ${countText(reason.prompts, "prompt")} agree with each other by ${percentText(reason.agreement)}; ${countText(reason.steady, "prompt")} will be compared.`;
    case "too-few-repeats":
      return `${countText(reason.repeats, "repeat")} at opening, ${reason.needed} needed: chance cannot be told from another model yet.`;
    case "repeats-disagree":
      return `The model answers too few prompts alike twice: ${reason.steady} of ${reason.prompts}, ${reason.needed} needed.`;
    case "false-alarms-at-opening":
      return `${countText(reason.alarms, "repeat")} of ${reason.repeats} at opening would have been called another model: its alarms mean nothing.`;
    case "too-few-answers": {
      const why = Object.entries(reason.failures).map(([failure, n]) => `${n} × ${failures[failure as ProbeFailure]}`);
      return `${countText(reason.compared, "answer")} could be compared, ${reason.needed} needed${why.length === 0 ? "" : `: ${listText(why)}`}.`;
    }
    case "reported-model-changed":
      return `The model’s server gave it another name${told(reason.before, reason.now)}.`;
    case "reported-model-missing":
      return `The model’s server gave it no name in an answer; at opening it did${names(reason.before)}.`;
    case "fingerprint-changed":
      return `The model’s server gave itself another fingerprint${told(reason.before, reason.now)}. That alone decides nothing.`;
  }
}

/** How often chance looks like another model, as measured on this model. */
export function falseAlarmText({ falseAlarmRate: { alarms, repeats, upper95 } }: Pick<ProbedModelAnswer, "falseAlarmRate">): string {
  if (repeats === 0) return "not measured yet";
  return `at most ${percentText(upper95)}: ${alarms} of ${countText(repeats, "repeat")} at opening`;
}

/** Why a run shows no numbers. */
export function withoutNumbersText({ isCut }: Pick<ProbeAnswer, "isCut">): string {
  return isCut ? "The gateway stopped before the run had ended." : "The gateway stated no numbers that can be read here.";
}

/** Upwards, for what is a bound. */
function percentText(share: number): string {
  const tenths = share >= 1 ? 1000 : Math.ceil(share * 1000 - 1e-9);
  return `${tenths / 10} %`;
}

import { z } from "zod";
import { PROBE_FAILURES } from "../vocabulary/identity-verdict.ts";
import { PROBE_VERDICTS } from "../vocabulary/exchange.ts";

const count = z.number().int().min(0);
const names = z.array(z.string().max(500)).max(200);
const counted = {
  unheard: count.describe("Answers that no repeat at opening gave"),
  compared: count.describe("Answers that were compared"),
  sameUpTo: count.describe("`same` up to so many unheard answers"),
  differentFrom: count.describe("`different` from so many on"),
};
const named = {
  before: names.optional().describe("At opening; told to the lab"),
  now: names.optional().describe("In this run; told to the lab"),
};

const reason = z.discriminatedUnion("code", [
  z.object({ code: z.literal("answers-agree"), ...counted }),
  z.object({ code: z.literal("answers-differ"), ...counted }),
  z.object({ code: z.literal("answers-between"), ...counted }),
  z.object({ code: z.literal("other-prompts"), before: z.string().max(500), now: z.string().max(500) }),
  z.object({ code: z.literal("repeats-agree"), repeats: count, steady: count, prompts: count, agreement: z.number().min(0).max(1) }),
  z.object({ code: z.literal("too-few-repeats"), repeats: count, needed: count }),
  z.object({ code: z.literal("repeats-disagree"), steady: count, prompts: count, needed: count }),
  z.object({ code: z.literal("false-alarms-at-opening"), alarms: count, repeats: count }),
  z.object({
    code: z.literal("too-few-answers"),
    compared: count,
    needed: count,
    failures: z.partialRecord(z.enum(PROBE_FAILURES), count).describe("Prompts without an answer, by why"),
  }),
  z.object({ code: z.literal("reported-model-changed"), ...named }),
  z.object({ code: z.literal("reported-model-missing"), ...named }),
  z.object({ code: z.literal("fingerprint-changed"), ...named }),
]);

/** What one model's verdict rests on, as the gateway that asked states it. */
export const probedModel = z.object({
  model: z.string().max(200).describe("The version, as those who use it name it"),
  verdict: z.enum(PROBE_VERDICTS),
  basis: z.array(reason).max(20).describe("What decided first, then what was noticed beside it"),
  falseAlarmRate: z
    .object({
      alarms: count,
      repeats: count,
      estimate: z.number().min(0).max(1).optional().describe("Absent = no repeat could be judged"),
      upper95: z.number().min(0).max(1).describe("The exact one-sided 95 % bound"),
    })
    .describe("How often the rule says `different` of a repeat at opening, each judged by the others"),
});
export type ProbedModelAnswer = z.output<typeof probedModel>;
export type ProbeReason = z.output<typeof reason>;

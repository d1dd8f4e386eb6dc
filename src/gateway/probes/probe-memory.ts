import { join } from "node:path";
import { z } from "zod";
import { stateProbe } from "../../contract/endpoints/gateway.ts";
import { readPrivateText, replaceDurably } from "../../sealing/durable-file.ts";
import { PROBE_OCCASIONS } from "../../vocabulary/exchange.ts";
import { PROBE_FAILURES } from "../../vocabulary/identity-verdict.ts";
import type { ProbeRun } from "../identity/probe-run.ts";

const answer = z.discriminatedUnion("kind", [
  z.object({
    prompt: z.string(),
    kind: z.literal("answered"),
    text: z.string(),
    model: z.string().optional(),
    fingerprint: z.string().optional(),
  }),
  z.object({ prompt: z.string(), kind: z.literal("failed"), why: z.enum(PROBE_FAILURES) }),
]);
const probedModel = z.object({
  upstreamName: z.string(),
  dialect: z.object({ sampling: z.boolean(), limit: z.enum(["max_tokens", "max_completion_tokens"]) }),
  opening: z.array(z.object({ promptSet: z.string(), answers: z.array(answer) })),
});
const memory = z.object({
  models: z.array(probedModel),
  runs: z.array(z.object({ occasion: z.enum(PROBE_OCCASIONS), atMs: z.number() })),
  unstated: z.array(stateProbe.body),
});

/** What a gateway keeps of a window's probes over restarts. Answers stand as digests under the lab's credential: with it gone, they tell nothing. */
export type ProbeMemory = z.output<typeof memory>;
export type ProbedModel = z.output<typeof probedModel>;

const RUNS_KEPT = 1000;

/** Undefined when there is none, or one that cannot be read: then the opening is heard again. */
export function readProbeMemory(directory: string, window: string): ProbeMemory | undefined {
  const text = readPrivateText(fileOf(directory, window));
  if (text === undefined) return undefined;
  const read = memory.safeParse(parsed(text));
  return read.success ? read.data : undefined;
}

export function keepProbeMemory(directory: string, window: string, kept: ProbeMemory): void {
  replaceDurably(fileOf(directory, window), JSON.stringify({ ...kept, runs: kept.runs.slice(-RUNS_KEPT) }));
}

/** As `identity/` takes it. */
export function openingRuns({ opening }: ProbedModel): readonly ProbeRun[] {
  return opening.map(({ promptSet, answers }) => ({
    promptSet,
    answers: answers.map((one) => (one.kind === "failed" ? one : { ...one, model: one.model, fingerprint: one.fingerprint })),
  }));
}

function fileOf(directory: string, window: string): string {
  return join(directory, `${window}.probes.json`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { ProbeFailure } from "../../vocabulary/identity-verdict.ts";
import type { JsonObject } from "../../vocabulary/json.ts";
import { PROBE_PROMPTS, type ProbePrompt } from "./probe-prompts.ts";
import type { ProbeAnswer, ProbeRun } from "./probe-run.ts";
import { nextDialect, probeBody, promptSetOf, readProbeAnswer, type ProbeAsk, type ProbeDialect } from "./probe-wire.ts";

/** Sends one request by the way that evaluators' requests take, and pays for it; what fails is told, not thrown. */
export type SendProbe = (body: JsonObject) => Promise<ProbeReply>;
export type ProbeReply = { readonly status: number; readonly body: string } | { readonly failed: ProbeFailure };

/** `dialect`: what the endpoint took, to be used from now on. */
export type ProbesRun = { readonly run: ProbeRun; readonly dialect: ProbeDialect };

/** Asks every prompt once, one after the other. A budget that is spent ends the run: nothing more is sent. */
export async function runProbes(ask: ProbeAsk, send: SendProbe, prompts: readonly ProbePrompt[] = PROBE_PROMPTS): Promise<ProbesRun> {
  let { dialect } = ask;
  const answers: ProbeAnswer[] = [];
  for (const prompt of prompts) {
    if (answers.some((answer) => answer.kind === "failed" && answer.why === "budget-spent")) {
      answers.push({ prompt: prompt.id, kind: "failed", why: "budget-spent" });
      continue;
    }
    let reply = await send(probeBody({ ...ask, dialect }, prompt));
    // Within a run all answers are asked for alike: a setting refused after the first one is a failure of the endpoint.
    while (answers.length === 0 && "status" in reply) {
      const next = nextDialect({ wire: ask.wire, dialect }, reply.status, reply.body);
      if (next === undefined) break;
      dialect = next;
      reply = await send(probeBody({ ...ask, dialect }, prompt));
    }
    answers.push(readReply(ask, prompt, reply));
  }
  return { run: { promptSet: promptSetOf({ ...ask, dialect }), answers }, dialect };
}

function readReply({ wire }: ProbeAsk, { id }: ProbePrompt, reply: ProbeReply): ProbeAnswer {
  if ("failed" in reply) return { prompt: id, kind: "failed", why: reply.failed };
  return readProbeAnswer(wire, id, reply.status, reply.body);
}

import { createHash, randomUUID } from "node:crypto";
import type { Client } from "../../contract/client.ts";
import { type OrderedWindow, stateProbe } from "../../contract/endpoints/gateway.ts";
import { contentAddressOf } from "../../sealing/segment-keys.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import type { ModelWire, ProbeOccasion, ProbeVerdict } from "../../vocabulary/exchange.ts";
import type { IdentityResult } from "../../vocabulary/identity-verdict.ts";
import type { GatewayClock } from "../clock.ts";
import type { HeldCredentials } from "../credentials/held-credentials.ts";
import { modelAddress } from "../exchange/model-address.ts";
import type { ModelDoor } from "../exchange/model-door.ts";
import { CallRefused } from "../exchange/refusals.ts";
import { type Baseline, measureBaseline } from "../identity/baseline.ts";
import { compareAnswers, isReasonToProbe, judgeOpening } from "../identity/compare-answers.ts";
import { costOfProbes, isWithin, planWithin, type ProbeCost, probeDue } from "../identity/probe-plan.ts";
import { digestAnswers } from "../identity/probe-run.ts";
import { FIRST_DIALECT, promptSetOf, type ProbeWire } from "../identity/probe-wire.ts";
import { runProbes } from "../identity/run-probes.ts";
import type { GatewayLog } from "../log.ts";
import type { FollowedOrders } from "../orders/follow-orders.ts";
import { allWires } from "../wires/route.ts";
import type { AnswerFacts, Wire } from "../wires/wire.ts";
import { keepProbeMemory, openingRuns, type ProbedModel, type ProbeMemory, readProbeMemory } from "./probe-memory.ts";
import { sendProbe } from "./send-probe.ts";

/** Asks the models of open windows the same questions again and again, as often as their labs agreed to pay for. */
export type Prober = {
  /** Runs what is due, one window after the other; nothing while it is still at it. */
  readonly tick: () => void;
  /** What an answer said of the model behind it: another name is a reason to ask now, and so is an answer after a failure. */
  readonly heard: (window: OrderedWindow, model: string, facts: AnswerFacts) => void;
  /** No answer came. */
  readonly lost: (window: OrderedWindow) => void;
  readonly stop: () => Promise<void>;
};

export type ProberOptions = {
  readonly client: Client;
  readonly gateway: string;
  readonly directory: string;
  readonly listedHosts: readonly string[];
  readonly clock: GatewayClock;
  readonly orders: FollowedOrders;
  readonly credentials: HeldCredentials;
  readonly door: ModelDoor;
  readonly log: GatewayLog;
};

type Watched = {
  memory: ProbeMemory;
  baselines: ReadonlyMap<string, Baseline>;
  isLost: boolean;
  reconnectedMs: number | undefined;
  /** Until the server's orders count it, what is left for today is not known. */
  lastStated: string | undefined;
};

type Probes = NonNullable<OrderedWindow["probes"]>;

type DueRun = { readonly occasion: ProbeOccasion; readonly most: ProbeCost; readonly left: ProbeCost };

const PROBE_WIRES: Readonly<Record<ModelWire, ProbeWire>> = { openai: "openai-chat", anthropic: "anthropic-messages" };
const STATE_MS = 5000;

export function createProber(options: ProberOptions): Prober {
  const { client, gateway, directory, clock, orders, log } = options;
  const watched = new Map<string, Watched>();
  const stopping = new AbortController();
  let round: Promise<void> | undefined;

  return {
    tick: () => {
      if (stopping.signal.aborted) return;
      round ??= probeAll()
        .catch((error: unknown) => log({ level: "error", event: "probe-failed", reason: reasonOf(error) }))
        .finally(() => {
          round = undefined;
        });
    },
    heard,
    lost: (window) => {
      const known = watched.get(window.id);
      if (known !== undefined) known.isLost = true;
    },
    stop: async () => {
      stopping.abort();
      await round;
    },
  };

  function heard(window: OrderedWindow, model: string, { model: named, fingerprint }: AnswerFacts): void {
    const known = watched.get(window.id);
    if (known === undefined) return;
    const upstreamName = window.models.find(({ name }) => name === model)?.upstreamName ?? "";
    const baseline = known.baselines.get(upstreamName);
    const isOther = baseline !== undefined && isReasonToProbe(baseline, { model: named, fingerprint });
    if (known.isLost || isOther) known.reconnectedMs = clock.wallMs();
    known.isLost = false;
  }

  async function probeAll(): Promise<void> {
    for (const window of orders.current()?.windows ?? []) {
      if (window.probes === undefined || !isOpen(window) || stopping.signal.aborted) continue;
      const known = watchedOf(window);
      if (known.memory.unstated.length > 0) await stateAll(window, known);
      else await probe(window, window.probes, known);
    }
  }

  function isOpen({ id }: OrderedWindow): boolean {
    return !orders.isStale() && orders.current()?.windows.some((window) => window.id === id) === true;
  }

  async function probe(window: OrderedWindow, probes: Probes, known: Watched): Promise<void> {
    if (known.lastStated !== undefined && known.lastStated !== window.newestProbe?.id) return;
    const { callsPerDay, tokensPerDay, callsToday, tokensToday } = probes;
    const models = known.memory.models.length;
    const plan = planWithin({ requests: callsPerDay / models, tokens: tokensPerDay / models });
    if (plan === undefined) return;
    const occasion = probeDue(plan, { runs: known.memory.runs, reconnectedMs: known.reconnectedMs }, clock.wallMs());
    const left = { requests: callsPerDay - callsToday, tokens: tokensPerDay - tokensToday };
    const { aRun } = costOfProbes(plan, 0);
    if (occasion === undefined || !isWithin({ requests: aRun.requests * models, tokens: aRun.tokens * models }, left)) return;
    const most = { requests: aRun.requests * models, tokens: aRun.tokens * models };
    if (await run(window, known, { occasion, most, left })) await stateAll(window, known);
  }

  /** One run over all models of the window. It counts from its beginning, with all that it may cost: one that was cut is stated so. False: none was begun. */
  async function run(window: OrderedWindow, known: Watched, { occasion, most, left }: DueRun): Promise<boolean> {
    const credential = options.credentials.of(window);
    const wire = allWires.find(({ id }) => id === PROBE_WIRES[window.wire]);
    if (credential === undefined || wire === undefined) return false;
    const atMs = clock.wallMs();
    const id = randomUUID();
    const begun = { gateway, window: window.id, id, occasion, atMs };
    const cut = { ...begun, verdict: "cannot-say" as const, basis: { cut: true }, calls: most.requests, tokens: most.tokens };
    const before = known.memory;
    known.memory = { ...before, runs: [...before.runs, { occasion, atMs }], unstated: [...before.unstated, cut] };
    keepProbeMemory(directory, window.id, known.memory);
    const spent = { requests: 0, tokens: 0 };
    const ran: { readonly model: ProbedModel; readonly result: IdentityResult }[] = [];
    for (const model of before.models) ran.push(await runModel(window, wire, credential, model, occasion, spent, left));
    const verdict = worst(ran.map(({ result }) => result.verdict));
    const names = new Map(window.models.map(({ name, upstreamName }) => [upstreamName, name]));
    const basis = { models: ran.map(({ model, result }) => ({ model: names.get(model.upstreamName) ?? "", ...result })) };
    const models = ran.map(({ model }) => model);
    const stated = { ...begun, verdict, basis, calls: spent.requests, tokens: spent.tokens };
    known.memory = { ...known.memory, models, unstated: [...before.unstated, stated] };
    known.baselines = baselinesOf(window, models);
    keepProbeMemory(directory, window.id, known.memory);
    log({ level: verdict === "different" ? "warn" : "info", event: "probed", window: window.id, occasion, verdict, calls: spent.requests });
    return true;
  }

  async function runModel(
    window: OrderedWindow,
    wire: Wire,
    credential: string,
    model: ProbedModel,
    occasion: ProbeOccasion,
    spent: { requests: number; tokens: number },
    left: ProbeCost,
  ): Promise<{ readonly model: ProbedModel; readonly result: IdentityResult }> {
    const baseUrl = window.models.find(({ upstreamName }) => upstreamName === model.upstreamName)?.baseUrl ?? "";
    const address = addressOf(baseUrl, wire.upstreamPath);
    const ask = { wire: PROBE_WIRES[window.wire], model: model.upstreamName, dialect: model.dialect, thinkingTokens: 0 };
    const { run: heardNow, dialect } = await runProbes(ask, async (body) => {
      if (address === undefined || !isOpen(window) || stopping.signal.aborted) return { failed: "unreachable" };
      if (spent.requests >= left.requests || spent.tokens >= left.tokens) return { failed: "budget-spent" };
      const { reply, cost } = await sendProbe({ door: options.door, wire, address, credential, signal: stopping.signal }, body);
      spent.requests += cost.requests;
      spent.tokens += cost.tokens;
      return reply;
    });
    const digests = contentAddressOf(createHash("sha256").update(`probes ${credential}`, "latin1").digest(), window.id);
    const kept = digestAnswers(heardNow, (text) => digests.of(Buffer.from(text, "utf8")));
    digests.destroy();
    if (occasion !== "opening") {
      const baseline = measureBaseline(promptSetOf({ ...ask, dialect: model.dialect }), openingRuns(model));
      return { model, result: compareAnswers(baseline, kept) };
    }
    const opened: ProbedModel = { ...model, dialect, opening: [...model.opening, mutable(kept)] };
    return { model: opened, result: judgeOpening(measureBaseline(promptSetOf({ ...ask, dialect }), openingRuns(opened))) };
  }

  function addressOf(baseUrl: string, upstreamPath: string): ReturnType<typeof modelAddress> | undefined {
    try {
      return modelAddress(baseUrl, upstreamPath, options.listedHosts);
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error;
      return undefined;
    }
  }

  /** What the server did not take stays, and is stated at the next round. */
  async function stateAll(window: OrderedWindow, known: Watched): Promise<void> {
    for (const stated of known.memory.unstated) {
      try {
        await client(stateProbe, { body: stated, signal: AbortSignal.timeout(STATE_MS) });
      } catch (error) {
        if (!isCodedError(error) && !(error instanceof DOMException)) throw error;
        log({ level: "warn", event: "probe-not-stated", window: window.id, reason: error.message });
        return;
      }
      known.lastStated = stated.id;
      known.memory = { ...known.memory, unstated: known.memory.unstated.filter(({ id }) => id !== stated.id) };
      keepProbeMemory(directory, window.id, known.memory);
    }
  }

  function watchedOf(window: OrderedWindow): Watched {
    const before = watched.get(window.id);
    if (before !== undefined && isOf(before.memory, window)) return before;
    const kept = readProbeMemory(directory, window.id);
    const memory = kept !== undefined && isOf(kept, window) ? kept : freshMemory(window);
    const known = { memory, baselines: baselinesOf(window, memory.models), isLost: false, reconnectedMs: undefined, lastStated: undefined };
    watched.set(window.id, known);
    return known;
  }
}

/** Other models than before are heard anew. */
function isOf({ models }: ProbeMemory, window: OrderedWindow): boolean {
  const names = (list: readonly { readonly upstreamName: string }[]): string =>
    JSON.stringify(list.map(({ upstreamName }) => upstreamName));
  return names(models) === names(window.models);
}

function freshMemory({ models }: OrderedWindow): ProbeMemory {
  return { models: models.map(({ upstreamName }) => ({ upstreamName, dialect: FIRST_DIALECT, opening: [] })), runs: [], unstated: [] };
}

function baselinesOf({ wire }: OrderedWindow, models: readonly ProbedModel[]): ReadonlyMap<string, Baseline> {
  return new Map(
    models.map((model) => {
      const ask = { wire: PROBE_WIRES[wire], model: model.upstreamName, dialect: model.dialect, thinkingTokens: 0 };
      return [model.upstreamName, measureBaseline(promptSetOf(ask), openingRuns(model))];
    }),
  );
}

/** As the memory's schema has it. */
function mutable(run: ReturnType<typeof digestAnswers>): ProbedModel["opening"][number] {
  return {
    promptSet: run.promptSet,
    answers: run.answers.map((answer) => {
      if (answer.kind === "failed") return { ...answer };
      const { prompt, kind, text, model, fingerprint } = answer;
      return { prompt, kind, text, ...(model === undefined ? {} : { model }), ...(fingerprint === undefined ? {} : { fingerprint }) };
    }),
  };
}

/** One model that is another outweighs all that are the same. */
function worst(verdicts: readonly ProbeVerdict[]): ProbeVerdict {
  if (verdicts.includes("different")) return "different";
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === "same") ? "same" : "cannot-say";
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

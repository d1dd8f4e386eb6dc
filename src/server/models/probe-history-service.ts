import { z } from "zod";
import type { ProbeAnswer } from "../../contract/endpoints/probes.ts";
import { probedModel, type ProbedModelAnswer, type ProbeReason } from "../../contract/probe-basis.ts";
import type { Database } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type PageAsked, type PageOf, pageOf, readTimePosition } from "../list-page.ts";
import { type ProbeRow, readProbes } from "./probe-history-store.ts";
import { askedOf } from "./refusals.ts";
import { knownWindow } from "./window-service.ts";

export type ProbeHistoryService = {
  /** @throws CodedError `not-found` */
  readonly list: (caller: Caller, window: string, asked: PageAsked) => Promise<PageOf<ProbeAnswer>>;
};

/** How the probes of a window went, with their numbers. */
export function createProbeHistoryService({ database }: { readonly database: Database }): ProbeHistoryService {
  return {
    list: (caller, window, { after, limit }) =>
      askedOf(() =>
        database.transaction(caller.actor, async (transaction) => {
          const { organisation_id: lab } = await knownWindow(transaction, window);
          const isLab = lab === caller.organisation;
          return pageOf(
            await readProbes(transaction, { lab, window }, readTimePosition(after), limit + 1),
            limit,
            (row) => probeAnswer(row, isLab),
            (row) => [row.at.getTime(), row.id],
          );
        }),
      ),
  };
}

/** A verdict is taken whatever it rests on: what a gateway said about it is read as far as it has this shape. */
const statedBasis = z.object({ cut: z.literal(true).optional(), models: z.array(z.unknown()).max(1000).default([]) });

function probeAnswer({ id, at, occasion, verdict, basis, calls, tokens }: ProbeRow, isLab: boolean): ProbeAnswer {
  const stated = statedBasis.safeParse(JSON.parse(basis)).data;
  const models = (stated?.models ?? []).flatMap((one) => probedModel.safeParse(one).data ?? []);
  return {
    id,
    atMs: at.getTime(),
    occasion,
    verdict,
    calls,
    tokens,
    isCut: stated?.cut === true,
    models: isLab ? models : models.map(withoutNames),
  };
}

/** Upstream names are the lab's alone. */
function withoutNames(model: ProbedModelAnswer): ProbedModelAnswer {
  return { ...model, basis: model.basis.map(withoutName) };
}

function withoutName(reason: ProbeReason): ProbeReason {
  switch (reason.code) {
    case "reported-model-changed":
    case "reported-model-missing":
    case "fingerprint-changed":
      return { code: reason.code };
    default:
      return reason;
  }
}

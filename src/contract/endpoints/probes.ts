import { z } from "zod";
import { PROBE_OCCASIONS, PROBE_VERDICTS } from "../../vocabulary/exchange.ts";
import { reading } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { probedModel } from "../probe-basis.ts";
import { cursor, pageLimit } from "../schemas.ts";

const count = z.number().int().min(0);

const probeRow = z.object({
  id: z.string(),
  atMs: z.number(),
  occasion: z.enum(PROBE_OCCASIONS),
  verdict: z.enum(PROBE_VERDICTS).describe("Of all models of the window: `different` when one of them is"),
  calls: count,
  tokens: count,
  isCut: z.boolean().describe("The gateway stopped before the run had ended; it counts with the most that it can have cost"),
  models: z.array(probedModel).describe("Without what the gateway did not state in numbers that this server reads"),
});
export type ProbeAnswer = z.output<typeof probeRow>;

export const listProbes = endpoint({
  ...reading,
  id: "listIdentityProbes",
  path: "/api/windows/{window}/probes",
  title: "Identity probes of a window",
  description:
    "Whether the same model answered as at opening, each time it was asked, and what that rests on: answers compared, the false-alarm rate measured at opening, why nothing could be said. To everyone who sees the window. The newest first; pages by key.",
  access: "model.read",
  params: z.object({ window: z.uuid() }),
  query: z.object({ after: cursor, limit: pageLimit }),
  answer: z.object({ rows: z.array(probeRow), next: z.string().optional() }),
});

export const probeEndpoints = [listProbes] as const;

import { z } from "zod";
import { asking, done, idText, instant, labelText, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { namedOrganisation } from "../model-schemas.ts";

const amounts = z.object({ requests: z.number().int().min(0), tokens: z.number().int().min(0) });

const gatewayRow = z.object({
  id: z.string(),
  name: z.string(),
  issuedAtMs: instant,
  lastSeenAtMs: instant.optional().describe("To within a minute"),
  revokedAtMs: instant.optional(),
  reserved: amounts.describe("Of budgets: taken by it and not settled. Charged in full when it is ended"),
  unaccounted: amounts.describe("Of budgets: charged because it was ended, since nobody stated what of it was spent"),
});
export type GatewayRowAnswer = z.output<typeof gatewayRow>;

export const listGateways = endpoint({
  ...reading,
  id: "listGateways",
  path: "/api/gateways",
  title: "Gateways on one's premises",
  description: "Of one's lab, with when each was last heard of. The newest first, at most a thousand. Never a credential.",
  access: "model.enrol",
  answer: z.object({ rows: z.array(gatewayRow) }),
});

export const issueGateway = endpoint({
  ...sending,
  id: "issueGateway",
  path: "/api/gateways",
  title: "Issue a gateway's credential",
  description:
    "By an administrator of a lab, for a gateway that it runs on its own premises (`sluice gateway --server`). It serves that lab's models whose credential is kept there, and no others. The credential is in this answer and nowhere else.",
  access: "model.enrol",
  body: z.object({ name: labelText }),
  answer: z.object({ credential: z.string().describe("Shown once"), id: z.string() }),
});

export const revokeGateway = endpoint({
  ...asking,
  id: "revokeGateway",
  path: "/api/gateways/{gateway}/revoke",
  title: "End a gateway",
  description:
    "By an administrator of the lab: its credential is revoked for good. Nothing goes through that gateway any more within a second. What it had taken of budgets and not settled is charged in full, since nobody else can say what of it was spent; one that is stopped first gives it back.",
  access: "model.enrol",
  params: z.object({ gateway: idText }),
  answer: done,
});

const modelParam = z.object({ model: idText });

const stopRow = z.object({
  id: z.string(),
  organisation: namedOrganisation.optional(),
  token: z.string().optional(),
  reason: z.string(),
  by: namedOrganisation,
  stoppedAtMs: instant,
  liftedAtMs: instant.optional(),
  mayLift: z.boolean().describe("One's own organisation stopped it"),
});
export type StopAnswer = z.output<typeof stopRow>;

export const listStops = endpoint({
  ...reading,
  id: "listStops",
  path: "/api/models/{model}/stops",
  title: "What of a model's use is stopped",
  description: "As far as it concerns one's organisation, lifted ones too; the newest first, at most 200.",
  access: "model.read",
  params: modelParam,
  answer: z.object({ rows: z.array(stopRow) }),
});

export const listUsedTokens = endpoint({
  ...reading,
  id: "listUsedTokens",
  path: "/api/models/{model}/tokens",
  title: "Tokens by which a model was used",
  description:
    "For lab and desk, to stop one: whose it is, its purpose, and when it was used last. The one used last first, at most a thousand.",
  access: "model.stop",
  params: modelParam,
  answer: z.object({
    rows: z.array(
      z.object({
        token: z.string(),
        grant: z.string(),
        organisation: namedOrganisation,
        purpose: z.string(),
        requests: z.number().int(),
        lastAtMs: instant,
      }),
    ),
  }),
});

export const stopUse = endpoint({
  ...sending,
  id: "stopModelUse",
  path: "/api/models/{model}/stops",
  title: "Stop use at once",
  description:
    "By the lab or the desk: of the model, of one organisation's use of it, or of one token. New calls are refused and those under way are cut within a second. Nothing is destroyed; whoever stopped lets it go on.",
  access: "model.stop",
  params: modelParam,
  body: z
    .object({ organisation: idText.optional(), token: idText.optional(), reason: z.string().trim().min(1).max(2000) })
    .refine(({ organisation, token }) => organisation === undefined || token === undefined, "expected an organisation, a token or neither"),
  answer: stopRow,
});

export const liftStop = endpoint({
  ...asking,
  id: "liftModelStop",
  path: "/api/models/{model}/stops/{stop}/lift",
  title: "Let use go on",
  description: "By the organisation that stopped it.",
  access: "model.stop",
  params: z.object({ model: idText, stop: idText }),
  answer: done,
});

/** Of a lab's own gateways, and of what stops any. */
export const gatewayCareEndpoints = [listGateways, issueGateway, revokeGateway, listStops, listUsedTokens, stopUse, liftStop] as const;

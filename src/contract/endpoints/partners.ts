import { z } from "zod";
import { asking, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { budgetText, namedOrganisation, purposeText } from "../model-schemas.ts";
import { cursor, pageLimit } from "../schemas.ts";
import { statedHour, zonedHour } from "../stated-hour.ts";

const proposalParam = z.object({ proposal: z.uuid() });
const sha256 = z.string().regex(/^[\da-f]{64}$/, "expected a SHA-256 as 64 hexadecimal digits in lower case");

const turnedKey = z.object({ by: namedOrganisation, atMs: z.number() });

const proposalSchema = z.object({
  id: z.string(),
  model: z.object({ id: z.string(), name: z.string() }),
  window: z.object({ id: z.string(), name: z.string() }),
  organisation: namedOrganisation,
  purpose: z.string(),
  closes: zonedHour.optional(),
  budget: z.object({ requests: z.number().int(), tokens: z.number().int() }),
  requestsPerMinute: z.number().int(),
  stated: z.string().describe("What both keys are turned on, word for word"),
  statedSha256: z.string(),
  state: z
    .enum(["proposed", "lab-key", "government-key", "both", "admitted", "withdrawn", "superseded"])
    .describe("`superseded`: what it says is not what stands any more, such as another hour of its stage"),
  keys: z.object({ lab: turnedKey.optional(), government: turnedKey.optional() }),
  ownKey: z.enum(["lab", "government"]).optional().describe("Which key is one's own organisation's"),
  proposedBy: namedOrganisation,
  proposedAtMs: z.number(),
  withdrawnAtMs: z.number().optional(),
  grant: z.string().optional().describe("What it became when its stage opened"),
});
export type ProposalAnswer = z.output<typeof proposalSchema>;

const proposalBody = z.object({
  organisation: z.uuid(),
  purpose: purposeText.describe("One of the terms' purposes"),
  closes: statedHour.optional().describe("Absent = with its stage"),
  budget: budgetText,
  requestsPerMinute: z.number().int().min(1).max(1_000_000).default(60),
});
export type StatedProposal = z.output<typeof proposalBody>;

export const listProposals = endpoint({
  ...reading,
  id: "listPartnerProposals",
  path: "/api/models/{model}/partners",
  title: "Proposed partners",
  description: "Known to the lab and the desk alone until a stage opens. The newest first; pages by key.",
  access: "model.read",
  params: z.object({ model: z.uuid() }),
  query: z.object({ after: cursor, limit: pageLimit, window: z.uuid().optional() }),
  answer: z.object({ rows: z.array(proposalSchema), next: z.string().optional() }),
});

export const proposePartner = endpoint({
  ...sending,
  id: "proposePartner",
  path: "/api/windows/{window}/partners",
  title: "Propose a partner for a stage",
  description:
    "By the lab or the desk. It turns no key. One that stands for the same organisation and stage is replaced, and its keys count no more.",
  access: "partner.decide",
  params: z.object({ window: z.uuid() }),
  body: proposalBody,
  answer: proposalSchema,
});

export const turnPartnerKey = endpoint({
  ...sending,
  id: "turnPartnerKey",
  path: "/api/partner-proposals/{proposal}/key",
  title: "Turn one's key",
  description:
    "On exactly the text that was shown. With both keys the partner is let in when its stage opens, or at once where it is open.",
  access: "partner.decide",
  params: proposalParam,
  body: z.object({ statedSha256: sha256 }),
  answer: proposalSchema,
});

export const turnPartnerKeyBack = endpoint({
  ...asking,
  id: "turnPartnerKeyBack",
  path: "/api/partner-proposals/{proposal}/key/return",
  title: "Turn one's key back",
  description: "Until both are turned.",
  access: "partner.decide",
  params: proposalParam,
  answer: proposalSchema,
});

export const withdrawProposal = endpoint({
  ...asking,
  id: "withdrawPartnerProposal",
  path: "/api/partner-proposals/{proposal}/withdrawal",
  title: "Withdraw a proposal",
  description: "By either side, for no reason it has to state, until it became a grant; the lab ends a grant.",
  access: "partner.decide",
  params: proposalParam,
  answer: proposalSchema,
});

export const partnerEndpoints = [listProposals, proposePartner, turnPartnerKey, turnPartnerKeyBack, withdrawProposal] as const;

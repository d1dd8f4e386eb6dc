import { z } from "zod";
import { DESTROYED_KEYS, ENROLMENT_EVENTS } from "../../vocabulary/enrolment.ts";
import { asking, done, reading } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { keyPlace, namedOrganisation } from "../model-schemas.ts";
import { cursor, pageLimit } from "../schemas.ts";

const modelParam = z.object({ model: z.uuid() });
const page = z.object({ after: cursor, limit: pageLimit });
const count = z.number().int().min(0);

const useRow = z.object({
  grant: z.string(),
  organisation: namedOrganisation,
  purpose: z.string(),
  hourMs: z.number().describe("Beginning of the hour"),
  requests: count,
  incomplete: count,
  inputTokens: count,
  outputTokens: count,
  chargedTokens: count,
  unknownUsage: count.describe("Requests of which the upstream stated no usage; their whole reservation was charged"),
});
export type UseAnswer = z.output<typeof useRow>;

export const listUse = endpoint({
  ...reading,
  id: "listModelUse",
  path: "/api/models/{model}/use",
  title: "What was used",
  description: "By organisation, purpose and hour, the newest first. The lab and the desk see all of it, everyone else its own.",
  access: "model.read",
  params: modelParam,
  query: page.extend({ grant: z.uuid().optional() }),
  answer: z.object({ rows: z.array(useRow), next: z.string().optional() }),
});

const eventRow = z.object({
  id: z.string(),
  kind: z.enum(ENROLMENT_EVENTS),
  atMs: z.number(),
  by: namedOrganisation.optional().describe("Absent = by the clock"),
  window: z.string().optional(),
  organisation: namedOrganisation.optional().describe("Whom it concerns"),
  details: z.record(z.string(), z.unknown()),
});
export type EnrolmentEventAnswer = z.output<typeof eventRow>;

export const listModelEvents = endpoint({
  ...reading,
  id: "listModelEvents",
  path: "/api/models/{model}/events",
  title: "What happened to a model",
  description: "As far as it concerns one's organisation. The newest first; pages by key.",
  access: "model.read",
  params: modelParam,
  query: page,
  answer: z.object({ rows: z.array(eventRow), next: z.string().optional() }),
});

const certificateRow = z.object({
  id: z.string(),
  model: z.object({ id: z.string(), name: z.string() }),
  window: z.string(),
  grant: z.string().optional(),
  organisation: namedOrganisation.optional().describe("Of a record key: whose exchanges it had sealed"),
  what: z.enum(DESTROYED_KEYS),
  keyId: z.string(),
  file: z.string(),
  gateway: z.string().optional().describe("The gateway of the lab's own that destroyed it; absent = this server"),
  destroyedAtMs: z.number(),
  places: z
    .array(keyPlace)
    .optional()
    .describe(
      "Of a key at gateways of the lab's own, each of which has keys of its own: where one of the same window or grant was or may have been. This certificate is of one of them. Absent = this server alone had it",
    ),
  cannotReach: z.array(z.string()),
  revokeUpstream: z
    .enum(["asked", "done"])
    .optional()
    .describe("Of a credential: the lab is asked to revoke it at its own side too, and says when it has"),
  revokedUpstreamAtMs: z.number().optional(),
});
export type CertificateAnswer = z.output<typeof certificateRow>;

export const listCertificates = endpoint({
  ...reading,
  id: "listDestructionCertificates",
  path: "/api/certificates",
  title: "Destruction certificates",
  description:
    "Which key was destroyed, where and when, and what that cannot reach; where a lab runs several gateways, also which of them have not stated it. Each is a statement in the ledger. The newest first; pages by key.",
  access: "model.read",
  query: page.extend({ model: z.uuid().optional() }),
  answer: z.object({ rows: z.array(certificateRow), next: z.string().optional() }),
});

export const markRevokedUpstream = endpoint({
  ...asking,
  id: "markRevokedUpstream",
  path: "/api/certificates/{certificate}/revoked-upstream",
  title: "State that a credential was revoked upstream",
  description: "The lab's own word.",
  access: "model.enrol",
  params: z.object({ certificate: z.uuid() }),
  answer: done,
});

export const modelHistoryEndpoints = [listUse, listModelEvents, listCertificates, markRevokedUpstream] as const;

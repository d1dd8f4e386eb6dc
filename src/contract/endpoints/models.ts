import { z } from "zod";
import { GRANT_KINDS } from "../../vocabulary/access-window.ts";
import { CUSTODIES, DESTROYED_KEYS, ENROLMENT_EVENTS } from "../../vocabulary/enrolment.ts";
import { MODEL_WIRES } from "../../vocabulary/exchange.ts";
import { ORGANISATION_KINDS } from "../../vocabulary/organisation.ts";
import { asking, done, nameText, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import {
  grantSchema,
  listedModel,
  modelSchema,
  modelTerms,
  namedOrganisation,
  programmeSchema,
  statedGrant,
  statedVersion,
  windowSchema,
} from "../model-schemas.ts";
import { cursor, pageLimit } from "../schemas.ts";
import { statedHour } from "../stated-hour.ts";

const modelParam = z.object({ model: z.uuid() });
const windowParam = z.object({ window: z.uuid() });
const grantParam = z.object({ grant: z.uuid() });
const page = z.object({ after: cursor, limit: pageLimit });
const terms = { ...sending, bodyLimitBytes: 128 * 1024 } as const;
const count = z.number().int().min(0);

const modelBody = z.object({
  name: nameText,
  desk: z.uuid().describe("The coordinator or agency that tests it"),
  wire: z.enum(MODEL_WIRES),
  custody: z
    .enum(CUSTODIES)
    .describe("`here`: this installation keeps the credential, sealed. `premises`: a gateway of the lab's own does"),
  versions: z.array(statedVersion).min(1).max(20),
  partnerRelease: statedHour.describe("The planned release to other trusted partners: no testing window lasts longer"),
  publicRelease: statedHour.optional(),
  terms: modelTerms,
});
export type StatedModel = z.output<typeof modelBody>;

export const listDesks = endpoint({
  ...reading,
  id: "listDesks",
  path: "/api/desks",
  title: "Who tests models here",
  description: "The coordinators and agencies of this installation, to which a lab may offer a model. Pages by name.",
  access: "model.enrol",
  query: page,
  answer: z.object({
    rows: z.array(z.object({ id: z.string(), name: z.string(), kind: z.enum(ORGANISATION_KINDS) })),
    next: z.string().optional(),
  }),
});

export const listModels = endpoint({
  ...reading,
  id: "listModels",
  path: "/api/models",
  title: "Models",
  description: "Those that one's organisation offered, was offered as a desk, or was granted use of. The newest first; pages by key.",
  access: "model.read",
  query: page,
  answer: z.object({ rows: z.array(listedModel), next: z.string().optional() }),
});

export const enrolModel = endpoint({
  ...terms,
  id: "enrolModel",
  path: "/api/models",
  title: "Offer a model for testing",
  description:
    "By a lab, of its own will. Nothing can be reached until it adds a window and gives a credential, and it can withdraw at any moment.",
  access: "model.enrol",
  body: modelBody,
  answer: modelSchema,
});

export const readModel = endpoint({
  ...reading,
  id: "readModel",
  path: "/api/models/{model}",
  title: "One model",
  description: "Its terms, versions and windows, as far as one's organisation may know of them. No answer holds a credential.",
  access: "model.read",
  params: modelParam,
  answer: modelSchema,
});

export const withdrawModel = endpoint({
  ...asking,
  id: "withdrawModel",
  path: "/api/models/{model}/withdrawal",
  title: "Withdraw a model",
  description:
    "By the lab, at any moment and for no reason it has to state: every window ends, and its credential is destroyed when the answer comes.",
  access: "model.enrol",
  params: modelParam,
  answer: modelSchema,
});

export const addModelVersion = endpoint({
  ...sending,
  id: "addModelVersion",
  path: "/api/models/{model}/versions",
  title: "Add a version",
  description: "Those who have a grant can name it from then on.",
  access: "model.enrol",
  params: modelParam,
  body: statedVersion,
  answer: modelSchema,
});

export const retireModelVersion = endpoint({
  ...asking,
  id: "retireModelVersion",
  path: "/api/models/{model}/versions/{version}/retirement",
  title: "Retire a version",
  description: "It cannot be named any more.",
  access: "model.enrol",
  params: z.object({ model: z.uuid(), version: z.uuid() }),
  answer: modelSchema,
});

const movedRelease = z.object({
  partnerRelease: statedHour,
  publicRelease: statedHour.optional().describe("Absent = it stays as it is"),
  stages: z
    .array(z.object({ window: z.uuid(), opens: statedHour, closes: statedHour.optional() }))
    .max(50)
    .default([])
    .describe("Partner stages that have not opened and move with it; the keys turned on their hours count no more"),
});
export type MovedRelease = z.output<typeof movedRelease>;

const effect = z.object({ code: z.string(), message: z.string() });
const releaseEffects = z.object({
  windows: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      kind: z.enum(GRANT_KINDS),
      destroysCredential: z.boolean(),
      effects: z.array(effect),
    }),
  ),
  problems: z.array(z.string()).describe("Why it cannot be moved so, each a sentence; empty = it can"),
});
export type ReleaseEffects = z.output<typeof releaseEffects>;

export const previewRelease = endpoint({
  ...sending,
  id: "previewModelRelease",
  path: "/api/models/{model}/release/preview",
  title: "What another release hour would change",
  description: "For each window that is not over: when it would open and close then, and what sets that. Nothing is changed.",
  access: "model.enrol",
  params: modelParam,
  body: movedRelease,
  answer: releaseEffects,
});

export const moveRelease = endpoint({
  ...sending,
  id: "moveModelRelease",
  path: "/api/models/{model}/release",
  title: "Move the planned release",
  description:
    "By the lab. The bounds of its testing windows move with it, and everyone concerned can see it. What has closed stays closed.",
  access: "model.enrol",
  params: modelParam,
  body: movedRelease,
  answer: modelSchema,
});

export const acceptProgramme = endpoint({
  ...sending,
  id: "acceptProgramme",
  path: "/api/models/{model}/programmes",
  title: "Accept a programme record",
  description: "By the lab, for this model: its testing windows may then lie within that record's days. It cannot be made to.",
  access: "model.enrol",
  params: modelParam,
  body: z.object({ programme: z.string().min(1).max(64) }),
  answer: modelSchema,
});

export const listProgrammes = endpoint({
  ...reading,
  id: "listProgrammes",
  path: "/api/programmes",
  title: "Programme records",
  description: "The bounds on testing windows that this installation knows, each with its citation.",
  access: "anyone",
  answer: z.object({ rows: z.array(programmeSchema) }),
});

export const addProgramme = endpoint({
  ...sending,
  id: "addProgramme",
  path: "/api/programmes",
  title: "Add a programme record",
  description: "It bounds nothing until a lab accepts it for a model.",
  access: "installation.manage",
  body: programmeSchema,
  answer: programmeSchema,
});

const windowBody = z.object({
  kind: z.enum(GRANT_KINDS),
  name: nameText,
  opens: statedHour,
  closes: statedHour.optional().describe("Absent = as late as the bounds allow"),
});
export type StatedWindow = z.output<typeof windowBody>;

export const addWindow = endpoint({
  ...sending,
  id: "addAccessWindow",
  path: "/api/models/{model}/windows",
  title: "Add a window",
  description:
    "A testing window, or the next partner stage. It opens by itself at its hour once its credential was given, and closes by itself.",
  access: "model.enrol",
  params: modelParam,
  body: windowBody,
  answer: windowSchema,
});

export const giveCredential = endpoint({
  ...sending,
  id: "giveCredential",
  path: "/api/windows/{window}/credential",
  title: "Give a window its credential",
  description: "Once. It is sealed under a key of this window alone, which is destroyed with the window's end. Nothing returns it.",
  access: "model.enrol",
  params: windowParam,
  body: z.object({
    credential: z
      .string()
      .trim()
      .max(16_384)
      // It goes into a header.
      .regex(/^[\x21-\x7e]+$/, "expected visible characters of ASCII without spaces"),
  }),
  answer: windowSchema,
});

export const extendWindow = endpoint({
  ...sending,
  id: "extendAccessWindow",
  path: "/api/windows/{window}/extension",
  title: "Extend a window",
  description: "By the lab alone, and within every bound.",
  access: "model.enrol",
  params: windowParam,
  body: z.object({ closes: statedHour.optional().describe("Absent = as late as the bounds allow") }),
  answer: windowSchema,
});

export const endWindow = endpoint({
  ...asking,
  id: "endAccessWindow",
  path: "/api/windows/{window}/end",
  title: "End access now",
  description:
    "By the lab, at any moment; it is asked for no reason. When the answer comes the credential is destroyed and nothing goes through any more.",
  access: "model.enrol",
  params: windowParam,
  answer: windowSchema,
});

export const makeGrant = endpoint({
  ...sending,
  id: "makeGrant",
  path: "/api/windows/{window}/grants",
  title: "Grant use to a tester",
  description: "In a testing window. Partners are chosen with both keys instead.",
  access: "model.enrol",
  params: windowParam,
  body: z.object({ organisation: z.uuid(), ...statedGrant }),
  answer: grantSchema,
});

export const changeGrant = endpoint({
  ...sending,
  id: "changeGrant",
  path: "/api/grants/{grant}",
  title: "Change a grant",
  description: "Of a testing window, by the lab.",
  access: "model.enrol",
  params: grantParam,
  body: z.object(statedGrant),
  answer: grantSchema,
});

export const endGrant = endpoint({
  ...asking,
  id: "endGrant",
  path: "/api/grants/{grant}/end",
  title: "End a grant",
  description: "By the lab, at any moment. Its tokens are revoked.",
  access: "model.enrol",
  params: grantParam,
  answer: grantSchema,
});

export const listGrants = endpoint({
  ...reading,
  id: "listGrants",
  path: "/api/grants",
  title: "Grants",
  description: "One's own; with `model`, the grants of a model as far as one may know of them. The newest first; pages by key.",
  access: "model.read",
  query: page.extend({ model: z.uuid().optional(), window: z.uuid().optional() }),
  answer: z.object({ rows: z.array(grantSchema), next: z.string().optional() }),
});

export const readGrant = endpoint({
  ...reading,
  id: "readGrant",
  path: "/api/grants/{grant}",
  title: "One grant",
  description: "With what is left of its budget.",
  access: "model.read",
  params: grantParam,
  answer: grantSchema,
});

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
    "Which key was destroyed, where and when, and what that cannot reach. Each is a statement in the ledger. The newest first; pages by key.",
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

export const modelEndpoints = [
  listDesks,
  listModels,
  enrolModel,
  readModel,
  withdrawModel,
  addModelVersion,
  retireModelVersion,
  previewRelease,
  moveRelease,
  acceptProgramme,
  listProgrammes,
  addProgramme,
  addWindow,
  giveCredential,
  extendWindow,
  endWindow,
  makeGrant,
  changeGrant,
  endGrant,
  listGrants,
  readGrant,
  listUse,
  listModelEvents,
  listCertificates,
  markRevokedUpstream,
] as const;

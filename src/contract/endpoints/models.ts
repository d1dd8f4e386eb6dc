import { z } from "zod";
import { GRANT_KINDS } from "../../vocabulary/access-window.ts";
import { CUSTODIES } from "../../vocabulary/enrolment.ts";
import { MODEL_WIRES } from "../../vocabulary/exchange.ts";
import { ORGANISATION_KINDS } from "../../vocabulary/organisation.ts";
import { asking, nameText, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { listedModel, modelSchema, modelTerms, programmeSchema, statedVersion } from "../model-schemas.ts";
import { cursor, pageLimit } from "../schemas.ts";
import { statedHour } from "../stated-hour.ts";

const modelParam = z.object({ model: z.uuid() });
const page = z.object({ after: cursor, limit: pageLimit });
const terms = { ...sending, bodyLimitBytes: 128 * 1024 } as const;

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
    "By the lab, at any moment and for no reason it has to state: every window ends, and a credential that was kept here is destroyed when the answer comes; gateways of the lab's own destroy theirs and state it.",
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
] as const;

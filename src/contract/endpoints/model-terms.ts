import { z } from "zod";
import { nameText, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { modelSchema, modelTerms } from "../model-schemas.ts";

const modelParam = z.object({ model: z.uuid() });
const version = z.number().int().min(1);

const termsRow = z.object({
  version,
  terms: modelTerms,
  statedAtMs: z.number(),
  by: nameText.optional().describe("Who stated it; told to the lab's own members"),
});
export type TermsVersionAnswer = z.output<typeof termsRow>;

export const listModelTerms = endpoint({
  ...reading,
  id: "listModelTerms",
  path: "/api/models/{model}/terms",
  title: "Every version of a model's terms",
  description: "To everyone who sees the model, the newest first. The first is what the lab stated when it offered the model.",
  access: "model.read",
  params: modelParam,
  answer: z.object({ rows: z.array(termsRow) }),
});

export const changeModelTerms = endpoint({
  ...sending,
  bodyLimitBytes: 128 * 1024,
  id: "changeModelTerms",
  path: "/api/models/{model}/terms",
  title: "State new terms",
  description:
    "By the lab, from now on. Grants that there are stay under the version they were made under, with its retention; probes, headers and contacts hold for the model at once. That partner stages close at the public release, or do not, stays as it was offered: partners were chosen on it. The desk and every organisation with a grant that has not ended are told once that there are new terms.",
  access: "model.enrol",
  params: modelParam,
  body: z.object({
    before: version.describe("The version that one read; another one now is a conflict"),
    terms: modelTerms,
  }),
  answer: modelSchema,
});

export const modelTermsEndpoints = [listModelTerms, changeModelTerms] as const;

import { z } from "zod";
import { asking, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { grantSchema, statedGrant } from "../model-schemas.ts";
import { cursor, pageLimit } from "../schemas.ts";

const windowParam = z.object({ window: z.uuid() });
const grantParam = z.object({ grant: z.uuid() });
const page = z.object({ after: cursor, limit: pageLimit });

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

export const grantEndpoints = [makeGrant, changeGrant, endGrant, listGrants, readGrant] as const;

import { z } from "zod";
import { REQUEST_KINDS, REQUEST_OUTCOMES, REQUEST_STATES } from "../../vocabulary/access-request.ts";
import { asking, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { namedOrganisation } from "../model-schemas.ts";
import { cursor, pageLimit } from "../schemas.ts";
import { statedHour, zonedHour } from "../stated-hour.ts";

const modelParam = z.object({ model: z.uuid() });
const requestParam = z.object({ request: z.uuid() });
const words = z.string().trim().min(1).max(4000);

const requestSchema = z.object({
  id: z.string(),
  model: z.object({ id: z.string(), name: z.string() }),
  kind: z.enum(REQUEST_KINDS),
  window: z.object({ id: z.string(), name: z.string() }).optional(),
  organisation: namedOrganisation.optional().describe("Of a grant: for whom"),
  closes: zonedHour.optional().describe("Of an extension: the end that is asked for; absent = as late as the bounds allow"),
  closedThen: zonedHour.optional().describe("Of an extension: the end when it was asked"),
  words: z.string(),
  askedBy: namedOrganisation,
  askedAtMs: z.number(),
  state: z.enum(REQUEST_STATES).describe("`lapsed`: the model or the window is over, and nothing is left to answer"),
  withdrawnAtMs: z.number().optional(),
  answer: z
    .object({
      outcome: z.enum(REQUEST_OUTCOMES),
      atMs: z.number(),
      words: z.string().optional(),
      grant: z.string().optional().describe("What was granted"),
      closes: zonedHour.optional().describe("The end as the lab has set it"),
    })
    .optional(),
});
export type RequestAnswer = z.output<typeof requestSchema>;

const requestBody = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("grant"),
    organisation: z.uuid(),
    window: z.uuid().optional().describe("A testing window; absent = whichever the lab likes"),
    words: words.describe("What it is wanted for"),
  }),
  z.object({
    kind: z.literal("extension"),
    window: z.uuid(),
    closes: statedHour.optional().describe("Within every bound; absent = as late as they allow"),
    words: words.describe("What the time is wanted for"),
  }),
]);
export type StatedRequest = z.output<typeof requestBody>;

const answerBody = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("granted"),
    grant: z.uuid().optional().describe("Of a request for use: the grant that was made. An extension was made before it is answered"),
    words: words.optional(),
  }),
  z.object({ outcome: z.literal("declined"), words: words.optional().describe("None are needed") }),
]);
export type StatedAnswer = z.output<typeof answerBody>;

export const listAccessRequests = endpoint({
  ...reading,
  id: "listAccessRequests",
  path: "/api/models/{model}/requests",
  title: "What the desk asked of the lab",
  description: "Known to the two of them alone. The newest first; pages by key.",
  access: "model.read",
  params: modelParam,
  query: z.object({ after: cursor, limit: pageLimit }),
  answer: z.object({ rows: z.array(requestSchema), next: z.string().optional() }),
});

export const askForAccess = endpoint({
  ...sending,
  id: "askForAccess",
  path: "/api/models/{model}/requests",
  title: "Ask the lab",
  description:
    "By the desk: for use by an organisation, or for a later end of a window within its bounds. Answering is the lab's free choice, and nothing here counts what it answers, or whether it does.",
  access: "model.request",
  params: modelParam,
  body: requestBody,
  answer: requestSchema,
});

export const answerAccessRequest = endpoint({
  ...sending,
  id: "answerAccessRequest",
  path: "/api/model-requests/{request}/answer",
  title: "Answer a desk",
  description:
    "By the lab, once, with words or without. `granted` names what it has done: the grant, or a window that closes later than when it was asked.",
  access: "model.enrol",
  params: requestParam,
  body: answerBody,
  answer: requestSchema,
});

export const withdrawAccessRequest = endpoint({
  ...asking,
  id: "withdrawAccessRequest",
  path: "/api/model-requests/{request}/withdrawal",
  title: "Take a request back",
  description: "By the desk, as long as it is not answered.",
  access: "model.request",
  params: requestParam,
  answer: requestSchema,
});

export const accessRequestEndpoints = [listAccessRequests, askForAccess, answerAccessRequest, withdrawAccessRequest] as const;

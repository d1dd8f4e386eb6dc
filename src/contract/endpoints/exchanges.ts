import { z } from "zod";
import { EXCHANGE_OUTCOMES } from "../../vocabulary/exchange.ts";
import { asking, done, idText, instant, labelText, reading, sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";
import { purposeText } from "../model-schemas.ts";
import { cursor, pageLimit } from "../schemas.ts";

const grantParam = z.object({ grant: idText });
const page = z.object({ after: cursor, limit: pageLimit });
const count = z.number().int().min(0);
const sessionName = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !text.includes("\0"), "expected a text without NUL");

const modelToken = z.object({
  id: z.string(),
  name: z.string(),
  purpose: z.string(),
  madeBy: z.string().describe("Id of the person"),
  own: z.boolean(),
  issuedAtMs: instant,
  expiresAtMs: instant,
  lastUsedAtMs: instant.optional(),
  revokedAtMs: instant.optional(),
  isStopped: z.boolean().describe("The lab or the desk has stopped it"),
});
export type ModelTokenAnswer = z.output<typeof modelToken>;

const gatewayUrl = z.string().describe("Where tools point at; absent where the gateway is on the lab's premises, which states it");

export const listModelTokens = endpoint({
  ...reading,
  id: "listModelTokens",
  path: "/api/grants/{grant}/tokens",
  title: "Tokens of a grant",
  description: "Those of one's own organisation, the newest first, at most a thousand. Never the token itself.",
  access: "model.test",
  params: grantParam,
  answer: z.object({ rows: z.array(modelToken), gatewayUrl: gatewayUrl.optional() }),
});

export const issueModelToken = endpoint({
  ...sending,
  id: "issueModelToken",
  path: "/api/grants/{grant}/tokens",
  title: "Make a token for a model",
  description:
    "For a grant of one's own organisation and exactly one of its purposes, for at most 90 days; it ends with the grant in any case. The token is in this answer and nowhere else: tools state it to the gateway as their API key.",
  access: "model.test",
  params: grantParam,
  body: z.object({ name: labelText, purpose: purposeText, days: z.number().int().min(1).max(90).default(30) }),
  answer: z.object({
    token: z.string().describe("Shown once"),
    id: z.string(),
    expiresAtMs: instant,
    gatewayUrl: gatewayUrl.optional(),
  }),
});

export const revokeModelToken = endpoint({
  ...asking,
  id: "revokeModelToken",
  path: "/api/grants/{grant}/tokens/{token}/revoke",
  title: "Revoke a token for a model",
  description: "By whoever made it or an administrator of its organisation. Calls under way are cut within a second.",
  access: "model.test",
  params: z.object({ grant: idText, token: idText }),
  answer: done,
});

const sessionRow = z.object({
  session: z.string(),
  exchanges: count,
  incomplete: count,
  chargedTokens: count,
  firstAtMs: instant,
  lastAtMs: instant,
  afterDifferent: z.boolean().describe("Some of it came after a probe said that another model answers"),
});
export type SessionRowAnswer = z.output<typeof sessionRow>;

export const listExchangeSessions = endpoint({
  ...reading,
  id: "listExchangeSessions",
  path: "/api/grants/{grant}/sessions",
  title: "Sessions with a model",
  description:
    "Of one's own organisation: exchanges that a tool gave one name to, or those of a token and a day. The one used last first; pages by key.",
  access: "model.test",
  params: grantParam,
  query: page,
  answer: z.object({ rows: z.array(sessionRow), next: z.string().optional() }),
});

const exchangeRow = z.object({
  id: z.string(),
  grant: z.string(),
  session: z.string(),
  token: z.string(),
  purpose: z.string(),
  model: z.string(),
  path: z.string(),
  startedAtMs: instant,
  endedAtMs: instant,
  status: z.number().int().optional().describe("Of the model's server; absent = it sent none"),
  outcome: z.enum(EXCHANGE_OUTCOMES),
  reason: z.string().optional(),
  inputTokens: count.optional().describe("As the model's server counted; absent = it did not say"),
  outputTokens: count.optional(),
  chargedTokens: count,
  requestDigest: z.string().describe("Keyed digest of the request's bytes: equal requests of a grant have equal ones"),
  answerDigest: z.string().optional(),
  afterDifferent: z.boolean().describe("The newest probe before it said that another model answers"),
});
export type ExchangeRowAnswer = z.output<typeof exchangeRow>;

export const listExchanges = endpoint({
  ...reading,
  id: "listExchanges",
  path: "/api/grants/{grant}/exchanges",
  title: "Exchanges with a model",
  description: "Of one's own organisation, the newest first. Pages by key.",
  access: "model.test",
  params: grantParam,
  query: page.extend({ session: sessionName.optional() }),
  answer: z.object({ rows: z.array(exchangeRow), next: z.string().optional() }),
});

const body = z.object({
  bytes: count.describe("Of the whole body"),
  text: z.string().optional().describe("Where it is UTF-8"),
  base64: z.string().optional().describe("Where it is not"),
  isCutOff: z.boolean().describe("Only its beginning is in this answer; the export has all of it"),
});
export type MessageBody = z.output<typeof body>;
const headers = z.array(z.tuple([z.string(), z.string()])).describe("Never one that carries a credential");

/** `premises`: a gateway of the lab's own keeps them. `destroyed`: their key was, as the terms say. `elsewhere`: no gateway beside this server has them. */
export const NOT_HELD = ["premises", "destroyed", "redacted", "altered", "elsewhere"] as const;

const contents = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("held"),
    request: z.object({ atMs: instant, method: z.string(), path: z.string(), headers, body }),
    answer: z.object({ atMs: instant, status: z.number().int(), headers, body }).optional().describe("Absent = there was none"),
  }),
  z.object({ kind: z.literal("not-held"), why: z.enum(NOT_HELD), words: z.string() }),
]);
export type ExchangeContents = z.output<typeof contents>;

export const readExchange = endpoint({
  ...reading,
  id: "readExchange",
  path: "/api/exchanges/{exchange}",
  title: "One exchange",
  description:
    "With its request and answer, opened from the sealed record. For the organisation that used; neither lab nor desk can read it.",
  access: "model.test",
  params: z.object({ exchange: idText }),
  answer: exchangeRow.extend({ contents }),
});

const found = z.object({
  exchange: exchangeRow,
  where: z.enum(["request", "answer"]),
  excerpt: z.string().describe("Around the first place in it"),
});
export type FoundExchange = z.output<typeof found>;

export const searchExchanges = endpoint({
  ...reading,
  id: "searchExchanges",
  path: "/api/grants/{grant}/search",
  title: "Search one's transcripts",
  description:
    "For a text as it stands, in either case, in requests and answers of one's own organisation, the newest first. A search looks through a few hundred exchanges and then answers with what it found; `next` goes on, also where nothing was found yet.",
  access: "model.test",
  params: grantParam,
  query: z.object({
    text: z.string().trim().min(2).max(200),
    session: sessionName.optional(),
    after: cursor,
    limit: pageLimit,
  }),
  answer: z.object({
    rows: z.array(found),
    searched: count.describe("Exchanges that were looked through"),
    unheld: count.describe("Of these, those whose contents are not held here"),
    next: z.string().optional(),
  }),
});

export const exportExchanges = endpoint({
  ...reading,
  id: "exportExchanges",
  path: "/api/grants/{grant}/export",
  title: "Export transcripts",
  description:
    "Of one's own organisation, as JSON lines, the oldest first: the exchange with its digests, outcome and marks, and both bodies, as text or in base64, up to 64 MiB each. The last line is `end`; or `more`, after half a minute, and `after` of it goes on. That it was exported stands in the trail.",
  access: "model.test",
  params: grantParam,
  query: z.object({ session: sessionName.optional(), after: cursor }),
  answerType: "application/x-ndjson",
  answer: z.string(),
});

export const exchangeEndpoints = [
  listModelTokens,
  issueModelToken,
  revokeModelToken,
  listExchangeSessions,
  listExchanges,
  readExchange,
  searchExchanges,
  exportExchanges,
] as const;

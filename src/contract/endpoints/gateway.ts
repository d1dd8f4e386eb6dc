import { z } from "zod";
import { EXCHANGE_OUTCOMES, MODEL_WIRES, OUTSIDE_FEATURES, PROBE_OCCASIONS, PROBE_VERDICTS } from "../../vocabulary/exchange.ts";
import { sending } from "../call-shapes.ts";
import { endpoint } from "../endpoint.ts";

/** What a gateway asks of the server, by the local door beside it or with a credential of its own. */
const ofGateways = { ...sending, access: "gateway" } as const;

const gatewayName = z
  .string()
  .regex(/^[\w.-]{1,100}$/)
  .describe("Stays the same over restarts; a directory of records belongs to one");
const hex = z.string().regex(/^[\da-f]{64}$/);
const count = z.number().int().min(0);
/** Of one exchange: whoever states more is wrong or lies. */
const tokens = count.max(1_000_000_000);
const atMs = z.number().min(0).max(8_000_000_000_000);
const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((value) => !value.includes("\0"), "expected a text without NUL");

const orderedToken = z.object({
  id: z.uuid(),
  sha256: hex.describe("Of the token's text"),
  purpose: z.string(),
  expiresMs: z.number(),
});
export type OrderedToken = z.output<typeof orderedToken>;

const orderedGrant = z.object({
  id: z.uuid(),
  window: z.uuid(),
  grantee: z.uuid().describe("The organisation that uses"),
  requestsPerMinute: count,
  outside: z.array(z.enum(OUTSIDE_FEATURES)),
  tokens: z.array(orderedToken),
  afterDifferent: z.boolean().describe("The window's newest probe said that another model answers"),
});
export type OrderedGrant = z.output<typeof orderedGrant>;

const orderedWindow = z.object({
  id: z.uuid(),
  lab: z.uuid(),
  enrolment: z.uuid(),
  wire: z.enum(MODEL_WIRES),
  models: z.array(
    z.object({
      name: z.string(),
      upstreamName: z.string(),
      baseUrl: z.string(),
      asksStreamUsage: z
        .boolean()
        .default(true)
        .describe("Whether `stream_options.include_usage` is added to streamed chat completions. Absent, from an older server: it is"),
    }),
  ),
  closesMs: z.number().describe("At this moment of the gateway's own clock at the latest nothing goes through any more"),
  sealedCredential: z
    .string()
    .optional()
    .describe("Opens with a key file of this host; absent where the gateway has the credential itself"),
  credentialKeyId: z.string().optional(),
  probes: z
    .object({ callsPerDay: count, tokensPerDay: count, callsToday: count, tokensToday: count })
    .optional()
    .describe("What the lab agreed to pay for, and how much of it went since midnight UTC; absent = it agreed to none"),
  newestProbe: z.object({ id: z.uuid(), occasion: z.enum(PROBE_OCCASIONS), verdict: z.enum(PROBE_VERDICTS), atMs: z.number() }).optional(),
  passLabHeaders: z.boolean().describe("Whether the lab's request ids and organisation headers reach who asks"),
});
export type OrderedWindow = z.output<typeof orderedWindow>;

const orders = z.object({
  nowMs: z.number().describe("The server's clock"),
  revision: z.string().describe("Stays the same while nothing below has changed"),
  windows: z.array(orderedWindow).describe("Those that are open now, for this gateway"),
  grants: z.array(orderedGrant).describe("Without those that are stopped or ended"),
  destroy: z
    .object({
      credentials: z.array(z.uuid()).describe("Of windows that are over for good"),
      records: z.array(z.object({ grant: z.uuid(), window: z.uuid() })).describe("Of grants whose retention is over"),
    })
    .optional()
    .describe("To a gateway with keys of its own: what it is to destroy and to state as destroyed, as far as it has it"),
});
export type GatewayOrders = z.output<typeof orders>;

export const readOrders = endpoint({
  ...ofGateways,
  id: "readGatewayOrders",
  path: "/api/gateway/orders",
  title: "What a gateway may let through",
  description:
    "Everything that is open now. A gateway asks several times a second; an answer older than a second is none, and nothing goes through any more.",
  body: z.object({
    gateway: gatewayName,
    since: z.string().max(100).optional().describe("`revision` of the answer before"),
    holds: z
      .array(z.uuid())
      .max(1000)
      .optional()
      .describe(
        "Of a gateway with keys of its own: the windows whose credential it keeps. Absent = it may keep that of every window that it is told of",
      ),
  }),
  answer: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("unchanged"), nowMs: z.number() }),
    z.object({ kind: z.literal("orders"), orders }),
  ]),
});

export const takeLease = endpoint({
  ...ofGateways,
  id: "takeGatewayLease",
  path: "/api/gateway/leases",
  title: "Take a block of a grant's budget",
  description:
    "Committed before it is answered. Less is given where less is left, nothing where nothing is. The same lease id again gives the same block.",
  body: z.object({
    gateway: gatewayName,
    grant: z.uuid(),
    lease: z.uuid(),
    requests: z.number().int().min(1).max(10_000),
    tokens: z.number().int().min(1).max(1_000_000_000),
    tokensAtLeast: count.describe("A block with fewer is of no use: nothing is taken then"),
  }),
  answer: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("taken"), requests: count, tokens: count }),
    z.object({ kind: z.literal("refused"), reason: z.enum(["budget", "ended"]), requestsLeft: count, tokensLeft: count }),
  ]),
});

const settledExchange = z.object({
  id: z.uuid(),
  grant: z.uuid(),
  lease: z.uuid(),
  token: z.uuid(),
  session: text(200).min(1),
  segment: text(200).min(1).describe("Where the gateway keeps it, in its own words"),
  model: text(200),
  path: text(200),
  startedMs: atMs,
  endedMs: atMs,
  status: z.number().int().min(100).max(999).optional(),
  outcome: z.enum(EXCHANGE_OUTCOMES),
  reason: text(400).optional(),
  inputTokens: tokens.optional(),
  outputTokens: tokens.optional(),
  chargedTokens: count.max(4_000_000_000),
  requestDigest: hex,
  answerDigest: hex.optional(),
  afterDifferent: z.boolean(),
});
export type SettledExchange = z.output<typeof settledExchange>;

export const settleExchanges = endpoint({
  ...ofGateways,
  id: "settleGatewayExchanges",
  path: "/api/gateway/settlements",
  title: "State what became of exchanges and leases",
  description:
    "One transaction. What was stated before counts once; what this gateway cannot state is refused by itself, and the rest is taken. A lease that ends gives back what was not spent. Heads of segments that have grown become a statement in the ledger for each organisation that used: a few a minute are enough.",
  bodyLimitBytes: 4 * 1024 * 1024,
  body: z.object({
    gateway: gatewayName,
    exchanges: z.array(settledExchange).max(1000),
    endedLeases: z.array(z.object({ grant: z.uuid(), lease: z.uuid() })).max(1000),
    endsAllLeases: z
      .boolean()
      .default(false)
      .describe("Every lease that this gateway still has ends: of one that has just started, and has stated what the one before it left"),
    heads: z
      .array(z.object({ grant: z.uuid(), segment: text(200).min(1), frames: count, sha256: hex }))
      .max(1000)
      .describe("Of segments, to be stated in the ledger"),
  }),
  answer: z.object({
    settled: count.describe("That had not been stated before"),
    refused: z
      .array(z.object({ id: z.uuid(), why: z.enum(["grant", "token"]) }))
      .describe(
        "Exchanges of a grant that this gateway does not serve, or by a token of another grant. Stating them again changes nothing",
      ),
  }),
});

export const stateProbe = endpoint({
  ...ofGateways,
  id: "stateGatewayProbe",
  path: "/api/gateway/probes",
  title: "State how a probe went",
  description: "Counted against what the lab agreed to pay for. `different` marks every exchange from then on.",
  body: z.object({
    gateway: gatewayName,
    window: z.uuid(),
    id: z.uuid(),
    occasion: z.enum(PROBE_OCCASIONS),
    verdict: z.enum(PROBE_VERDICTS),
    basis: z.record(z.string(), z.unknown()).describe("What it rests on, with numbers"),
    calls: count.max(1_000_000),
    tokens,
    atMs,
  }),
  answer: z.object({ taken: z.boolean().describe("False = it had been stated before") }),
});

export const stateDestruction = endpoint({
  ...ofGateways,
  id: "stateGatewayDestruction",
  path: "/api/gateway/destructions",
  title: "State that a key was destroyed",
  description:
    "Of a gateway with keys of its own: which key, where, when, and what that cannot reach. Becomes a certificate and a statement in the ledger.",
  body: z.object({
    gateway: gatewayName,
    window: z.uuid(),
    grant: z.uuid().optional(),
    what: z.enum(["credential", "record"]),
    keyId: text(200).min(1),
    file: text(1000).min(1),
    destroyedMs: atMs,
    cannotReach: z.array(text(500)).max(20),
  }),
  answer: z.object({ taken: z.boolean().describe("False = it had been stated before") }),
});

export const readDestroyedRecords = endpoint({
  ...ofGateways,
  id: "readGatewayDestroyedRecords",
  path: "/api/gateway/destroyed-records",
  title: "Which recorded grants have a certificate",
  description:
    "Of the grants that a gateway has recorded: those of which a certificate says that the record key was destroyed: the server’s of its own keys, this gateway’s of those on its host. Only then may what was recorded be removed. Of any other grant the answer is that of one that is not there.",
  body: z.object({ gateway: gatewayName, grants: z.array(z.uuid()).max(1000) }),
  answer: z.object({ destroyed: z.array(z.uuid()).describe("Of those that were asked about") }),
});

export const gatewayEndpoints = [readOrders, takeLease, settleExchanges, stateProbe, stateDestruction, readDestroyedRecords] as const;

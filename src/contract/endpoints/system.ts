import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { ecosystemAnswerSchema, noBody, nothing } from "../schemas.ts";

const asked = { params: nothing, query: nothing, bodyKind: "none", body: noBody, bodyLimitBytes: 0 } as const;

export const health = endpoint({
  ...asked,
  id: "health",
  method: "GET",
  path: "/healthz",
  title: "Is the process alive",
  description: "200 as long as the process answers; says nothing of its data.",
  access: "anyone",
  errors: "plain",
  answerType: "text/plain",
  answer: z.string(),
});

export const readiness = endpoint({
  ...asked,
  id: "readiness",
  method: "GET",
  path: "/readyz",
  title: "Can it answer",
  description:
    "200 when the database answers and a snapshot is loaded; otherwise 503 with what is missing. Old data does not make it unready: each answer states its own age.",
  access: "anyone",
  errors: "plain",
  answerType: "text/plain",
  answer: z.string(),
});

export const metrics = endpoint({
  ...asked,
  id: "metrics",
  method: "GET",
  path: "/metrics",
  title: "Prometheus metrics",
  description: "Requests, durations, data ages, problems and memory in the Prometheus text format. Public: it holds no name and no id.",
  access: "anyone",
  errors: "plain",
  answerType: "text/plain",
  answer: z.string(),
});

export const statusSchema = z.object({
  version: z.string(),
  database: z.enum(["embedded", "postgres"]),
  requestLogin: z
    .enum(["own", "owner", "none"])
    .describe("Whether requests have a database login of their own, use the owner's, or there is none to have (embedded)"),
  nowMs: z.number(),
  advisories: z.number().int(),
  vulnerabilities: z.number().int(),
  problems: z.number().int().describe("Records kept aside because they could not be read"),
  newestChangeMs: z.number().optional(),
  ledgerRefusal: z.string().optional().describe("Why the ledger is not continued; absent = it is"),
  gateway: z
    .object({
      connected: z.boolean(),
      sinceMs: z.number().optional().describe("Since when it has asked without a pause"),
      lastSeenMs: z.number().optional().describe("Of one that asks no more"),
    })
    .describe("The model gateway beside this server"),
  ecosystems: z.array(ecosystemAnswerSchema).describe("`components` is 0 here"),
  exploited: z
    .object({ entries: z.number().int(), source: z.string(), statedAtMs: z.number().optional() })
    .optional()
    .describe("The KEV catalogue, when read"),
  snapshot: z.object({ builtAtMs: z.number(), bytes: z.number().int(), intervals: z.number().int() }).optional(),
});

export const status = endpoint({
  ...asked,
  id: "status",
  method: "GET",
  path: "/api/status",
  title: "What this server knows",
  description: "Per ecosystem: source, count, the moment its state was stated, and whether that is enough to say that nothing was found.",
  access: "anyone",
  errors: "problem",
  answerType: "application/json",
  answer: statusSchema,
});

export const openapi = endpoint({
  ...asked,
  id: "openapi",
  method: "GET",
  path: "/openapi.json",
  title: "This API as OpenAPI 3.1",
  description: "Made from the same declarations as the routes and the client.",
  access: "anyone",
  errors: "problem",
  answerType: "application/json",
  answer: z.record(z.string(), z.unknown()),
});

export const docs = endpoint({
  ...asked,
  id: "docs",
  method: "GET",
  path: "/docs",
  title: "This API for people",
  description: "Every endpoint with its access rule, limits, schemas and an example to copy.",
  access: "anyone",
  errors: "problem",
  answerType: "text/html",
  answer: z.string(),
});

export const systemEndpoints = [health, readiness, metrics, status, openapi, docs] as const;

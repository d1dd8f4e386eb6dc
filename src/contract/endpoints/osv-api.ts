import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { noBody, nothing } from "../schemas.ts";

/** OSV API v1, to the letter: bodies are checked by hand because its error messages are part of the contract. */
const record = z.record(z.string(), z.unknown());

export const osvQuery = endpoint({
  id: "osvQuery",
  method: "POST",
  path: "/v1/query",
  title: "OSV: vulnerabilities of one package version or commit",
  description:
    "As the OSV API v1 has it: by package (name and ecosystem, or purl) with or without a version; at most 1,000 records a page. Records that match are always sent. " +
    "Where nothing matches and there is no evidence for nothing (no, sample, stale or undated data, an ecosystem or version without an order, a commit), the answer is 503 with the reason instead of an empty one. " +
    "A purl of a type that OSV does not have is answered empty, as the API's contract has it.",
  access: "anyone",
  errors: "osv",
  params: nothing,
  query: nothing,
  bodyKind: "bytes",
  body: z.instanceof(Uint8Array),
  bodyLimitBytes: 1024 * 1024,
  answerType: "application/json",
  answer: z.object({ vulns: z.array(record).optional(), next_page_token: z.string().optional() }),
});

export const osvQueryBatch = endpoint({
  id: "osvQueryBatch",
  method: "POST",
  path: "/v1/querybatch",
  title: "OSV: up to 1,000 queries at once",
  description:
    'Answers ids and times only, in the order of the queries. A list has no place for "cannot say" between two answers, so one query that `/v1/query` would answer with 503 ' +
    "makes the whole batch 503, naming its index and reason: ask about that ecosystem separately. A batch whose every query has a finding or evidence is answered, whichever ecosystems it mixes.",
  access: "anyone",
  errors: "osv",
  params: nothing,
  query: nothing,
  bodyKind: "bytes",
  body: z.instanceof(Uint8Array),
  bodyLimitBytes: 4 * 1024 * 1024,
  answerType: "application/json",
  answer: z.object({
    results: z.array(
      z.object({ vulns: z.array(z.object({ id: z.string(), modified: z.string() })).optional(), next_page_token: z.string().optional() }),
    ),
  }),
});

export const osvVulnerability = endpoint({
  id: "osvVulnerability",
  method: "GET",
  path: "/v1/vulns/{id}",
  title: "OSV: one record",
  description: "The record as received, withdrawn ones too. Ids are case-sensitive.",
  access: "anyone",
  errors: "osv",
  params: z.object({ id: z.string() }),
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/json",
  answer: record,
});

export const osvEndpoints = [osvQuery, osvQueryBatch, osvVulnerability] as const;

import { z } from "zod";
import { endpoint } from "../endpoint.ts";
import { noBody, nothing } from "../schemas.ts";

/** What stands for the key that signs from now on, where an id is asked for. */
export const CURRENT_KEY = "current";

const keyId = z.string().min(1).max(100);

export const listAdvisoryKeys = endpoint({
  id: "listAdvisoryKeys",
  method: "GET",
  path: "/api/advisory-keys",
  title: "The keys that sign published advisories",
  description:
    "Public halves, newest first. A record is signed with each key that is accepted when it is published; a retired key's signatures stay, and say no more than that they were made. " +
    "Take a key from a second source too, or you know that the records are one server's but not whose.",
  access: "anyone",
  errors: "problem",
  params: nothing,
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/json",
  answer: z.object({
    rows: z.array(
      z.object({
        id: z.string(),
        pem: z.string().describe("Ed25519, SubjectPublicKeyInfo"),
        createdMs: z.number().int(),
        retiredMs: z.number().int().optional(),
        isCurrent: z.boolean(),
      }),
    ),
  }),
});

export const readAdvisoryKey = endpoint({
  id: "readAdvisoryKey",
  method: "GET",
  path: "/api/advisory-keys/{key}",
  title: "One of these keys as a file",
  description: "PEM, as `openssl pkeyutl -verify -pubin` takes it. `current` is the one that signs from now on.",
  access: "anyone",
  errors: "plain",
  params: z.object({ key: keyId }),
  query: nothing,
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "text/plain",
  answer: z.string(),
});

export const readAdvisorySignature = endpoint({
  id: "readAdvisorySignature",
  method: "GET",
  path: "/api/advisories/{id}/signature",
  title: "The signature of a published advisory",
  description:
    "64 bytes: Ed25519 over the OSV record as `GET /v1/vulns/{id}` serves it, byte for byte. Of the newest revision by the newest key unless others are named. " +
    "404 for advisories of others.",
  access: "anyone",
  errors: "plain",
  params: z.object({ id: z.string().min(1).max(200) }),
  query: z.object({
    key: keyId.optional().describe("A key's id"),
    version: z.coerce.number().int().min(1).max(1_000_000).optional().describe("A revision, as the ledger counts them"),
  }),
  bodyKind: "none",
  body: noBody,
  bodyLimitBytes: 0,
  answerType: "application/octet-stream",
  answer: z.instanceof(Uint8Array),
});

export const advisorySignatureEndpoints = [listAdvisoryKeys, readAdvisoryKey, readAdvisorySignature] as const;

import { randomUUID } from "node:crypto";
import type { AnswerOf, BodyOf } from "../../contract/endpoint.ts";
import type { issueModelToken, listModelTokens } from "../../contract/endpoints/exchanges.ts";
import { makeToken, tokenDigest } from "../../sealing/token.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Custody } from "../../vocabulary/enrolment.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { notFound } from "../models/refusals.ts";
import { findOwnGrant, insertModelToken, type OwnGrant, readModelTokens, revokeModelTokenRow } from "./model-token-store.ts";

/** What evaluators' tools state to a gateway: one grant, one purpose, an end. */
export type ModelTokenService = {
  /** @throws CodedError `not-found` */
  readonly list: (caller: Caller, grant: string) => Promise<AnswerOf<typeof listModelTokens>>;
  /** @throws CodedError `not-found`, `input-invalid`, `conflict`, `not-allowed` for an access token */
  readonly issue: (caller: Caller, grant: string, asked: BodyOf<typeof issueModelToken>) => Promise<AnswerOf<typeof issueModelToken>>;
  /** @throws CodedError `not-found` */
  readonly revoke: (caller: Caller, grant: string, token: string) => Promise<void>;
};

export type ModelTokenParts = {
  readonly database: Database;
  /** Where tools reach the gateway beside this server; undefined = there is none. */
  readonly gatewayUrl: string | undefined;
  readonly clock: () => number;
};

const DAY_MS = 86_400_000;

export function createModelTokenService({ database, gatewayUrl, clock }: ModelTokenParts): ModelTokenService {
  const reachedAt = (custody: Custody) => (custody === "premises" || gatewayUrl === undefined ? {} : { gatewayUrl });
  return {
    list: (caller, grant) =>
      database.transaction(caller.actor, async (transaction) => {
        const granted = await ownGrant(transaction, grant);
        const rows = (await readModelTokens(transaction, granted)).map((row) => ({
          id: row.id,
          name: row.name,
          purpose: row.purpose,
          madeBy: row.created_by,
          own: row.created_by === caller.person,
          issuedAtMs: row.created_at.getTime(),
          expiresAtMs: row.expires_at.getTime(),
          ...(row.last_used_at === null ? {} : { lastUsedAtMs: row.last_used_at.getTime() }),
          ...(row.revoked_at === null ? {} : { revokedAtMs: row.revoked_at.getTime() }),
          isStopped: row.is_stopped,
        }));
        return { rows, ...reachedAt(granted.custody) };
      }),
    issue: async (caller, grant, { name, purpose, days }) => {
      // Threat: a stolen token that makes itself another before it ends.
      if (caller.isToken) throw new CodedError("not-allowed", "Expected a session of a person, got an access token, which issues no other");
      const atMs = clock();
      const expiresAtMs = atMs + days * DAY_MS;
      const token = makeToken("slm");
      const id = randomUUID();
      const custody = await database.transaction(caller.actor, async (transaction) => {
        const granted = await ownGrant(transaction, grant);
        if (granted.ended_at !== null)
          throw new CodedError("conflict", "Expected a grant that has not ended: this one opens nothing any more");
        if (!granted.purposes.includes(purpose)) {
          const purposes = granted.purposes.map((one) => JSON.stringify(one)).join(", ");
          throw new CodedError("input-invalid", `expected one of the grant's purposes (${purposes}), got ${JSON.stringify(purpose)}`, {
            place: "body.purpose",
          });
        }
        const digest = Buffer.from(tokenDigest(token), "hex");
        await insertModelToken(transaction, granted, { id, name, purpose, digest, at: new Date(atMs), expiresAt: new Date(expiresAtMs) });
        const { organisation, person } = caller;
        const details = { name, grant, purpose, expiresAtMs };
        await recordAudit(transaction, { organisation, person, verb: "model-token.issued", subject: `model-token:${id}`, details, atMs });
        return granted.custody;
      });
      return { token, id, expiresAtMs, ...reachedAt(custody) };
    },
    revoke: (caller, grant, token) =>
      database.transaction(caller.actor, async (transaction) => {
        const atMs = clock();
        const name = await revokeModelTokenRow(transaction, grant, token, new Date(atMs));
        if (name === undefined) throw notFound();
        const { organisation, person } = caller;
        const details = { name, grant };
        await recordAudit(transaction, {
          organisation,
          person,
          verb: "model-token.revoked",
          subject: `model-token:${token}`,
          details,
          atMs,
        });
      }),
  };
}

/** @throws CodedError `not-found` for what is not one's own organisation's */
export async function ownGrant(transaction: Transaction, grant: string): Promise<OwnGrant> {
  const found = await findOwnGrant(transaction, grant);
  if (found === undefined) throw notFound();
  return found;
}

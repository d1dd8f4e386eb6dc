import type { AnswerOf, BodyOf } from "../../contract/endpoint.ts";
import type { issueToken, listTokens } from "../../contract/endpoints/access-tokens.ts";
import { makeToken } from "../../sealing/token.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { levelNumber, levelOf } from "../../vocabulary/level.ts";
import { verbsOf } from "../../vocabulary/organisation.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import type { CredentialDigests } from "./credential-digests.ts";
import { findMembership, personKind } from "./member-store.ts";
import { grantToken, lesserBounds, type TokenBounds } from "./token-grant.ts";
import { insertToken, readTokens, revokeToken } from "./token-store.ts";

export type TokenService = {
  readonly list: (caller: Caller) => Promise<AnswerOf<typeof listTokens>>;
  /** @throws CodedError `not-allowed` for more than its owner or its issuer may, `not-found` for a member who is no service account */
  readonly issue: (caller: Caller, request: BodyOf<typeof issueToken>) => Promise<AnswerOf<typeof issueToken>>;
  readonly revoke: (caller: Caller, token: string) => Promise<void>;
};

export type TokenParts = {
  readonly database: Database;
  readonly digests: CredentialDigests;
  readonly clock: () => number;
};

export function createTokenService({ database, digests, clock }: TokenParts): TokenService {
  return {
    list: async (caller) => ({
      tokens: (await readTokens(database, caller.actor)).map((row) => ({
        id: row.id,
        name: row.name,
        owner: { person: row.person_id, name: row.owner_name },
        own: row.person_id === caller.person,
        verbs: [...row.verbs],
        shows: levelOf(row.floor),
        issuedAtMs: row.issued_at.getTime(),
        expiresAtMs: row.expires_at.getTime(),
        ...(row.last_used_at === null ? {} : { lastUsedAtMs: row.last_used_at.getTime() }),
        ...(row.revoked_at === null ? {} : { revokedAtMs: row.revoked_at.getTime() }),
      })),
    }),
    issue: async (caller, { name, verbs, shows, days, member }) => {
      // Threat: a stolen token that makes itself another before it ends.
      if (caller.isToken) throw new CodedError("not-allowed", "Expected a session of a person, got an access token, which issues no other");
      const person = member ?? caller.person;
      const bounds = person === caller.person ? caller : lesserBounds(caller, await boundsOfServiceAccount(caller, person));
      const atMs = clock();
      const grant = grantToken({ name, verbs, floor: shows, days }, bounds, atMs);
      const token = makeToken();
      const id = await database.transaction(caller.actor, async (transaction) => {
        const made = await insertToken(transaction, { ...grant, person, digest: digests.ofNew(token), atMs });
        const { organisation, person: issuer } = caller;
        const details = { name, owner: person, verbs: [...grant.verbs], expiresAtMs: grant.expiresAtMs };
        await recordAudit(transaction, { organisation, person: issuer, verb: "token.issued", subject: `token:${made}`, details, atMs });
        return made;
      });
      return { token, id, expiresAtMs: grant.expiresAtMs };
    },
    revoke: async (caller, token) => {
      await database.transaction(caller.actor, async (transaction) => {
        const atMs = clock();
        const revoked = await revokeToken(transaction, token, atMs);
        if (revoked === undefined)
          throw new CodedError("not-found", "expected a token in force of yours, or of a member whom you administer");
        const { organisation, person } = caller;
        const details = { name: revoked.name, owner: revoked.person_id };
        await recordAudit(transaction, { organisation, person, verb: "token.revoked", subject: `token:${token}`, details, atMs });
      });
    },
  };

  /** A person's tokens are a person's own business; only a service account gets them from an administrator. */
  async function boundsOfServiceAccount(caller: Caller, person: string): Promise<TokenBounds> {
    const found = await database.transaction("gatekeeper", async (transaction) => ({
      membership: await findMembership(transaction, caller.organisation, person),
      kind: await personKind(transaction, person),
    }));
    if (!caller.verbs.includes("member.manage")) {
      throw new CodedError("not-allowed", "member: expected oneself, or the right member.manage, which this role or token does not have", {
        place: "member",
      });
    }
    if (found.membership === undefined || found.kind !== "service") {
      throw new CodedError("not-found", "member: expected a service account of this organisation, got none", { place: "member" });
    }
    return { verbs: verbsOf(found.membership.role, found.membership.kind), floor: levelNumber("case"), secondFactor: caller.secondFactor };
  }
}

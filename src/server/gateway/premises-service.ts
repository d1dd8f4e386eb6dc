import { randomUUID } from "node:crypto";
import type { GatewayRowAnswer } from "../../contract/endpoints/gateways.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { isToken, makeToken, secretDigest } from "../../sealing/token.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { type AuthenticateGateway, gatewayRefused, statedGatewayCredential } from "../http/gateway-caller.ts";
import { chargeEndedGateways } from "./ended-gateway-store.ts";
import { findGateway, insertGateway, readGateways, revokeGatewayRow, touchGateway } from "./premises-store.ts";

/** Gateways that labs run on their own premises. */
export type PremisesService = {
  readonly authenticate: AuthenticateGateway;
  readonly list: (caller: Caller) => Promise<GatewayRowAnswer[]>;
  /** @throws CodedError `not-allowed` unless an administrator's session asks */
  readonly issue: (caller: Caller, name: string) => Promise<{ readonly id: string; readonly credential: string }>;
  /** Resolves when what it held of budgets is charged. @throws CodedError `not-allowed`, `not-found` */
  readonly revoke: (caller: Caller, gateway: string) => Promise<void>;
  /** Charges what gateways held that were ended, where a server stopped before it did. */
  readonly chargeEnded: () => Promise<void>;
};

export type PremisesParts = {
  readonly database: Database;
  readonly keys: Pick<KeyRing, "current" | "accepted">;
  readonly clock: () => number;
};

const SEEN_EVERY_MS = 60_000;

export function createPremisesService({ database, keys, clock }: PremisesParts): PremisesService {
  return {
    authenticate: async (head) => {
      const text = statedGatewayCredential(head);
      if (!isToken(text, "slg")) throw gatewayRefused();
      const known = await findGateway(
        database,
        keys.accepted("token").map(({ secret }) => secretDigest(secret, text)),
      );
      if (known === undefined) throw gatewayRefused();
      const nowMs = clock();
      if (nowMs - (known.last_seen_at?.getTime() ?? 0) >= SEEN_EVERY_MS) await touchGateway(database, known, new Date(nowMs));
      return { kind: "premises", id: known.id, lab: known.organisation_id };
    },
    list: async (caller) =>
      (await database.transaction(caller.actor, readGateways)).map((row) => ({
        id: row.id,
        name: row.name,
        issuedAtMs: row.created_at.getTime(),
        ...(row.last_seen_at === null ? {} : { lastSeenAtMs: row.last_seen_at.getTime() }),
        ...(row.revoked_at === null ? {} : { revokedAtMs: row.revoked_at.getTime() }),
        reserved: { requests: row.reserved_requests, tokens: row.reserved_tokens },
        unaccounted: { requests: row.unaccounted_requests, tokens: row.unaccounted_tokens },
      })),
    issue: async (caller, name) => {
      administratorOnly(caller);
      // Threat: a stolen token that makes itself a gateway.
      if (caller.isToken)
        throw new CodedError("not-allowed", "Expected a session of a person, got an access token, which issues no credential");
      const credential = makeToken("slg");
      const id = randomUUID();
      const atMs = clock();
      const key = keys.current("token");
      await database.transaction(caller.actor, async (transaction) => {
        await insertGateway(transaction, {
          id,
          name,
          digest: secretDigest(key.secret, credential),
          digestKeyId: key.id,
          at: new Date(atMs),
        });
        const { organisation, person } = caller;
        await recordAudit(transaction, { organisation, person, verb: "gateway.issued", subject: `gateway:${id}`, details: { name }, atMs });
      });
      return { id, credential };
    },
    revoke: async (caller, gateway) => {
      administratorOnly(caller);
      await database.transaction(caller.actor, async (transaction) => {
        const atMs = clock();
        const name = await revokeGatewayRow(transaction, gateway, new Date(atMs));
        if (name === undefined) throw new CodedError("not-found", "expected a gateway of this lab whose credential is in force");
        const { organisation, person } = caller;
        await recordAudit(transaction, {
          organisation,
          person,
          verb: "gateway.revoked",
          subject: `gateway:${gateway}`,
          details: { name },
          atMs,
        });
      });
      await chargeEndedGateways(database, new Date(clock()));
    },
    chargeEnded: async () => {
      await chargeEndedGateways(database, new Date(clock()));
    },
  };
}

function administratorOnly({ role }: Caller): void {
  if (role !== "administrator")
    throw new CodedError("not-allowed", "Expected an administrator of the lab: a gateway's credential reaches its models");
}

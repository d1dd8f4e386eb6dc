import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/server";
import type { z } from "zod";
import type { AnswerOf } from "../../contract/endpoint.ts";
import type { newPasskeySchema } from "../../contract/passkey-schemas.ts";
import type { readAccount } from "../../contract/endpoints/account.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { credentialRefused } from "../http/stated-credential.ts";
import type { CredentialDigests } from "./credential-digests.ts";
import { findMembership } from "./member-store.ts";
import type { PasskeyService } from "./passkey-service.ts";
import { insertPasskey, passkeysOf, readOwnPasskeys, revokeOwnPasskey } from "./passkey-store.ts";
import { countOwnRecoveryCodes, replaceRecoveryCodes } from "./recovery-code-store.ts";
import { newRecoveryCodes } from "./recovery-codes.ts";
import { FRESH_MS } from "./session-rules.ts";
import type { SessionService } from "./session-service.ts";
import { readOwnSessions, type SessionOfMember } from "./session-store.ts";
import { readOwnIdentities } from "./sign-on-store.ts";

export type AccountService = {
  readonly read: (caller: Caller) => Promise<AnswerOf<typeof readAccount>>;
  readonly askPasskey: (caller: Caller, host: string | undefined) => Promise<PublicKeyCredentialCreationOptionsJSON>;
  readonly addPasskey: (
    caller: Caller,
    passkey: z.output<typeof newPasskeySchema>,
    name: string,
    host: string | undefined,
  ) => Promise<void>;
  readonly revokePasskey: (caller: Caller, passkey: string) => Promise<void>;
  readonly makeRecoveryCodes: (caller: Caller) => Promise<readonly string[]>;
};

export type AccountParts = {
  readonly database: Database;
  readonly digests: CredentialDigests;
  readonly passkeys: PasskeyService;
  readonly sessions: SessionService;
  readonly clock: () => number;
};

/** One's own ways in. A session that its organisation brought about sees and changes those of that organisation alone. */
export function createAccountService({ database, digests, passkeys, sessions, clock }: AccountParts): AccountService {
  return {
    read: async (caller) => {
      const own = await sessions.own(caller);
      const [kept, identities, codes, open] = await Promise.all([
        readOwnPasskeys(database, caller.actor),
        readOwnIdentities(database, caller.actor),
        countOwnRecoveryCodes(database, caller.actor),
        readOwnSessions(database, caller.actor, clock()),
      ]);
      return {
        passkeys: kept
          .filter((passkey) => isWithinReach(own, passkey.only_organisation_id))
          .map((passkey) => ({
            id: passkey.id,
            name: passkey.name,
            synced: passkey.synced,
            createdAtMs: passkey.created_at.getTime(),
            ...(passkey.last_used_at === null ? {} : { lastUsedAtMs: passkey.last_used_at.getTime() }),
          })),
        identities: identities
          .filter((identity) => isWithinReach(own, identity.organisation_id))
          .map((identity) => ({
            id: identity.id,
            organisation: identity.organisation_name,
            ...(identity.email === null ? {} : { email: identity.email }),
            createdAtMs: identity.created_at.getTime(),
            ...(identity.last_used_at === null ? {} : { lastUsedAtMs: identity.last_used_at.getTime() }),
          })),
        recoveryCodesLeft: codes,
        sessions: open
          .filter((session) => isWithinReach(own, session.organisation_id))
          .map((session) => ({
            id: session.id,
            own: session.id === caller.credential,
            way: session.way,
            ...(session.agent === null ? {} : { agent: session.agent }),
            startedAtMs: session.started_at.getTime(),
            lastUsedAtMs: session.last_used_at.getTime(),
            expiresAtMs: session.expires_at.getTime(),
          })),
      };
    },
    askPasskey: async (caller, host) => {
      await freshOwn(caller);
      const { owner, known } = await database.transaction("gatekeeper", async (transaction) => {
        const member = await findMembership(transaction, caller.organisation, caller.person);
        if (member === undefined) throw credentialRefused();
        return {
          owner: { person: caller.person, name: member.name, email: member.email ?? member.name },
          known: await passkeysOf(transaction, caller.person),
        };
      });
      return passkeys.askNew(owner, known, { person: caller.person, session: caller.credential }, host);
    },
    addPasskey: async (caller, answer, name, host) => {
      const own = await freshOwn(caller);
      const { passkey, content } = await passkeys.takeNew(answer, host);
      if ((content as { readonly session?: string }).session !== caller.credential) {
        throw new CodedError("challenge-refused", "expected the answer to a challenge of this session, got another's");
      }
      await database.transaction("gatekeeper", async (transaction) => {
        const atMs = clock();
        const onlyOrganisation = own.bound ? own.organisation_id : undefined;
        const id = await insertPasskey(transaction, { ...passkey, person: caller.person, name, onlyOrganisation, atMs });
        const { organisation, person } = caller;
        await recordAudit(transaction, { organisation, person, verb: "passkey.added", subject: `passkey:${id}`, details: { name }, atMs });
      });
    },
    revokePasskey: async (caller, passkey) => {
      const own = await sessions.own(caller);
      const kept = await readOwnPasskeys(database, caller.actor);
      const found = kept.find(({ id, only_organisation_id }) => id === passkey && isWithinReach(own, only_organisation_id));
      if (found === undefined) throw new CodedError("not-found", "expected a passkey of yours");
      if (kept.length === 1 && (await readOwnIdentities(database, caller.actor)).length === 0) {
        throw new CodedError("conflict", "expected another way in to be left: add a passkey before the last one is removed");
      }
      await database.transaction(caller.actor, async (transaction) => {
        const atMs = clock();
        if (!(await revokeOwnPasskey(transaction, passkey, atMs))) throw new CodedError("not-found", "expected a passkey of yours");
        const { organisation, person } = caller;
        const details = { name: found.name };
        await recordAudit(transaction, { organisation, person, verb: "passkey.removed", subject: `passkey:${passkey}`, details, atMs });
      });
    },
    makeRecoveryCodes: async (caller) => {
      const own = await freshOwn(caller);
      const codes = newRecoveryCodes();
      await database.transaction("gatekeeper", async (transaction) => {
        const atMs = clock();
        const onlyOrganisation = own.bound ? own.organisation_id : undefined;
        await replaceRecoveryCodes(transaction, { person: caller.person, digests: codes.map(digests.ofNew), onlyOrganisation, atMs });
        const { organisation, person } = caller;
        await recordAudit(transaction, { organisation, person, verb: "recovery-codes.made", subject: `member:${person}`, atMs });
      });
      return codes;
    },
  };

  /** Threat: a stolen session that makes itself a way in that outlives it. */
  async function freshOwn(caller: Caller): Promise<SessionOfMember> {
    const own = await sessions.own(caller);
    if (own.way === "mailed-link") {
      throw new CodedError("not-allowed", "Expected a session that began with more than a mailed link, which makes no other way in");
    }
    if (clock() - own.started_at.getTime() > FRESH_MS) {
      throw new CodedError(
        "not-allowed",
        "Expected a sign-in of the last 15 minutes, since this makes a new way in. Sign out, sign in again, then repeat",
      );
    }
    return own;
  }
}

function isWithinReach(own: SessionOfMember, organisation: string | null): boolean {
  return !own.bound || organisation === own.organisation_id;
}

import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { AnswerOf, BodyOf } from "../../contract/endpoint.ts";
import type { addSignOn, listSignOns } from "../../contract/endpoints/sign-ons.ts";
import type { Oidc, OidcProvider } from "../../connectors/oidc/oidc.ts";
import { openBytes, sealBytes } from "../../sealing/attachment.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import { SealingError } from "../../sealing/sealing-error.ts";
import { randomSecret } from "../../sealing/token.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { levelNumber } from "../../vocabulary/level.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { credentialRefused } from "../http/stated-credential.ts";
import { keepChallenge, takeChallenge } from "./challenge-store.ts";
import type { CredentialDigests } from "./credential-digests.ts";
import type { ByLink } from "./link-service.ts";
import { findLink, takeLink } from "./link-store.ts";
import { introduced, settle, type Settled } from "./newcomer.ts";
import { linkOrigin, type ServedAs } from "./origin-standing.ts";
import type { RequestFrom } from "./passkey-service.ts";
import { isMultiFactor } from "./session-rules.ts";
import type { SessionService, SignedIn } from "./session-service.ts";
import {
  endSignOn,
  findIdentity,
  insertIdentity,
  insertSignOn,
  readSignOns,
  signOnById,
  signOnForDomain,
  signOnOf,
  type StoredSignOn,
  takenDomains,
  touchIdentity,
} from "./sign-on-store.ts";

/** Somebody who is sent away: where to, and what their browser keeps so that only it can come back. */
export type SentAway = { readonly url: string; readonly flow: string };

export type SignOnService = {
  /** Undefined = no sign-on is set up for the address's domain. */
  readonly begin: (email: string, host: string | undefined) => Promise<SentAway | undefined>;
  readonly beginByLink: (by: ByLink, host: string | undefined) => Promise<SentAway>;
  /** @throws CodedError `challenge-refused`, `credential-refused` when nobody was enrolled as this identity */
  readonly finish: (flow: string | undefined, returned: string, from: RequestFrom) => Promise<SignedIn>;
  readonly list: (caller: Caller) => Promise<AnswerOf<typeof listSignOns>>;
  readonly add: (caller: Caller, signOn: BodyOf<typeof addSignOn>, host: string | undefined) => Promise<AnswerOf<typeof addSignOn>>;
  readonly end: (caller: Caller, signOn: string) => Promise<void>;
};

export type SignOnParts = {
  readonly database: Database;
  readonly digests: CredentialDigests;
  readonly keys: Pick<KeyRing, "current" | "accepted">;
  readonly oidc: Oidc;
  readonly sessions: SessionService;
  readonly served: ServedAs;
  readonly clock: () => number;
};

export const FLOW_MS = 10 * 60_000;
const RETURN_PATH = "/sign-in/return";

const flowSchema = z.object({
  organisation: z.string(),
  signOn: z.string(),
  redirectUri: z.string(),
  attempt: z.object({ state: z.string(), nonce: z.string(), codeVerifier: z.string() }),
  link: z.string().optional(),
  newcomer: z.object({ name: z.string().optional(), email: z.string().optional(), organisation: z.string().optional() }),
});
type Flow = z.output<typeof flowSchema>;

export function createSignOnService(parts: SignOnParts): SignOnService {
  const { database, digests, keys, oidc, sessions, served, clock } = parts;
  return {
    begin: async (email, host) => {
      const signOn = await signOnForDomain(database, email.slice(email.lastIndexOf("@") + 1).toLowerCase());
      return signOn === undefined ? undefined : sendAway(signOn, host, { newcomer: {} }, email);
    },
    beginByLink: async (by, host) => {
      const { link, signOn } = await database.transaction("gatekeeper", async (transaction) => {
        const found = await findLink(transaction, digests.ofKnown(by.link), clock());
        if (found === undefined || found.organisation_id === null || found.purpose === "mailed") throw credentialRefused();
        if (found.purpose === "invitation") introduced(found, by);
        return { link: found, signOn: await signOnOf(transaction, found.organisation_id) };
      });
      if (signOn === undefined) throw new CodedError("unsupported", "Expected an organisation with its own sign-on, got one without");
      const { name, email, organisation } = by;
      return sendAway(signOn, host, { link: link.id, newcomer: { name, email, organisation } }, link.email ?? email);
    },
    finish: async (flowSecret, returned, { agent }) => {
      const flow = await takeFlow(flowSecret);
      const signOn = await database.transaction("gatekeeper", (transaction) => signOnById(transaction, flow.organisation, flow.signOn));
      if (signOn === undefined) throw credentialRefused();
      const identity = await oidc.finish(await providerOf(signOn), flow.redirectUri, returned, flow.attempt);
      const begun = await database.transaction("gatekeeper", async (transaction) => {
        const known = await findIdentity(transaction, signOn, identity.subject);
        const person = flow.link === undefined ? known : await enrol(transaction, signOn, { ...flow, link: flow.link }, identity, known);
        if (person === undefined) throw credentialRefused();
        await touchIdentity(transaction, signOn, identity.subject, clock());
        return sessions.begin(transaction, {
          person,
          way: "oidc",
          worth: { floor: levelNumber("case"), secondFactor: isMultiFactor(identity.methods) },
          onlyOrganisation: signOn.organisation_id,
          agent,
        });
      });
      return { secret: begun.secret, session: await sessions.describe(begun) };
    },
    list: async (caller) => ({
      signOns: (await readSignOns(database, caller.actor)).map((row) => ({
        id: row.id,
        organisation: { id: row.organisation_id, name: row.organisation_name },
        issuer: row.issuer,
        clientId: row.client_id,
        emailDomains: [...row.email_domains],
        createdAtMs: row.created_at.getTime(),
      })),
    }),
    add: async (caller, { organisation, issuer, clientId, clientSecret, emailDomains }, host) => {
      const redirectUri = linkOrigin(served, host) + RETURN_PATH;
      await oidc.begin({ issuer, clientId, clientSecret }, redirectUri);
      const sealedSecret =
        clientSecret === undefined ? undefined : await sealBytes(keys.current("sealing"), new TextEncoder().encode(clientSecret));
      const id = await database.transaction(caller.actor, async (transaction) => {
        const taken = await takenDomains(transaction, emailDomains);
        if (taken.length > 0) {
          throw new CodedError("conflict", `emailDomains: expected domains without a sign-on, got ${taken.join(", ")}`, {
            place: "emailDomains",
          });
        }
        const atMs = clock();
        const made = await insertSignOn(transaction, { organisation, issuer, clientId, sealedSecret, emailDomains, atMs });
        const details = { organisation, issuer, clientId, emailDomains };
        await recordAudit(transaction, { ...ofCaller(caller), verb: "sign-on.added", subject: `sign-on:${made}`, details, atMs });
        return made;
      });
      return { id, redirectUri };
    },
    end: async (caller, signOn) => {
      await database.transaction(caller.actor, async (transaction) => {
        const atMs = clock();
        if ((await endSignOn(transaction, signOn, atMs)) === undefined)
          throw new CodedError("not-found", "expected a sign-on that is in use");
        await recordAudit(transaction, { ...ofCaller(caller), verb: "sign-on.ended", subject: `sign-on:${signOn}`, atMs });
      });
    },
  };

  async function sendAway(
    signOn: StoredSignOn,
    host: string | undefined,
    more: Pick<Flow, "link" | "newcomer">,
    loginHint: string | undefined,
  ): Promise<SentAway> {
    const redirectUri = linkOrigin(served, host) + RETURN_PATH;
    const { url, attempt } = await oidc.begin(await providerOf(signOn), redirectUri, loginHint);
    const flow = randomSecret();
    const nowMs = clock();
    const content: Flow = { organisation: signOn.organisation_id, signOn: signOn.id, redirectUri, attempt, ...more };
    await database.transaction("gatekeeper", (transaction) =>
      keepChallenge(transaction, { digest: digests.ofNew(flow), purpose: "oidc", content, nowMs, expiresAtMs: nowMs + FLOW_MS }),
    );
    return { url, flow };
  }

  /** Committed before the sign-on is asked: a return that is replayed finds nothing. */
  async function takeFlow(secret: string | undefined): Promise<Flow> {
    const content =
      secret === undefined
        ? undefined
        : await database.transaction("gatekeeper", (transaction) => takeChallenge(transaction, digests.ofKnown(secret), "oidc", clock()));
    if (content === undefined) {
      throw new CodedError("challenge-refused", "expected the browser that was sent to the sign-on, once, within ten minutes");
    }
    return flowSchema.parse(content);
  }

  async function enrol(
    transaction: Transaction,
    signOn: StoredSignOn,
    flow: Flow & { readonly link: string },
    identity: { readonly subject: string; readonly email: string | undefined },
    known: string | undefined,
  ): Promise<string> {
    const link = await takeLink(transaction, flow.link, clock());
    if (link === undefined || link.organisation_id !== signOn.organisation_id) throw credentialRefused();
    if (known !== undefined && link.purpose === "recovery" && link.person_id !== known) {
      throw new CodedError("conflict", "expected an identity of nobody yet, got one that belongs to another member");
    }
    const { name, email, organisation } = flow.newcomer;
    const settled: Settled = await settle(
      transaction,
      link,
      { name, email, organisation },
      { person: known ?? randomUUID(), exists: known !== undefined, atMs: clock() },
    );
    if (known === undefined) await insertIdentity(transaction, { signOn, ...identity, person: settled.person, atMs: clock() });
    await recordAudit(transaction, {
      organisation: settled.organisation,
      person: settled.person,
      verb: "sign-on.joined",
      subject: `sign-on:${signOn.id}`,
      atMs: clock(),
    });
    return settled.person;
  }

  async function opened(sealed: Uint8Array): Promise<string> {
    try {
      return new TextDecoder().decode(await openBytes(keys.accepted("sealing"), sealed));
    } catch (cause) {
      if (!(cause instanceof SealingError)) throw cause;
      const message =
        "expected a sign-on whose secret this server's keys open, got one that was sealed with others. Whoever manages the installation sets it up anew";
      throw new CodedError("conflict", message, { cause });
    }
  }

  async function providerOf(signOn: StoredSignOn): Promise<OidcProvider> {
    const { issuer, client_id: clientId, sealed_secret: sealed } = signOn;
    return { issuer, clientId, clientSecret: sealed === null ? undefined : await opened(sealed) };
  }
}

function ofCaller({ organisation, person }: Caller): Pick<Caller, "organisation" | "person"> {
  return { organisation, person };
}

import { randomUUID } from "node:crypto";
import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/server";
import type { z } from "zod";
import type { listInvitations, readLink } from "../../contract/endpoints/one-time-links.ts";
import type { newPasskeySchema } from "../../contract/passkey-schemas.ts";
import type { AnswerOf } from "../../contract/endpoint.ts";
import { randomSecret } from "../../sealing/token.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import type { MemberRole } from "../../vocabulary/organisation.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database, Transaction } from "../database/database.ts";
import { isStatementError } from "../database/statement-error.ts";
import type { Caller } from "../http/caller.ts";
import { credentialRefused } from "../http/stated-credential.ts";
import type { CredentialDigests } from "./credential-digests.ts";
import {
  findLink,
  insertLink,
  type NewLink,
  readInvitations,
  type StoredLink,
  takeLink,
  withdrawInvitation,
  withdrawLinks,
} from "./link-store.ts";
import {
  admitMember,
  findMembership,
  hasAdministrator,
  hasAdministratorOf,
  membersByEmail,
  personKind,
  readOrganisationName,
} from "./member-store.ts";
import { hasItsOwnAdministrator, introduced, type Newcomer, refuseForeignInvitation, settle } from "./newcomer.ts";
import { linkOrigin, originStanding, type ServedAs } from "./origin-standing.ts";
import { insertPasskey, passkeysOf } from "./passkey-store.ts";
import type { PasskeyService, RequestFrom } from "./passkey-service.ts";
import { replaceRecoveryCodes } from "./recovery-code-store.ts";
import { newRecoveryCodes } from "./recovery-codes.ts";
import { PASSKEY_WORTH, WEAK_WORTH } from "./session-rules.ts";
import type { SessionAnswer, SessionService, SignedIn } from "./session-service.ts";
import { moveSession } from "./session-store.ts";
import { signOnOf } from "./sign-on-store.ts";

const HOUR_MS = 60 * 60_000;
export const FIRST_LINK_MS = 24 * HOUR_MS;
export const MEMBER_LINK_MS = 72 * HOUR_MS;

export type ByLink = { readonly link: string } & Newcomer;

export type Invitation = { readonly name: string; readonly email: string; readonly role: MemberRole };

export type IssuedLink = { readonly link: string; readonly expiresAtMs: number };

export type LinkService = {
  readonly read: (link: string) => Promise<AnswerOf<typeof readLink>>;
  readonly askPasskey: (by: ByLink, host: string | undefined) => Promise<PublicKeyCredentialCreationOptionsJSON>;
  readonly enrol: (by: ByLink, passkey: z.output<typeof newPasskeySchema>, passkeyName: string, from: RequestFrom) => Promise<SignedIn>;
  readonly enrolWithCodes: (by: ByLink, from: RequestFrom) => Promise<SignedIn & { readonly codes: readonly string[] }>;
  readonly join: (caller: Caller, link: string) => Promise<SessionAnswer>;
  /** A link by which somebody becomes a member of the caller's organisation, or of any for who manages the installation. `host` is the request's. */
  readonly createInvitationLink: (
    caller: Caller,
    invitation: Invitation,
    host: string | undefined,
    organisation?: string,
  ) => Promise<IssuedLink>;
  readonly invitations: (caller: Caller) => Promise<AnswerOf<typeof listInvitations>>;
  readonly withdraw: (caller: Caller, invitation: string) => Promise<void>;
  readonly issueRecovery: (caller: Caller, member: string, host: string | undefined) => Promise<IssuedLink>;
  /** Through the local door: for the first administrator while there is none, otherwise for the one with this address. */
  readonly issueForAdministrator: (
    email: string | undefined,
    origin: string,
  ) => Promise<IssuedLink & { readonly administrator?: { readonly name: string; readonly organisation: string } }>;
  /** The link that the program prints as long as there is no administrator; it replaces the one before. */
  readonly firstAdministrator: (origin: string) => Promise<IssuedLink | undefined>;
};

export type LinkParts = {
  readonly database: Database;
  readonly digests: CredentialDigests;
  readonly passkeys: PasskeyService;
  readonly sessions: SessionService;
  readonly served: ServedAs;
  readonly clock: () => number;
};

type Enrolment = { readonly link: string; readonly person: string };

export function createLinkService(parts: LinkParts): LinkService {
  const { database, digests, passkeys, sessions, served, clock } = parts;
  return {
    read: async (secret) =>
      database.transaction("gatekeeper", async (transaction) => {
        const link = await inForce(transaction, secret);
        const organisation = link.organisation_id;
        const member =
          organisation === null || link.person_id === null ? undefined : await findMembership(transaction, organisation, link.person_id);
        const name = link.name ?? member?.name;
        const email = link.email ?? member?.email;
        const organisationName =
          member?.organisation_name ?? (organisation === null ? undefined : await readOrganisationName(transaction, organisation));
        return {
          purpose: link.purpose === "mailed" ? "recovery" : link.purpose,
          ...(organisationName === undefined ? {} : { organisation: organisationName }),
          ...(name === undefined ? {} : { name }),
          ...(email === undefined || email === null ? {} : { email }),
          ...(link.role === null ? {} : { role: link.role }),
          expiresAtMs: link.expires_at.getTime(),
          signOn: organisation !== null && (await signOnOf(transaction, organisation)) !== undefined,
        };
      }),
    askPasskey: async (by, host) => {
      const { link, owner, known } = await database.transaction("gatekeeper", async (transaction) => {
        const found = await inForce(transaction, by.link);
        return { link: found, ...(await ownerOf(transaction, found, by)) };
      });
      return passkeys.askNew(owner, known, { link: link.id, person: owner.person } satisfies Enrolment, host);
    },
    enrol: async (by, answer, passkeyName, { host, agent }) => {
      const { passkey, content } = await passkeys.takeNew(answer, host);
      const { link, person } = content as Enrolment;
      const begun = await database.transaction("gatekeeper", async (transaction) => {
        const taken = await take(transaction, by.link, link);
        const settled = await settle(transaction, taken, by, { person, exists: false, atMs: clock() });
        const { organisation, onlyOrganisation } = settled;
        await orConflict(
          insertPasskey(transaction, { ...passkey, person: settled.person, name: passkeyName, onlyOrganisation, atMs: clock() }),
        );
        return sessions.begin(transaction, {
          person: settled.person,
          way: "passkey",
          worth: PASSKEY_WORTH,
          onlyOrganisation,
          organisation,
          agent,
        });
      });
      return { secret: begun.secret, session: await sessions.describe(begun) };
    },
    enrolWithCodes: async (by, { host, agent }) => {
      refuseWherePasskeysWork(host);
      const codes = newRecoveryCodes();
      const begun = await database.transaction("gatekeeper", async (transaction) => {
        const { id } = await inForce(transaction, by.link);
        const taken = await take(transaction, by.link, id);
        const settled = await settle(transaction, taken, by, { person: randomUUID(), exists: false, atMs: clock() });
        const { person, organisation, onlyOrganisation } = settled;
        await replaceRecoveryCodes(transaction, { person, digests: codes.map(digests.ofNew), onlyOrganisation, atMs: clock() });
        return sessions.begin(transaction, { person, way: "recovery-code", worth: WEAK_WORTH, onlyOrganisation, organisation, agent });
      });
      return { secret: begun.secret, session: await sessions.describe(begun), codes };
    },
    join: async (caller, secret) => {
      const session = await sessions.own(caller);
      if (session.bound || (session.way !== "passkey" && session.way !== "oidc")) {
        throw new CodedError(
          "not-allowed",
          "Expected a session that began with a passkey of one's own: this one was let in by its organisation alone, and opens no other",
        );
      }
      await database.transaction("gatekeeper", async (transaction) => {
        const { id } = await inForce(transaction, secret);
        const link = await take(transaction, secret, id);
        const { organisation_id: organisation, role } = link;
        if (link.purpose !== "invitation" || organisation === null || role === null) throw credentialRefused();
        await refuseForeignInvitation(transaction, link);
        const atMs = clock();
        const { name, email } = introduced(link, { name: session.name, email: undefined, organisation: undefined });
        await admitMember(transaction, { organisation, person: caller.person, name, email, role, atMs });
        await moveSession(transaction, caller.person, session.id, organisation);
        const details = { by: "invitation", name, email, role };
        await recordAudit(transaction, {
          organisation,
          person: caller.person,
          verb: "member.joined",
          subject: `member:${caller.person}`,
          details,
          atMs,
        });
      });
      return sessions.describe({ person: caller.person, id: session.id });
    },
    createInvitationLink: async (caller, { name, email, role }, host, organisation = caller.organisation) => {
      if (organisation !== caller.organisation && !caller.verbs.includes("installation.manage")) {
        throw new CodedError("not-allowed", "organisation: expected one's own, or the right installation.manage", {
          place: "organisation",
        });
      }
      if (
        organisation !== caller.organisation &&
        (await database.transaction("gatekeeper", (it) => hasAdministratorOf(it, organisation)))
      ) {
        throw hasItsOwnAdministrator();
      }
      const issued = newLink(linkOrigin(served, host), "join", MEMBER_LINK_MS);
      await database.transaction(caller.actor, async (transaction) => {
        if ((await readOrganisationName(transaction, organisation)) === undefined) {
          throw new CodedError("not-found", "organisation: expected one of this installation, got none", { place: "organisation" });
        }
        const stored = { ...issued.stored, purpose: "invitation", organisation, name, email, role, issuedBy: caller.person } as const;
        const id = await insertLink(transaction, stored);
        await recordAudit(transaction, {
          organisation: caller.organisation,
          person: caller.person,
          verb: "member.invited",
          subject: `invitation:${id}`,
          details: { organisation, name, email, role },
          atMs: clock(),
        });
      });
      return issued.shown;
    },
    invitations: async (caller) => ({
      invitations: (await readInvitations(database, caller.actor, clock())).map((row) => ({
        id: row.id,
        organisation: { id: row.organisation_id, name: row.organisation_name },
        name: row.name,
        email: row.email,
        role: row.role,
        invitedAtMs: row.issued_at.getTime(),
        expiresAtMs: row.expires_at.getTime(),
      })),
    }),
    withdraw: async (caller, invitation) => {
      await database.transaction(caller.actor, async (transaction) => {
        const atMs = clock();
        if (!(await withdrawInvitation(transaction, invitation, atMs))) {
          throw new CodedError("not-found", "expected an invitation that is still open");
        }
        const { organisation, person } = caller;
        await recordAudit(transaction, {
          organisation,
          person,
          verb: "member.invitation-withdrawn",
          subject: `invitation:${invitation}`,
          atMs,
        });
      });
    },
    issueRecovery: async (caller, member, host) => {
      await sessions.own(caller);
      if (member === caller.person) throw new CodedError("not-allowed", "Expected another member: a recovery needs a second administrator");
      const issued = newLink(linkOrigin(served, host), "join", MEMBER_LINK_MS);
      await database.transaction(caller.actor, async (transaction) => {
        const found = await findMembership(transaction, caller.organisation, member);
        if (found === undefined || (await personKind(transaction, member)) !== "human") {
          throw new CodedError("not-found", "expected a person who is a member of this organisation, got none");
        }
        const which = { purpose: "recovery", organisation: caller.organisation, person: member } as const;
        const atMs = clock();
        await withdrawLinks(transaction, { ...which, atMs });
        await insertLink(transaction, { ...issued.stored, ...which, issuedBy: caller.person });
        const { organisation, person } = caller;
        const details = { name: found.name };
        await recordAudit(transaction, {
          organisation,
          person,
          verb: "member.recovery-link-issued",
          subject: `member:${member}`,
          details,
          atMs,
        });
      });
      return issued.shown;
    },
    issueForAdministrator: async (email, origin) => {
      const first = await firstAdministrator(origin);
      if (first !== undefined) return first;
      if (email === undefined) {
        throw new CodedError("input-invalid", "email: expected the address of an administrator, got none; there is one already", {
          place: "email",
        });
      }
      const issued = newLink(origin, "join", MEMBER_LINK_MS);
      const administrator = await database.transaction("gatekeeper", async (transaction) => {
        const found = (await membersByEmail(transaction, email)).find(({ role }) => role === "administrator");
        if (found === undefined)
          throw new CodedError("not-found", `email: expected the address of an administrator, got ${email}`, { place: "email" });
        const which = { purpose: "recovery", organisation: found.organisation_id, person: found.person_id } as const;
        await withdrawLinks(transaction, { ...which, atMs: clock() });
        await insertLink(transaction, { ...issued.stored, ...which });
        await recordAudit(transaction, {
          organisation: found.organisation_id,
          person: undefined,
          verb: "administrator-link.issued",
          subject: `member:${found.person_id}`,
          details: { name: found.name, by: "local door" },
          atMs: clock(),
        });
        return { name: found.name, organisation: found.organisation_name };
      });
      return { ...issued.shown, administrator };
    },
    firstAdministrator,
  };

  async function firstAdministrator(origin: string): Promise<IssuedLink | undefined> {
    const issued = newLink(origin, "first-administrator", FIRST_LINK_MS);
    return database.transaction("gatekeeper", async (transaction) => {
      if (await hasAdministrator(transaction)) return undefined;
      await withdrawLinks(transaction, { purpose: "first-administrator", atMs: clock() });
      await insertLink(transaction, { ...issued.stored, purpose: "first-administrator" });
      return issued.shown;
    });
  }

  function newLink(
    origin: string,
    page: string,
    lifeMs: number,
  ): { shown: IssuedLink; stored: Pick<NewLink, "digest" | "atMs" | "expiresAtMs"> } {
    const secret = randomSecret();
    const atMs = clock();
    const expiresAtMs = atMs + lifeMs;
    // Behind the hash it reaches no server's log and no Referer.
    return { shown: { link: `${origin}/${page}#${secret}`, expiresAtMs }, stored: { digest: digests.ofNew(secret), atMs, expiresAtMs } };
  }

  async function inForce(transaction: Transaction, secret: string): Promise<StoredLink> {
    const link = await findLink(transaction, digests.ofKnown(secret), clock());
    if (link === undefined || link.purpose === "mailed") throw credentialRefused();
    return link;
  }

  /** Uses up the link of this secret, which must be the one that was asked about. */
  async function take(transaction: Transaction, secret: string, id: string): Promise<StoredLink> {
    const found = await inForce(transaction, secret);
    const taken = found.id === id ? await takeLink(transaction, id, clock()) : undefined;
    if (taken === undefined) throw credentialRefused();
    return taken;
  }

  async function ownerOf(transaction: Transaction, link: StoredLink, newcomer: Newcomer) {
    if (link.purpose !== "recovery") return { owner: { person: randomUUID(), ...introduced(link, newcomer) }, known: [] };
    invariant(link.organisation_id !== null && link.person_id !== null, "a recovery link is of a member");
    const member = await findMembership(transaction, link.organisation_id, link.person_id);
    if (member === undefined) throw credentialRefused();
    const owner = { person: member.person_id, name: member.name, email: member.email ?? member.name };
    return { owner, known: await passkeysOf(transaction, member.person_id) };
  }

  function refuseWherePasskeysWork(host: string | undefined): void {
    if (originStanding(served, host).kind === "unsuitable") return;
    throw new CodedError("unsupported", "Expected a passkey: recovery codes are for servers where passkeys cannot work");
  }
}

/** A device that has a passkey of this person already was told so; it made another all the same. */
async function orConflict<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!isStatementError(cause, "23505")) throw cause;
    throw new CodedError("conflict", "expected a new passkey, got one that is known already", { cause });
  }
}

import type { SignInWay, sessionSchema } from "../../contract/session-schema.ts";
import type { z } from "zod";
import { randomSecret } from "../../sealing/token.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { levelOf } from "../../vocabulary/level.ts";
import { verbsOf } from "../../vocabulary/organisation.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { SignActor } from "../actors/sign-actor.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Authenticate, Caller } from "../http/caller.ts";
import { refuseCrossSite } from "../http/cross-site.ts";
import { credentialRefused, statedCredential } from "../http/stated-credential.ts";
import type { CredentialDigests } from "./credential-digests.ts";
import { findMembership, type Membership, membershipsOf } from "./member-store.ts";
import type { ServedAs } from "./origin-standing.ts";
import { isSecure } from "./origin-standing.ts";
import { isSessionOver, LAST_USE_EVERY_MS, SESSION_MS, type SessionWorth, verbsOfSession } from "./session-rules.ts";
import {
  endOwnSession,
  endSession,
  findSession,
  insertSession,
  lastOrganisationOf,
  moveSession,
  readSessionById,
  type SessionOfMember,
  touchSession,
} from "./session-store.ts";
import { findToken, touchToken } from "./token-store.ts";

export type SessionAnswer = z.infer<typeof sessionSchema>;

/** A session that has just begun: its secret goes into the cookie and nowhere else. */
export type BegunSession = { readonly secret: string; readonly person: string; readonly id: string };

export type SignedIn = { readonly secret: string; readonly session: SessionAnswer };

export type Arrival = {
  readonly person: string;
  readonly way: SignInWay;
  readonly worth: SessionWorth;
  /** The one organisation that this way in opens; undefined = every one that the person is a member of. */
  readonly onlyOrganisation: string | undefined;
  /** Which of several to act for at first. */
  readonly organisation?: string;
  readonly agent: string | undefined;
};

export type SessionService = {
  readonly authenticate: Authenticate;
  /** @throws CodedError `credential-refused` when no organisation lets the person in */
  readonly begin: (transaction: Transaction, arrival: Arrival) => Promise<BegunSession>;
  readonly describe: (begun: Pick<BegunSession, "person" | "id">) => Promise<SessionAnswer>;
  /** The session that asks. @throws CodedError `not-allowed` for a token */
  readonly own: (caller: Caller) => Promise<SessionOfMember>;
  readonly switchOrganisation: (caller: Caller, organisation: string) => Promise<SessionAnswer>;
  readonly end: (caller: Caller, session: string) => Promise<void>;
  /** Ends the caller's session, if it is one and has not ended meanwhile. */
  readonly supersede: (caller: Caller) => Promise<void>;
};

export type SessionParts = {
  readonly database: Database;
  readonly digests: CredentialDigests;
  readonly sign: SignActor;
  readonly served: ServedAs;
  readonly clock: () => number;
};

/** With what a page says that nobody is before it: such a request is no use of the session. */
const UNATTENDED = "sluice-unattended";

export function createSessionService({ database, digests, sign, served, clock }: SessionParts): SessionService {
  return {
    authenticate: async (head) => {
      const stated = statedCredential(head, isSecure(served));
      if (stated === undefined) return undefined;
      if (stated.kind === "token") return callerOfToken(stated.secret);
      if (head.method !== "GET" && head.method !== "HEAD") refuseCrossSite(head, served, true);
      return callerOfSession(stated.secret, head.header(UNATTENDED) !== undefined);
    },
    begin,
    describe,
    own,
    switchOrganisation: async (caller, organisation) => {
      const session = await own(caller);
      await database.transaction("gatekeeper", async (transaction) => {
        const target = session.bound ? undefined : await findMembership(transaction, organisation, caller.person);
        if (target === undefined) throw new CodedError("not-found", "expected an organisation that this session may act for, got another");
        await moveSession(transaction, caller.person, session.id, organisation);
        const details = { from: caller.organisation };
        const subject = `session:${session.id}`;
        await recordAudit(transaction, { organisation, person: caller.person, verb: "session.switched", subject, details, atMs: clock() });
      });
      return describe({ person: caller.person, id: session.id });
    },
    end: async (caller, session) => {
      await own(caller);
      await database.transaction(caller.actor, async (transaction) => {
        const atMs = clock();
        if (!(await endOwnSession(transaction, session, atMs))) {
          throw new CodedError("not-found", "expected a session of yours that has not ended");
        }
        const { organisation, person } = caller;
        await recordAudit(transaction, { organisation, person, verb: "session.ended", subject: `session:${session}`, atMs });
      });
    },
    supersede: async (caller) => {
      if (caller.isToken) return;
      await database.transaction("gatekeeper", (transaction) => endSession(transaction, caller.person, caller.credential, clock()));
    },
  };

  async function callerOfSession(secret: string, isUnattended: boolean): Promise<Caller> {
    const session = await findSession(database, digests.ofKnown(secret));
    const nowMs = clock();
    if (session === undefined || isSessionOver(timesOf(session), nowMs)) throw credentialRefused();
    if (!isUnattended && nowMs - session.last_used_at.getTime() >= LAST_USE_EVERY_MS) {
      await touchSession(database, session.person_id, session.id, nowMs);
    }
    const statement = {
      person: session.person_id,
      organisation: session.organisation_id,
      floor: session.floor,
      secondFactor: session.second_factor,
    };
    return {
      ...statement,
      organisationKind: session.kind,
      role: session.role,
      verbs: verbsOfSession(session.way, verbsOf(session.role, session.kind)),
      isToken: false,
      credential: session.id,
      actor: sign({ ...statement, session: session.id }),
    };
  }

  async function callerOfToken(secret: string): Promise<Caller> {
    const token = await findToken(database, digests.ofKnown(secret));
    const nowMs = clock();
    if (token === undefined || token.expires_at.getTime() <= nowMs) throw credentialRefused();
    if (nowMs - (token.last_used_at?.getTime() ?? 0) >= LAST_USE_EVERY_MS) {
      await touchToken(database, token.organisation_id, token.id, nowMs);
    }
    const statement = {
      person: token.person_id,
      organisation: token.organisation_id,
      floor: token.floor,
      secondFactor: token.second_factor,
    };
    return {
      ...statement,
      organisationKind: token.kind,
      role: token.role,
      verbs: verbsOf(token.role, token.kind).filter((verb) => token.verbs.includes(verb)),
      isToken: true,
      credential: token.id,
      actor: sign({ ...statement, session: token.id }),
    };
  }

  async function begin(transaction: Transaction, arrival: Arrival): Promise<BegunSession> {
    const memberships = await membershipsOf(transaction, arrival.person);
    const open = memberships.filter(({ organisation_id }) => (arrival.onlyOrganisation ?? organisation_id) === organisation_id);
    const wanted = arrival.organisation ?? (await lastOrganisationOf(transaction, arrival.person));
    const acting = open.find(({ organisation_id }) => organisation_id === wanted) ?? open[0];
    if (acting === undefined) throw credentialRefused();
    const secret = randomSecret();
    const atMs = clock();
    const id = await insertSession(transaction, {
      person: arrival.person,
      organisation: acting.organisation_id,
      digest: digests.ofNew(secret),
      way: arrival.way,
      ...arrival.worth,
      bound: arrival.onlyOrganisation !== undefined,
      agent: arrival.agent?.slice(0, 300),
      atMs,
      expiresAtMs: atMs + SESSION_MS,
    });
    await recordAudit(transaction, {
      organisation: acting.organisation_id,
      person: arrival.person,
      verb: "session.started",
      subject: `session:${id}`,
      details: { way: arrival.way, shows: arrival.worth.floor, secondFactor: arrival.worth.secondFactor },
      atMs,
    });
    return { secret, person: arrival.person, id };
  }

  async function describe({ person, id }: Pick<BegunSession, "person" | "id">): Promise<SessionAnswer> {
    return database.transaction("gatekeeper", async (transaction) => {
      const session = await readSessionById(transaction, person, id);
      if (session === undefined) throw credentialRefused();
      const memberships = session.bound ? [] : await membershipsOf(transaction, person);
      return toAnswer(session, memberships);
    });
  }

  async function own(caller: Caller): Promise<SessionOfMember> {
    if (caller.isToken)
      throw new CodedError("not-allowed", "Expected a session of a person, got an access token, which changes no ways in");
    const session = await database.transaction("gatekeeper", (transaction) =>
      readSessionById(transaction, caller.person, caller.credential),
    );
    if (session === undefined) throw credentialRefused();
    return session;
  }
}

function toAnswer(session: SessionOfMember, memberships: readonly Membership[]): SessionAnswer {
  return {
    person: session.person_id,
    name: session.name,
    acting: { organisation: session.organisation_id, name: session.organisation_name, kind: session.kind, role: session.role },
    verbs: [...verbsOfSession(session.way, verbsOf(session.role, session.kind))],
    shows: levelOf(session.floor),
    secondFactor: session.second_factor,
    way: session.way,
    startedAtMs: session.started_at.getTime(),
    expiresAtMs: session.expires_at.getTime(),
    others: memberships
      .filter(({ organisation_id }) => organisation_id !== session.organisation_id)
      .map(({ organisation_id, organisation_name, kind, role }) => ({
        organisation: organisation_id,
        name: organisation_name,
        kind,
        role,
      })),
  };
}

function timesOf(session: SessionOfMember): { readonly lastUsedAtMs: number; readonly expiresAtMs: number } {
  return { lastUsedAtMs: session.last_used_at.getTime(), expiresAtMs: session.expires_at.getTime() };
}

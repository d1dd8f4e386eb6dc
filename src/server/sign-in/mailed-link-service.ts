import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { MailServer } from "../../connectors/smtp/smtp.ts";
import { randomSecret } from "../../sealing/token.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { credentialRefused } from "../http/stated-credential.ts";
import type { CredentialDigests } from "./credential-digests.ts";
import { countMailedLinks, findLink, insertLink, takeLink } from "./link-store.ts";
import { membersByEmail, type Membership } from "./member-store.ts";
import { originStanding, type ServedAs } from "./origin-standing.ts";
import type { RequestFrom } from "./passkey-service.ts";
import { WEAK_WORTH } from "./session-rules.ts";
import type { SessionService, SignedIn } from "./session-service.ts";

export const MAILED_LINK_MS = 10 * 60_000;
/** Links to one person within ten minutes. */
export const MAILED_LINKS = 3;
/** Mails under way at once; more are not sent. */
const AT_ONCE = 50;

export type MailedLinkService = {
  readonly isOffered: (host: string | undefined) => boolean;
  /** Answers at once and alike for every address; the mail follows. @throws CodedError `unsupported` where passkeys work or no mail is set up */
  readonly ask: (email: string, host: string | undefined) => void;
  readonly signIn: (link: string, from: RequestFrom) => Promise<SignedIn>;
  /** Resolves when no mail is under way. */
  readonly settled: () => Promise<void>;
};

export type MailedLinkParts = {
  readonly database: Database;
  readonly digests: CredentialDigests;
  readonly sessions: SessionService;
  /** Undefined = no mail goes out. */
  readonly mail: MailServer | undefined;
  readonly served: ServedAs;
  readonly clock: () => number;
  readonly log: Pick<Logger, "warn">;
};

export function createMailedLinkService(parts: MailedLinkParts): MailedLinkService {
  const { database, digests, sessions, mail, served, clock, log } = parts;
  const underWay = new Set<Promise<void>>();
  return {
    isOffered,
    ask: (email, host) => {
      if (mail === undefined || !isOffered(host)) {
        throw new CodedError("unsupported", "Expected a server where passkeys cannot work and mail is set up: links are mailed only there");
      }
      if (underWay.size >= AT_ONCE) return;
      const work = send(mail, email)
        .catch((error: unknown) => log.warn({ err: error }, "a link to sign in could not be mailed"))
        .finally(() => underWay.delete(work));
      underWay.add(work);
    },
    signIn: async (secret, { host, agent }) => {
      if (originStanding(served, host).kind !== "unsuitable") {
        throw new CodedError("unsupported", "Expected a passkey: mailed links are for servers where passkeys cannot work");
      }
      const begun = await database.transaction("gatekeeper", async (transaction) => {
        const found = await findLink(transaction, digests.ofKnown(secret), clock());
        const link = found?.purpose === "mailed" ? await takeLink(transaction, found.id, clock()) : undefined;
        if (link === undefined || link.person_id === null || link.organisation_id === null) throw credentialRefused();
        const { person_id: person, organisation_id: organisation } = link;
        return sessions.begin(transaction, {
          person,
          way: "mailed-link",
          worth: WEAK_WORTH,
          onlyOrganisation: organisation,
          organisation,
          agent,
        });
      });
      return { secret: begun.secret, session: await sessions.describe(begun) };
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };

  function isOffered(host: string | undefined): boolean {
    return mail !== undefined && originStanding(served, host).kind === "unsuitable";
  }

  async function send(server: MailServer, email: string): Promise<void> {
    const links = await database.transaction("gatekeeper", async (transaction) => {
      const made: { readonly member: Membership; readonly link: string }[] = [];
      for (const member of (await membersByEmail(transaction, email)).slice(0, 5)) {
        const nowMs = clock();
        if ((await countMailedLinks(transaction, member.person_id, nowMs - MAILED_LINK_MS)) >= MAILED_LINKS) continue;
        const secret = randomSecret();
        await insertLink(transaction, {
          digest: digests.ofNew(secret),
          purpose: "mailed",
          organisation: member.organisation_id,
          person: member.person_id,
          atMs: nowMs,
          expiresAtMs: nowMs + MAILED_LINK_MS,
        });
        made.push({ member, link: linkOf(served, secret) });
      }
      return made;
    });
    if (links.length === 0) return;
    const text = [
      "Somebody, probably you, asked to sign in to Sluice.",
      "",
      ...links.flatMap(({ member, link }) => [`For ${member.organisation_name}:`, link, ""]),
      served.publicUrl === undefined
        ? "Enter it on the page where you asked. It works once, for ten minutes, and shows nothing above the level notice."
        : "Each link works once, for ten minutes, and shows nothing above the level notice.",
      "Whoever did not ask for it can leave it: nothing happens until it is used.",
    ].join("\n");
    const delivery = await server.send({ id: randomUUID(), to: email, subject: "Sign in to Sluice", text }, AbortSignal.timeout(60_000));
    if (delivery.kind !== "delivered") log.warn({ reason: delivery.reason }, "a link to sign in could not be mailed");
  }
}

/** Threat: whoever asks chooses the Host of the request, and a link made from it would lead to them. Without PUBLIC_URL the key goes alone. */
function linkOf({ publicUrl }: ServedAs, secret: string): string {
  return publicUrl === undefined ? secret : `${new URL(publicUrl).origin}/sign-in/link#${secret}`;
}

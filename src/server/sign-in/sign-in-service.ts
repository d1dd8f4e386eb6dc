import type { Logger } from "pino";
import type { Oidc } from "../../connectors/oidc/oidc.ts";
import type { MailServer } from "../../connectors/smtp/smtp.ts";
import type { AnswerOf } from "../../contract/endpoint.ts";
import type { signInWays } from "../../contract/endpoints/sign-in.ts";
import type { KeyRing } from "../../sealing/key-ring.ts";
import type { SignActor } from "../actors/sign-actor.ts";
import type { Database } from "../database/database.ts";
import { type AccountService, createAccountService } from "./account-service.ts";
import { credentialDigests } from "./credential-digests.ts";
import { createLinkService, type LinkService } from "./link-service.ts";
import { createMailedLinkService, type MailedLinkService } from "./mailed-link-service.ts";
import { hasAdministrator } from "./member-store.ts";
import { isSecure, originStanding, type ServedAs } from "./origin-standing.ts";
import { createPasskeyService, type PasskeyService } from "./passkey-service.ts";
import { createRecoveryCodeService, type RecoveryCodeService } from "./recovery-code-service.ts";
import { createSessionService, type SessionService } from "./session-service.ts";
import { createSignOnService, type SignOnService } from "./sign-on-service.ts";
import { hasSignOn } from "./sign-on-store.ts";
import { createTokenService, type TokenService } from "./token-service.ts";

/** How people and machines prove who they are, by noun. */
export type SignInService = {
  readonly ways: (host: string | undefined) => Promise<AnswerOf<typeof signInWays>>;
  readonly sessions: SessionService;
  readonly passkeys: PasskeyService;
  readonly links: LinkService;
  readonly signOns: SignOnService;
  readonly mailedLinks: MailedLinkService;
  readonly recoveryCodes: RecoveryCodeService;
  readonly tokens: TokenService;
  readonly accounts: AccountService;
  readonly served: ServedAs;
  /** Cookies of this installation are for https alone. */
  readonly isSecure: boolean;
  readonly close: () => Promise<void>;
};

export type SignInParts = {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly sign: SignActor;
  readonly oidc: Oidc;
  /** Undefined = no mail goes out. */
  readonly mail: MailServer | undefined;
  readonly served: ServedAs;
  readonly clock: () => number;
  readonly log: Pick<Logger, "warn">;
};

export function createSignInService(parts: SignInParts): SignInService {
  const { database, served } = parts;
  const digests = credentialDigests(parts.keys);
  const sessions = createSessionService({ ...parts, digests });
  const passkeys = createPasskeyService({ ...parts, digests, sessions });
  const mailedLinks = createMailedLinkService({ ...parts, digests, sessions });
  return {
    ways: async (host) => {
      const standing = originStanding(served, host);
      const known = await database.transaction("gatekeeper", async (transaction) => ({
        signOn: await hasSignOn(transaction),
        needsFirstAdministrator: !(await hasAdministrator(transaction)),
      }));
      return {
        server: { name: new URL(standing.origin).hostname, address: standing.origin },
        standing: standing.kind,
        missing: standing.kind === "unsuitable" ? [...standing.missing] : [],
        recoveryCode: standing.kind === "unsuitable",
        mailedLink: mailedLinks.isOffered(host),
        ...known,
      };
    },
    sessions,
    passkeys,
    links: createLinkService({ ...parts, digests, passkeys, sessions }),
    signOns: createSignOnService({ ...parts, digests, sessions }),
    mailedLinks,
    recoveryCodes: createRecoveryCodeService({ ...parts, digests, sessions }),
    tokens: createTokenService({ ...parts, digests }),
    accounts: createAccountService({ ...parts, digests, passkeys, sessions }),
    served,
    isSecure: isSecure(served),
    close: async () => {
      await mailedLinks.settled();
      parts.oidc.close();
    },
  };
}

import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/server";
import type { z } from "zod";
import type { newPasskeySchema, passkeyAnswerSchema } from "../../contract/passkey-schemas.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { credentialRefused } from "../http/stated-credential.ts";
import { keepChallenge, takeChallenge } from "./challenge-store.ts";
import type { CredentialDigests } from "./credential-digests.ts";
import { originStanding, type ServedAs } from "./origin-standing.ts";
import {
  authenticationOptions,
  CEREMONY_MS,
  challengeAnswered,
  type KnownPasskey,
  type NewPasskey,
  type PasskeyOwner,
  personOfHandle,
  registrationOptions,
  type RelyingParty,
  verifyAuthentication,
  verifyRegistration,
} from "./passkey-ceremony.ts";
import { advancePasskey, findPasskey } from "./passkey-store.ts";
import { PASSKEY_WORTH } from "./session-rules.ts";
import type { SessionService, SignedIn } from "./session-service.ts";

export type PasskeyService = {
  readonly ask: (host: string | undefined) => Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** @throws CodedError `challenge-refused`, `credential-refused` */
  readonly signIn: (answer: z.output<typeof passkeyAnswerSchema>, from: RequestFrom) => Promise<SignedIn>;
  /** Asks for a new passkey of `owner`; `content` is given back by `takeNew`. */
  readonly askNew: (
    owner: PasskeyOwner,
    known: readonly KnownPasskey[],
    content: unknown,
    host: string | undefined,
  ) => Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** @throws CodedError `challenge-refused` */
  readonly takeNew: (
    answer: z.output<typeof newPasskeySchema>,
    host: string | undefined,
  ) => Promise<{ readonly passkey: NewPasskey; readonly content: unknown }>;
};

/** What a browser's request says of where it came from. */
export type RequestFrom = { readonly host: string | undefined; readonly agent: string | undefined };

export type PasskeyParts = {
  readonly database: Database;
  readonly digests: CredentialDigests;
  readonly sessions: SessionService;
  readonly served: ServedAs;
  readonly clock: () => number;
};

export function createPasskeyService({ database, digests, sessions, served, clock }: PasskeyParts): PasskeyService {
  return {
    ask: async (host) => {
      const options = await authenticationOptions(party(host));
      await keep(options.challenge, "passkey-sign-in", {});
      return options;
    },
    signIn: async (answer, { host, agent }) => {
      const relyingParty = party(host);
      const challenge = challengeAnswered(answer.response.clientDataJSON);
      const person = personOfHandle(answer.response.userHandle);
      await take(challenge, "passkey-sign-in");
      const passkey =
        person === undefined
          ? undefined
          : await database.transaction("gatekeeper", (transaction) => findPasskey(transaction, person, answer.id));
      if (person === undefined || passkey === undefined) throw credentialRefused();
      const { response } = answer;
      const verified = await verifyAuthentication(
        relyingParty,
        challenge,
        { ...answer, response: { ...response, userHandle: response.userHandle ?? "" } },
        passkey,
      );
      const begun = await database.transaction("gatekeeper", async (transaction) => {
        const use = { person, id: passkey.id, from: passkey.counter, ...verified, atMs: clock() };
        if (!(await advancePasskey(transaction, use))) throw credentialRefused();
        return sessions.begin(transaction, {
          person,
          way: "passkey",
          worth: PASSKEY_WORTH,
          onlyOrganisation: passkey.onlyOrganisation,
          agent,
        });
      });
      return { secret: begun.secret, session: await sessions.describe(begun) };
    },
    askNew: async (owner, known, content, host) => {
      const options = await registrationOptions(party(host), owner, known);
      await keep(options.challenge, "passkey-new", content);
      return options;
    },
    takeNew: async (answer, host) => {
      const relyingParty = party(host);
      const challenge = challengeAnswered(answer.response.clientDataJSON);
      const content = await take(challenge, "passkey-new");
      const transports = answer.response.transports as ("internal" | "usb")[];
      const passkey = await verifyRegistration(relyingParty, challenge, { ...answer, response: { ...answer.response, transports } });
      return { passkey, content };
    },
  };

  function party(host: string | undefined): RelyingParty {
    const standing = originStanding(served, host);
    switch (standing.kind) {
      case "suitable":
        return { id: standing.relyingPartyId, origin: standing.origin };
      case "elsewhere":
        throw new CodedError("unsupported", `Passkeys of this server work at ${standing.origin}, not under the address that was asked`);
      case "unsuitable":
        throw new CodedError(
          "unsupported",
          `Passkeys cannot work at ${standing.origin}: expected ${standing.missing.join(" and ")} to be set. Whoever runs this server can do that`,
        );
    }
  }

  async function keep(challenge: string, purpose: "passkey-sign-in" | "passkey-new", content: unknown): Promise<void> {
    const nowMs = clock();
    await database.transaction("gatekeeper", (transaction) =>
      keepChallenge(transaction, { digest: digests.ofNew(challenge), purpose, content, nowMs, expiresAtMs: nowMs + CEREMONY_MS }),
    );
  }

  /** Committed before anything else is looked at: whatever the answer is worth, it cannot be given twice. */
  async function take(challenge: string, purpose: "passkey-sign-in" | "passkey-new"): Promise<unknown> {
    const content = await database.transaction("gatekeeper", (transaction) =>
      takeChallenge(transaction, digests.ofKnown(challenge), purpose, clock()),
    );
    if (content === undefined) {
      throw new CodedError("challenge-refused", "expected the answer to a challenge of the last five minutes that has no answer yet");
    }
    return content;
  }
}

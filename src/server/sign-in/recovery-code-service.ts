import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { credentialRefused } from "../http/stated-credential.ts";
import type { CredentialDigests } from "./credential-digests.ts";
import { originStanding, type ServedAs } from "./origin-standing.ts";
import type { RequestFrom } from "./passkey-service.ts";
import { takeRecoveryCode } from "./recovery-code-store.ts";
import { parseRecoveryCode } from "./recovery-codes.ts";
import { WEAK_WORTH } from "./session-rules.ts";
import type { SessionService, SignedIn } from "./session-service.ts";

export type RecoveryCodeService = {
  /** @throws CodedError `credential-refused`, `unsupported` where passkeys work */
  readonly signIn: (typed: string, from: RequestFrom) => Promise<SignedIn>;
};

export type RecoveryCodeParts = {
  readonly database: Database;
  readonly digests: CredentialDigests;
  readonly sessions: SessionService;
  readonly served: ServedAs;
  readonly clock: () => number;
};

export function createRecoveryCodeService({ database, digests, sessions, served, clock }: RecoveryCodeParts): RecoveryCodeService {
  return {
    signIn: async (typed, { host, agent }) => {
      if (originStanding(served, host).kind !== "unsuitable") {
        throw new CodedError("unsupported", "Expected a passkey: recovery codes are for servers where passkeys cannot work");
      }
      const code = parseRecoveryCode(typed);
      if (code === undefined) {
        throw new CodedError("input-invalid", "code: expected sixteen letters and digits, such as 7K3M-Q0ZD-4RTN-9HXW", { place: "code" });
      }
      const begun = await database.transaction("gatekeeper", async (transaction) => {
        const used = await takeRecoveryCode(transaction, digests.ofKnown(code), clock());
        if (used === undefined) throw credentialRefused();
        return sessions.begin(transaction, { ...used, way: "recovery-code", worth: WEAK_WORTH, agent });
      });
      return { secret: begun.secret, session: await sessions.describe(begun) };
    },
  };
}

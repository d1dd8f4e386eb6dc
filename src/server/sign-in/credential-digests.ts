import type { KeyRing } from "../../sealing/key-ring.ts";
import { secretDigest } from "../../sealing/token.ts";

/** What the database keeps of a secret, and what a secret that comes back may stand there as while keys overlap. */
export type CredentialDigests = {
  readonly ofNew: (secret: string) => Uint8Array;
  readonly ofKnown: (secret: string) => readonly Uint8Array[];
};

export function credentialDigests(keys: Pick<KeyRing, "current" | "accepted">): CredentialDigests {
  return {
    ofNew: (secret) => secretDigest(keys.current("token").secret, secret),
    ofKnown: (secret) => keys.accepted("token").map((key) => secretDigest(key.secret, secret)),
  };
}

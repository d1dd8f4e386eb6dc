import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { CodedError } from "../../vocabulary/coded-error.ts";

/** Whom passkeys are made for: this server under one name. */
export type RelyingParty = { readonly id: string; readonly origin: string };

export type PasskeyOwner = { readonly person: string; readonly name: string; readonly email: string };

/** A passkey as the server keeps it: nothing of it is secret. */
export type KnownPasskey = {
  readonly credentialId: string;
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
};

export type NewPasskey = KnownPasskey & { readonly synced: boolean };

/** ES256, EdDSA, RS256 (RFC 9053): what authenticators in use can sign with. */
const ALGORITHMS = [-7, -8, -257];
export const CEREMONY_MS = 5 * 60_000;

/** A passkey that finds itself (discoverable) and asks for finger, face or PIN, so that it is two factors in one. */
export function registrationOptions(
  party: RelyingParty,
  owner: PasskeyOwner,
  known: readonly KnownPasskey[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return generateRegistrationOptions({
    rpName: "Sluice",
    rpID: party.id,
    userID: handleOf(owner.person),
    userName: owner.email,
    userDisplayName: owner.name,
    timeout: CEREMONY_MS,
    attestationType: "none",
    supportedAlgorithmIDs: ALGORITHMS,
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    excludeCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports: [...transports] })),
  });
}

/** @throws CodedError `challenge-refused` */
export async function verifyRegistration(party: RelyingParty, challenge: string, response: RegistrationResponseJSON): Promise<NewPasskey> {
  const verified = await orRefused(() =>
    verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      supportedAlgorithmIDs: ALGORITHMS,
      requireUserVerification: true,
    }),
  );
  if (!verified.verified) throw refused("the new passkey's own statement does not verify");
  const { credential, credentialBackedUp } = verified.registrationInfo;
  return {
    credentialId: credential.id,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: (credential.transports ?? []).slice(0, 10),
    synced: credentialBackedUp,
  };
}

export function authenticationOptions(party: RelyingParty): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({ rpID: party.id, timeout: CEREMONY_MS, userVerification: "required" });
}

/** The signature counter to keep. A counter that went back means a copied authenticator (WebAuthn §6.1.1). @throws CodedError `challenge-refused` */
export async function verifyAuthentication(
  party: RelyingParty,
  challenge: string,
  response: AuthenticationResponseJSON,
  passkey: KnownPasskey,
): Promise<{ readonly counter: number; readonly synced: boolean }> {
  const { verified, authenticationInfo } = await orRefused(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: { id: passkey.credentialId, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter },
      requireUserVerification: true,
    }),
  );
  if (!verified) throw refused("the signature is not of this passkey");
  return { counter: authenticationInfo.newCounter, synced: authenticationInfo.credentialBackedUp };
}

/** The challenge that a response says it answers; the server must know it and forget it before it looks further. @throws CodedError `challenge-refused` */
export function challengeAnswered(clientDataJson: string): string {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJson, "base64url").toString("utf8")) as { readonly challenge?: unknown };
    if (typeof challenge === "string" && challenge.length <= 200) return challenge;
  } catch (cause) {
    throw refused("it holds no client data", cause);
  }
  throw refused("it answers no challenge");
}

/** The person that a passkey says it belongs to (its user handle); undefined when that is none of ours. */
export function personOfHandle(handle: string | undefined): string | undefined {
  const hex = Buffer.from(handle ?? "", "base64url").toString("hex");
  return /^[\da-f]{32}$/.test(hex) ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") : undefined;
}

function handleOf(person: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(person.replaceAll("-", ""));
}

async function orRefused<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (cause) {
    throw refused((cause as Error).message, cause);
  }
}

/** What the passkey was refused for is told: it says nothing about anybody else. */
function refused(reason: string, cause?: unknown): CodedError {
  return new CodedError("challenge-refused", `expected the answer of a passkey to the challenge of a moment ago: ${reason}`, { cause });
}

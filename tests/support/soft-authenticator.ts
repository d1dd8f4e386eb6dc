import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";

/** What a browser or an authenticator may get wrong, or be made to. */
export type Deviation = {
  readonly origin?: string;
  readonly relyingPartyId?: string;
  readonly challenge?: string;
  readonly counter?: number;
  readonly userVerified?: boolean;
  readonly spoiltSignature?: boolean;
};

/** Of `navigator.credentials.create`'s options, what it looks at. */
export type CreationQuestion = {
  readonly challenge: string;
  readonly rp: { readonly id?: string | undefined };
  readonly user: { readonly id: string };
};
/** The same of `navigator.credentials.get`. */
export type RequestQuestion = { readonly challenge: string; readonly rpId?: string | undefined };

/** An authenticator and the browser before it, in software: ES256, no attestation, discoverable credentials. */
export type SoftAuthenticator = {
  readonly create: (options: CreationQuestion, deviation?: Deviation) => RegistrationResponseJSON;
  /** Answers with the newest credential for the relying party. */
  readonly get: (options: RequestQuestion, deviation?: Deviation) => AuthenticationResponseJSON;
};

type Credential = {
  readonly id: Buffer;
  readonly relyingPartyId: string;
  readonly handle: string;
  readonly privateKey: KeyObject;
  counter: number;
};

const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;

/** The browser is at `origin`. */
export function softAuthenticator(origin: string): SoftAuthenticator {
  const held: Credential[] = [];
  return {
    create: ({ challenge, rp, user }, deviation = {}) => {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const credential = { id: randomBytes(32), relyingPartyId: rp.id ?? "", handle: user.id, privateKey, counter: 0 };
      held.push(credential);
      const id = credential.id.toString("base64url");
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credential.id.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, credential.id, coseKey(publicKey)]);
      const statement = Buffer.concat([authenticatorData(credential, ATTESTED, deviation), attested]);
      return {
        id,
        rawId: id,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData("webauthn.create", challenge, origin, deviation).toString("base64url"),
          attestationObject: attestationObject(statement).toString("base64url"),
          transports: ["internal"],
        },
      };
    },
    get: ({ challenge, rpId }, deviation = {}) => {
      const credential = held.findLast(({ relyingPartyId }) => relyingPartyId === rpId);
      if (credential === undefined) throw new Error(`no passkey for ${rpId}`);
      credential.counter += 1;
      const id = credential.id.toString("base64url");
      const data = authenticatorData(credential, 0, deviation);
      const client = clientData("webauthn.get", challenge, origin, deviation);
      const signature = sign("sha256", Buffer.concat([data, createHash("sha256").update(client).digest()]), credential.privateKey);
      if (deviation.spoiltSignature === true) signature.writeUInt8(signature.readUInt8(12) ^ 1, 12);
      return {
        id,
        rawId: id,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString("base64url"),
          authenticatorData: data.toString("base64url"),
          signature: signature.toString("base64url"),
          userHandle: credential.handle,
        },
      };
    },
  };
}

function clientData(type: string, challenge: string, origin: string, deviation: Deviation): Buffer {
  return Buffer.from(
    JSON.stringify({ type, challenge: deviation.challenge ?? challenge, origin: deviation.origin ?? origin, crossOrigin: false }),
  );
}

/** WebAuthn §6.1. */
function authenticatorData(credential: Credential, flags: number, deviation: Deviation): Buffer {
  const relyingParty = createHash("sha256")
    .update(deviation.relyingPartyId ?? credential.relyingPartyId)
    .digest();
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(deviation.counter ?? credential.counter);
  return Buffer.concat([relyingParty, Buffer.from([flags | PRESENT | (deviation.userVerified === false ? 0 : VERIFIED)]), counter]);
}

/** CBOR of `{fmt: "none", attStmt: {}, authData}`. */
function attestationObject(authData: Buffer): Buffer {
  const head = Buffer.from([0xa3, 0x63, ...Buffer.from("fmt"), 0x64, ...Buffer.from("none"), 0x67, ...Buffer.from("attStmt"), 0xa0]);
  return Buffer.concat([
    head,
    Buffer.from([0x68, ...Buffer.from("authData"), 0x59, authData.length >> 8, authData.length & 0xff]),
    authData,
  ]);
}

/** RFC 9053 §7.1.1: `{1: 2, 3: -7, -1: 1, -2: x, -3: y}`. */
function coseKey(publicKey: KeyObject): Buffer {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const coordinate = (label: number, text: string): Buffer =>
    Buffer.concat([Buffer.from([label, 0x58, 32]), Buffer.from(text, "base64url")]);
  return Buffer.concat([Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]), coordinate(0x21, x), coordinate(0x22, y)]);
}

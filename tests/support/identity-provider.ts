import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from "jose";

/** What the next ID tokens say that they should not; absent = nothing. */
export type Misstatement = {
  readonly issuer?: string;
  readonly audience?: string;
  readonly nonce?: string;
  readonly expiresInS?: number;
  /** Signed with a key that the provider does not publish. */
  readonly foreignKey?: boolean;
  readonly omitIdToken?: boolean;
};

/** An OpenID Connect provider of one client on loopback, which signs in whom it is told without asking. */
export type IdentityProvider = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The next sign-ins are of this subject. */
  readonly signInAs: (subject: string, claims?: Readonly<Record<string, unknown>>) => void;
  readonly misstate: (misstatement: Misstatement) => void;
  /** From now on signs with a new key, and publishes no other. */
  readonly rotateKey: () => Promise<void>;
  /** Follows the authorization request as a browser does; the query with which it is sent back. */
  readonly authorize: (url: string) => Promise<string>;
  readonly close: () => Promise<void>;
};

type Grant = { readonly redirectUri: string; readonly challenge: string; readonly nonce: string | undefined; readonly subject: string };
type SigningKey = { readonly id: string; readonly privateKey: CryptoKey; readonly publicJwk: JWK };

export async function openIdentityProvider(): Promise<IdentityProvider> {
  const clientId = "sluice";
  const clientSecret = randomUUID();
  const grants = new Map<string, Grant>();
  let key = await newSigningKey();
  let subject = "somebody";
  let claims: Readonly<Record<string, unknown>> = {};
  let misstatement: Misstatement = {};
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", issuer);
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return json(response, 200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["ES256"],
        });
      case "/keys":
        return json(response, 200, { keys: [key.publicJwk] });
      case "/authorize":
        return authorized(url.searchParams, response);
      case "/token":
        return token(request, response);
      default:
        return json(response, 404, {});
    }
  }

  function authorized(asked: URLSearchParams, response: ServerResponse): void {
    const redirectUri = asked.get("redirect_uri") ?? "";
    const code = randomUUID();
    grants.set(code, { redirectUri, challenge: asked.get("code_challenge") ?? "", nonce: asked.get("nonce") ?? undefined, subject });
    const back = new URL(redirectUri);
    back.searchParams.set("code", code);
    back.searchParams.set("state", asked.get("state") ?? "");
    response.writeHead(303, { location: back.href }).end();
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const basic = Buffer.from((request.headers.authorization ?? "").replace("Basic ", ""), "base64").toString("utf8");
    // RFC 6749 §2.3.1: both parts are form-encoded first.
    if (decodeURIComponent(basic) !== `${clientId}:${clientSecret}`) return json(response, 401, { error: "invalid_client" });
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString("utf8"));
    const grant = grants.get(form.get("code") ?? "");
    grants.delete(form.get("code") ?? "");
    const proof = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (grant === undefined || grant.challenge !== proof || grant.redirectUri !== form.get("redirect_uri")) {
      return json(response, 400, { error: "invalid_grant" });
    }
    const base = { access_token: randomUUID(), token_type: "Bearer", expires_in: 60 };
    return json(response, 200, misstatement.omitIdToken === true ? base : { ...base, id_token: await idToken(grant) });
  }

  async function idToken(grant: Grant): Promise<string> {
    const nowS = Math.floor(Date.now() / 1000);
    const expiresInS = misstatement.expiresInS ?? 60;
    const signing = misstatement.foreignKey === true ? { ...(await newSigningKey()), id: key.id } : key;
    return new SignJWT({ ...claims, nonce: misstatement.nonce ?? grant.nonce })
      .setProtectedHeader({ alg: "ES256", kid: signing.id })
      .setIssuer(misstatement.issuer ?? issuer)
      .setAudience(misstatement.audience ?? clientId)
      .setSubject(grant.subject)
      .setIssuedAt(Math.min(nowS, nowS + expiresInS - 1))
      .setExpirationTime(nowS + expiresInS)
      .sign(signing.privateKey);
  }

  return {
    issuer,
    clientId,
    clientSecret,
    signInAs: (next, nextClaims = {}) => {
      subject = next;
      claims = nextClaims;
    },
    misstate: (next) => {
      misstatement = next;
    },
    rotateKey: async () => {
      key = await newSigningKey();
    },
    authorize: async (url) => {
      const response = await fetch(url, { redirect: "manual" });
      return new URL(response.headers.get("location") ?? "").search;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function newSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const id = randomUUID();
  return { id, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid: id, alg: "ES256", use: "sig" } };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

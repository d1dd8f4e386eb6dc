import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  type IDToken,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { CodedError, isCodedError } from "../../vocabulary/coded-error.ts";
import type { Connector } from "../connector.ts";
import { openExchange, type ExchangeOptions } from "../outgoing/exchange.ts";
import { NetworkFailure } from "../outgoing/network-failure.ts";
import { guardedFetch } from "./guarded-fetch.ts";

export const oidc: Connector = {
  id: "oidc",
  title: "An organisation's own sign-on: an OpenID Connect provider at an https URL",
};

export type OidcProvider = { readonly issuer: string; readonly clientId: string; readonly clientSecret: string | undefined };

/** What the answer is held against; kept by the server between sending somebody away and their return. */
export type OidcAttempt = { readonly state: string; readonly nonce: string; readonly codeVerifier: string };

/** Whom the provider says it has before it. */
export type OidcIdentity = {
  readonly subject: string;
  readonly email: string | undefined;
  /** Authentication methods (RFC 8176), as far as the provider names them. */
  readonly methods: readonly string[];
};

export type Oidc = {
  /** Where to send the browser. @throws CodedError `feed-unreachable`, `feed-invalid` when the issuer is no provider */
  readonly begin: (
    provider: OidcProvider,
    redirectUri: string,
    loginHint?: string,
  ) => Promise<{ readonly url: string; readonly attempt: OidcAttempt }>;
  /**
   * Redeems what the browser came back with: `returned` is the whole query. State, issuer, PKCE, signature, audience, nonce and times are checked.
   * @throws CodedError `challenge-refused`, `feed-unreachable`, `feed-invalid`
   */
  readonly finish: (provider: OidcProvider, redirectUri: string, returned: string, attempt: OidcAttempt) => Promise<OidcIdentity>;
  readonly close: () => void;
};

export type OidcOptions = Pick<ExchangeOptions, "allowedPrivateHosts" | "resolve">;

const TIMEOUT_S = 15;

/**
 * Signs people in at their organisation's provider: authorization code with PKCE, state and nonce. The provider's metadata and keys are read
 * anew each time, so that rotated keys need no waiting.
 */
export function openOidc(options: OidcOptions): Oidc {
  const exchange = openExchange({ connectTimeoutMs: 10_000, idleTimeoutMs: 15_000, ...options });
  const fetch = guardedFetch(exchange);
  return {
    begin: async (provider, redirectUri, loginHint) => {
      const configuration = await discover(provider, fetch);
      const attempt = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
      const url = buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: "openid email",
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: "S256",
        ...(loginHint === undefined ? {} : { login_hint: loginHint }),
      });
      return { url: url.href, attempt };
    },
    finish: async (provider, redirectUri, returned, attempt) => {
      const configuration = await discover(provider, fetch);
      const current = new URL(redirectUri);
      current.search = returned;
      const claims = await redeem(configuration, current, attempt);
      return {
        subject: claims.sub,
        email: typeof claims["email"] === "string" ? claims["email"] : undefined,
        methods: Array.isArray(claims["amr"]) ? claims["amr"].filter((method) => typeof method === "string") : [],
      };
    },
    close: exchange.close,
  };
}

async function discover(provider: OidcProvider, fetch: ReturnType<typeof guardedFetch>): Promise<Configuration> {
  const issuer = URL.parse(provider.issuer);
  if (issuer === null) throw new CodedError("feed-invalid", `expected the issuer's URL, got ${JSON.stringify(provider.issuer)}`);
  const authentication = provider.clientSecret === undefined ? None() : ClientSecretBasic(provider.clientSecret);
  try {
    return await discovery(issuer, provider.clientId, undefined, authentication, {
      [customFetch]: fetch,
      timeout: TIMEOUT_S,
      // The signature of the ID token is checked even though it came over TLS. Plain http passes for hosts that an administrator listed only.
      execute: [enableNonRepudiationChecks, ...(issuer.protocol === "http:" ? [allowInsecureRequests] : [])],
    });
  } catch (cause) {
    throw (
      unreachable(cause, provider) ??
      new CodedError("feed-invalid", `expected an OpenID Connect provider at ${provider.issuer}: ${reasonOf(cause)}`, { cause })
    );
  }
}

async function redeem(configuration: Configuration, current: URL, attempt: OidcAttempt): Promise<IDToken> {
  try {
    const answer = await authorizationCodeGrant(configuration, current, {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.codeVerifier,
      idTokenExpected: true,
    });
    const claims = answer.claims();
    if (claims !== undefined) return claims;
  } catch (cause) {
    throw unreachable(cause, undefined) ?? refused(reasonOf(cause), cause);
  }
  throw refused("it holds no ID token");
}

/** The refusal or failure of the connection that the library's error came from; undefined = it is about what was answered. */
function unreachable(error: unknown, provider: OidcProvider | undefined): CodedError | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (isCodedError(cause)) return cause;
    if (cause instanceof NetworkFailure || cause.name === "TimeoutError") {
      return new CodedError("feed-unreachable", `expected an answer from ${provider?.issuer ?? "the sign-on"}, got ${cause.message}`, {
        cause: error,
      });
    }
  }
  return undefined;
}

function refused(reason: string, cause?: unknown): CodedError {
  return new CodedError("challenge-refused", `expected the sign-on's answer to the question of a moment ago: ${reason}`, { cause });
}

const MAX_REASON = 200;

/** The library's own sentence; what the provider wrote is not repeated. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, MAX_REASON) : "unknown";
}

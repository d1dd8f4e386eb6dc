import { isToken } from "../../sealing/token.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { RequestHead } from "./caller.ts";
import { readCookie, sessionCookieName } from "./session-cookie.ts";

export type StatedCredential = { readonly kind: "token" | "session"; readonly secret: string };

/** What a request shows of itself: `Authorization: Bearer slu_…`, or else the session's cookie. @throws CodedError `credential-refused` for any other Authorization */
export function statedCredential({ header }: Pick<RequestHead, "header">, secure: boolean): StatedCredential | undefined {
  const authorization = header("authorization");
  if (authorization !== undefined) {
    const token = /^bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined || !isToken(token)) throw credentialRefused();
    return { kind: "token", secret: token };
  }
  const secret = readCookie(header("cookie"), sessionCookieName(secure));
  if (secret === undefined) return undefined;
  if (!/^[\w-]{43}$/.test(secret)) throw credentialRefused();
  return { kind: "session", secret };
}

/** One sentence for unknown, expired, revoked and malformed: which it is would tell a thief what was stolen. */
export function credentialRefused(): CodedError {
  return new CodedError(
    "credential-refused",
    "Expected a session or an access token that is in force. Sign in again at /sign-in, or have a new token issued",
  );
}

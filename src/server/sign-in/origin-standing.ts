import { isIP } from "node:net";
import type { Config } from "../config.ts";
import { isLoopback } from "../http/host-guard.ts";

/** What a browser that came under one address can do there. Passkeys belong to a name and need a secure context (WebAuthn §5.1.3, §13.4.9). */
export type OriginStanding =
  /** Passkeys work, for this relying party. */
  | { readonly kind: "suitable"; readonly origin: string; readonly relyingPartyId: string }
  /** They work, but under another address of the same server. */
  | { readonly kind: "elsewhere"; readonly origin: string }
  /** They cannot work until whoever runs the server sets what is missing. */
  | { readonly kind: "unsuitable"; readonly origin: string; readonly missing: readonly ("PUBLIC_URL" | "TLS")[] };

export type ServedAs = { readonly publicUrl: string | undefined; readonly tls: boolean };

/** What this installation serves as. */
export function servedAs(config: Pick<Config, "publicUrl" | "tls">): ServedAs {
  return { publicUrl: config.publicUrl, tls: config.tls !== undefined };
}

/** `host` is the request's Host, which a browser sets and a page cannot. */
export function originStanding({ publicUrl, tls }: ServedAs, host: string | undefined): OriginStanding {
  const asked = askedUrl(host, tls);
  if (publicUrl === undefined) return standingWithoutPublicUrl(asked, tls);
  const people = new URL(publicUrl);
  const missing = [
    ...(people.protocol === "https:" || isLocalName(people.hostname) ? [] : (["TLS"] as const)),
    ...(isAddress(people.hostname) ? (["PUBLIC_URL"] as const) : []),
  ];
  if (missing.length > 0) return { kind: "unsuitable", origin: people.origin, missing };
  if (asked !== undefined && asked.host !== people.host) return { kind: "elsewhere", origin: people.origin };
  return { kind: "suitable", origin: people.origin, relyingPartyId: people.hostname };
}

/** True when browsers reach this installation over TLS, here or at a proxy. */
export function isSecure({ publicUrl, tls }: ServedAs): boolean {
  return tls || (publicUrl !== undefined && new URL(publicUrl).protocol === "https:");
}

/** The address that links of this server begin with, whatever passkeys can do there. */
export function linkOrigin(served: ServedAs, host: string | undefined): string {
  return originStanding(served, host).origin;
}

function standingWithoutPublicUrl(asked: URL | undefined, tls: boolean): OriginStanding {
  if (asked === undefined) return { kind: "unsuitable", origin: "http://localhost", missing: ["PUBLIC_URL"] };
  if (isLocalName(asked.hostname)) return { kind: "suitable", origin: asked.origin, relyingPartyId: asked.hostname };
  if (isLoopback(asked.hostname)) {
    const named = new URL(asked);
    named.hostname = "localhost";
    return { kind: "elsewhere", origin: named.origin };
  }
  return { kind: "unsuitable", origin: asked.origin, missing: tls ? ["PUBLIC_URL"] : ["PUBLIC_URL", "TLS"] };
}

function askedUrl(host: string | undefined, tls: boolean): URL | undefined {
  return host === undefined ? undefined : (URL.parse(`${tls ? "https" : "http"}://${host}`) ?? undefined);
}

/** localhost by name: a secure context over plain http, and a relying party, which an address can never be. */
function isLocalName(hostname: string): boolean {
  return isLoopback(hostname) && !isAddress(hostname);
}

function isAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[(.*)\]$/, "$1")) !== 0;
}

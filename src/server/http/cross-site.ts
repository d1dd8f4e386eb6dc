import { CodedError } from "../../vocabulary/coded-error.ts";
import type { RequestHead } from "./caller.ts";

export type OwnOrigin = { readonly publicUrl: string | undefined; readonly tls: boolean };

/**
 * Refuses what another site's page made a browser send. Browsers say where a request is from in Sec-Fetch-Site (Fetch Metadata), and those
 * that do not, or that came over plain http, in Origin. What states neither is no browser's page; `isCredentialAmbient` then decides:
 * a cookie comes by itself, so a request that carries one has to say where it is from.
 * @throws CodedError `cross-site`
 */
export function refuseCrossSite({ header }: Pick<RequestHead, "header">, own: OwnOrigin, isCredentialAmbient: boolean): void {
  const site = header("sec-fetch-site");
  const origin = header("origin");
  if (site !== undefined) {
    if (site !== "same-origin") throw refused(`Sec-Fetch-Site: ${site}`);
  } else if (origin !== undefined) {
    if (!ownOrigins(own, header("host")).has(origin)) throw refused(`Origin: ${origin}`);
  } else if (isCredentialAmbient) {
    throw refused("neither Sec-Fetch-Site nor Origin");
  }
}

/** A page cannot choose the Host that its browser sends, so the Host's own origin is one of ours. */
function ownOrigins({ publicUrl, tls }: OwnOrigin, host: string | undefined): ReadonlySet<string> {
  const asked = host === undefined ? null : URL.parse(`${tls ? "https" : "http"}://${host}`);
  return new Set([...(publicUrl === undefined ? [] : [new URL(publicUrl).origin]), ...(asked === null ? [] : [asked.origin])]);
}

function refused(got: string): CodedError {
  return new CodedError(
    "cross-site",
    `expected a request of this server's own pages, or one with an access token, got ${got.slice(0, 200)}`,
  );
}

/** The cookie that a session's secret travels in. Over https its name's prefix keeps other hosts and paths from setting it (RFC 6265bis §4.1.3.2). */
export function sessionCookieName(secure: boolean): string {
  return secure ? "__Host-sluice" : "sluice";
}

/** Ties a sign-on's answer to the browser that was sent away. */
export function flowCookieName(secure: boolean): string {
  return secure ? "__Host-sluice-flow" : "sluice-flow";
}

/** The value of a Set-Cookie header: for this host alone, out of reach of scripts, never sent on another site's behalf. */
export function setCookie(
  name: string,
  value: string,
  { secure, maxAgeS }: { readonly secure: boolean; readonly maxAgeS: number },
): string {
  return `${name}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
}

export function clearCookie(name: string, secure: boolean): string {
  return setCookie(name, "", { secure, maxAgeS: 0 });
}

/** The first cookie of that name in a Cookie header; one that has no value counts as none. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at !== -1 && pair.slice(0, at).trim() === name) {
      const value = pair.slice(at + 1).trim();
      return value === "" ? undefined : value;
    }
  }
  return undefined;
}

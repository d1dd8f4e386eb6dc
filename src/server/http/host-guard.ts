import { CodedError } from "../../vocabulary/coded-error.ts";

/** Throws when a request was meant for another host. */
export type HostGuard = (hostHeader: string | undefined) => void;

/**
 * A page of a hostile origin can point its own name at 127.0.0.1 and read what a loopback server answers (DNS rebinding).
 * Its browser still sends that name as Host, so a server on loopback answers only to loopback names and to its own PUBLIC_URL.
 */
export function createHostGuard(bound: { readonly host: string; readonly publicUrl: string | undefined }): HostGuard {
  if (!isLoopback(bound.host)) return () => {};
  const publicHost = bound.publicUrl === undefined ? undefined : new URL(bound.publicUrl).hostname;
  return (hostHeader) => {
    const name = hostName(hostHeader);
    if (name !== undefined && (isLoopback(name) || name === publicHost)) return;
    const message = `expected a Host of this machine${publicHost === undefined ? "" : ` or ${publicHost}`}, got ${JSON.stringify(hostHeader ?? "")}. An administrator sets PUBLIC_URL to serve another name`;
    throw new CodedError("host-unknown", message, { place: "host" });
  };
}

/** True for localhost (and below it), 127.0.0.0/8 and ::1, with or without brackets. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return name === "::1" || name === "localhost" || name.endsWith(".localhost") || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function hostName(header: string | undefined): string | undefined {
  if (header === undefined || !/^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i.test(header)) return undefined;
  return header.replace(/:\d+$/, "").toLowerCase();
}

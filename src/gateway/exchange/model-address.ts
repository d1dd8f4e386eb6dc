import { isLoopbackName, isPrivateAddress } from "./private-address.ts";
import { CallRefused } from "./refusals.ts";

/** Where an enrolled model answers: never another host. */
export type ModelAddress = { readonly origin: string; readonly path: string };

/**
 * The place of `upstreamPath` below the enrolled base address.
 * @throws CallRefused `upstream-refused-here` without TLS or at a private address, unless the host is loopback or listed
 */
export function modelAddress(baseUrl: string, upstreamPath: string, listedHosts: readonly string[]): ModelAddress {
  const url = URL.parse(baseUrl);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== "" ||
    url.password !== "" ||
    url.search !== "" ||
    url.hash !== ""
  ) {
    throw new CallRefused(
      "upstream-refused-here",
      "Expected the model's enrolled address as an http or https URL alone; the lab can change it",
    );
  }
  const isTrusted = isLoopbackName(url.hostname) || isListed(url, listedHosts);
  if (!isTrusted && (url.protocol === "http:" || isPrivateAddress(url.hostname))) {
    throw new CallRefused(
      "upstream-refused-here",
      "Expected the model's enrolled address to be https and public; whoever runs this gateway can list its host as an exception",
    );
  }
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, "") + upstreamPath };
}

function isListed({ host, hostname }: URL, listedHosts: readonly string[]): boolean {
  return listedHosts.includes(host) || listedHosts.includes(hostname);
}

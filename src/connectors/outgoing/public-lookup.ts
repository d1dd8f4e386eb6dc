import { lookup as systemLookup, type LookupAddress, type LookupAllOptions } from "node:dns";
import type { LookupFunction } from "node:net";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { isPublicAddress } from "./public-address.ts";

/** Resolves a name to all its addresses; the shape of `dns.lookup`. */
export type ResolveAll = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export const resolveBySystem: ResolveAll = (hostname, options, callback) => systemLookup(hostname, options, callback);

/**
 * A socket's lookup that hands over public addresses only. It is what the socket itself connects by, so a name that
 * changes its answer between a check and the connection gains nothing.
 */
export function publicLookup(resolve: ResolveAll): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const usable = addresses.filter(({ address }) => isPublicAddress(address));
      const [first] = usable;
      if (first === undefined) callback(privateAddressRefusal(hostname, addresses[0]?.address ?? "none"), []);
      else if (options.all === true) callback(null, usable);
      else callback(null, first.address, first.family);
    });
  };
}

export function privateAddressRefusal(hostname: string, address: string): CodedError {
  return new CodedError(
    "feed-unreachable",
    `expected ${hostname} to have a public address, got ${address}; an administrator can list the host in ALLOWED_PRIVATE_HOSTS`,
    { place: hostname },
  );
}

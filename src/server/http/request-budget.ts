import { isIP } from "node:net";
import { isLoopback } from "./host-guard.ts";

/** Tokens of one client; filled by time, emptied by requests. */
type Bucket = { tokens: number; atMs: number };

/** Says how long a client has to wait, in seconds, or 0 when the request may go on. */
export type RequestBudget = (address: string, nowMs: number) => number;

const MAX_CLIENTS = 10_000;

/** A token bucket per client that holds a minute's worth. IPv6 clients count by /64, which is what one of them owns. */
export function createRequestBudget(requestsPerMinute: number, maxClients = MAX_CLIENTS): RequestBudget {
  const buckets = new Map<string, Bucket>();
  const perMs = requestsPerMinute / 60_000;
  return (address, nowMs) => {
    const client = clientOf(address);
    const known = buckets.get(client);
    const tokens = known === undefined ? requestsPerMinute : Math.min(requestsPerMinute, known.tokens + (nowMs - known.atMs) * perMs);
    const allowed = tokens >= 1;
    // Deleted and set again so that the map stays ordered by last use and its first key is the one to forget.
    buckets.delete(client);
    buckets.set(client, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
    if (buckets.size > maxClients) forgetOldest(buckets);
    return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / perMs / 1000));
  };
}

/**
 * Whose budget a request takes from. A proxy on this machine appends the address that it saw to X-Forwarded-For, so its last
 * entry is the one a client cannot choose; from anywhere else the header is only a claim.
 */
export function clientAddress(peer: string | undefined, forwardedFor: string | undefined, behindProxy: boolean): string {
  const last = forwardedFor?.split(",").at(-1)?.trim() ?? "";
  return behindProxy && peer !== undefined && isLoopback(peer.replace(/^::ffff:/i, "")) && isIP(last) !== 0 ? last : (peer ?? "");
}

function forgetOldest(buckets: Map<string, Bucket>): void {
  for (const client of buckets.keys()) {
    buckets.delete(client);
    return;
  }
}

function clientOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  return plain.includes(":") ? groupsOf(plain).slice(0, 4).join(":") : plain;
}

function groupsOf(address: string): readonly string[] {
  const [head = "", tail] = address.toLowerCase().split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
}

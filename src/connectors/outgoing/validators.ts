import type { IncomingHttpHeaders } from "node:http";

/** What tells one state of a remote file from another. Texts as received. */
export type Validators = { readonly etag: string | undefined; readonly lastModified: string | undefined };

export function validatorsOf(headers: IncomingHttpHeaders): Validators {
  return { etag: headers.etag, lastModified: headers["last-modified"] };
}

/** False as soon as one validator that both sides state differs. */
export function isSameState(a: Validators, b: Validators): boolean {
  const etagDiffers = a.etag !== undefined && b.etag !== undefined && a.etag !== b.etag;
  const dateDiffers = a.lastModified !== undefined && b.lastModified !== undefined && a.lastModified !== b.lastModified;
  return !etagDiffers && !dateDiffers;
}

/** RFC 9110 §13.1.5: the value under which a part may be asked for; a weak entity tag never is. */
export function ifRange({ etag, lastModified }: Validators): string | undefined {
  return etag !== undefined && !etag.startsWith("W/") ? etag : lastModified;
}

/** The headers that turn a request for an unchanged file into a 304. */
export function ifChanged({ etag, lastModified }: Validators): Record<string, string> {
  if (etag !== undefined) return { "if-none-match": etag };
  return lastModified === undefined ? {} : { "if-modified-since": lastModified };
}

export function lastModifiedMs({ lastModified }: Validators): number | undefined {
  const atMs = lastModified === undefined ? Number.NaN : Date.parse(lastModified);
  return Number.isNaN(atMs) ? undefined : atMs;
}

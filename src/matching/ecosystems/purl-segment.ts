/** A segment of a purl's namespace or name: all but the unreserved characters of RFC 3986 percent-encoded. */
export function encodePurlSegment(segment: string): string {
  return encodeURIComponent(segment.toWellFormed()).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

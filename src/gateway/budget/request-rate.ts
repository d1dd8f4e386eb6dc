const MINUTE_MS = 60_000;

/** Requests of the last minute, for each grant: of this gateway only. */
export type RequestRates = {
  /** Counts one request, or says after how many milliseconds the next may come. */
  readonly admit: (
    grantId: string,
    perMinute: number,
  ) => { readonly kind: "admitted" } | { readonly kind: "refused"; readonly retryMs: number };
  readonly forget: (grantId: string) => void;
};

export function createRequestRates(monotonicMs: () => number): RequestRates {
  const grants = new Map<string, Window>();
  return { admit, forget: (grantId) => void grants.delete(grantId) };

  function admit(grantId: string, perMinute: number): ReturnType<RequestRates["admit"]> {
    const nowMs = monotonicMs();
    const window = grants.get(grantId) ?? { times: [], first: 0 };
    grants.set(grantId, window);
    while (window.first < window.times.length && (window.times[window.first] ?? 0) <= nowMs - MINUTE_MS) window.first++;
    if (window.first > 1024 && window.first * 2 > window.times.length) {
      window.times.splice(0, window.first);
      window.first = 0;
    }
    if (window.times.length - window.first < perMinute) {
      window.times.push(nowMs);
      return { kind: "admitted" };
    }
    // With a rate that was lowered more than one has to leave first.
    const leaving = window.times[window.times.length - perMinute] ?? nowMs;
    return { kind: "refused", retryMs: perMinute === 0 ? MINUTE_MS : Math.max(1, leaving + MINUTE_MS - nowMs) };
  }
}

/** `first`: of those that still count. */
type Window = { readonly times: number[]; first: number };

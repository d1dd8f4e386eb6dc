/** Counts of what was answered, for /metrics. */
export type Traffic = {
  readonly observe: (endpoint: string, status: number, seconds: number) => void;
  readonly requests: () => readonly { readonly endpoint: string; readonly status: number; readonly count: number }[];
  readonly durations: () => readonly EndpointDurations[];
};

export type EndpointDurations = {
  readonly endpoint: string;
  /** Cumulative, one count a bucket of `DURATION_BUCKETS`. */
  readonly buckets: readonly number[];
  readonly count: number;
  readonly sumSeconds: number;
};

/** Upper bounds in seconds. */
export const DURATION_BUCKETS: readonly number[] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Counted = { readonly byStatus: Map<number, number>; readonly buckets: number[]; count: number; sumSeconds: number };

/** Bounded by the contract: `endpoint` is an id of it or `none`. */
export function createTraffic(): Traffic {
  const counted = new Map<string, Counted>();
  return {
    observe: (endpoint, status, seconds) => {
      const entry = counted.get(endpoint) ?? { byStatus: new Map(), buckets: DURATION_BUCKETS.map(() => 0), count: 0, sumSeconds: 0 };
      counted.set(endpoint, entry);
      entry.byStatus.set(status, (entry.byStatus.get(status) ?? 0) + 1);
      entry.count += 1;
      entry.sumSeconds += seconds;
      for (const [index, bound] of DURATION_BUCKETS.entries()) {
        if (seconds <= bound) entry.buckets[index] = (entry.buckets[index] ?? 0) + 1;
      }
    },
    requests: () =>
      [...counted].flatMap(([endpoint, { byStatus }]) => [...byStatus].map(([status, count]) => ({ endpoint, status, count }))),
    durations: () =>
      [...counted].map(([endpoint, { buckets, count, sumSeconds }]) => ({ endpoint, buckets: [...buckets], count, sumSeconds })),
  };
}

/** What is measured side by side: each call returns its own figure. */
export type Contestants<K extends string> = Readonly<Record<K, () => number | Promise<number>>>;

/**
 * The median of each contestant over `rounds`, taken in turn, so that what slows the machine for a while slows all of them.
 * One round before the first does not count.
 */
export async function medians<K extends string>(rounds: number, contestants: Contestants<K>): Promise<Readonly<Record<K, number>>> {
  const names = Object.keys(contestants) as K[];
  const figures = new Map<K, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const figure = await contestants[name]();
      if (round >= 0) figures.get(name)?.push(figure);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(figures.get(name) ?? [])])) as Record<K, number>;
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return ((sorted[middle] ?? Number.NaN) + (sorted[(sorted.length - 1) >> 1] ?? Number.NaN)) / 2;
}

/** Milliseconds that `work` takes. */
export async function elapsedMs(work: () => unknown): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

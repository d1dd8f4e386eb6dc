/** Something on a day, and how far its words may reach: `first` to `last`, both counted from the first day, `last` included. */
export type Laid<T> = { readonly thing: T; readonly day: number; readonly first: number; readonly last: number; readonly lane: number };

/**
 * Lays what happens on days into as few lanes as keep their words apart. Words begin at their day and take `reach` days; near the end they
 * reach back instead. What needs a lane beyond `lanes` is left over.
 */
export function layInLanes<T>(
  things: readonly { readonly thing: T; readonly day: number }[],
  days: number,
  reach: number,
  lanes: number,
): { readonly laid: readonly Laid<T>[]; readonly over: readonly T[] } {
  const ends = Array.from({ length: lanes }, () => -1);
  const laid: Laid<T>[] = [];
  const over: T[] = [];
  for (const { thing, day } of things.toSorted((a, b) => a.day - b.day)) {
    const first = Math.max(0, Math.min(day, days - reach));
    const last = Math.min(days - 1, first + reach - 1);
    const lane = ends.findIndex((end) => end < first);
    if (lane < 0) {
      over.push(thing);
      continue;
    }
    ends[lane] = last;
    laid.push({ thing, day, first, last, lane });
  }
  return { laid, over };
}

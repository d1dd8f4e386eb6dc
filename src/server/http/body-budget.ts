import { CodedError } from "../../vocabulary/coded-error.ts";

/** Memory for bodies under way: one request takes as much as it may fill, later ones wait their turn. */
export type BodyBudget = {
  /** Resolves with the function that gives the bytes back. @throws CodedError `rate-limited` when its turn does not come in time */
  readonly take: (bytes: number) => Promise<() => void>;
};

type Waiting = { readonly bytes: number; readonly begin: () => void };

/** Without it, a few dozen uploads of the largest document at once would be the end of the process. */
export function createBodyBudget(totalBytes: number, waitMs: number): BodyBudget {
  const queue = new Set<Waiting>();
  let free = totalBytes;
  const admit = (): void => {
    for (const waiting of queue) {
      if (waiting.bytes > free) return;
      queue.delete(waiting);
      free -= waiting.bytes;
      waiting.begin();
    }
  };
  return {
    take: (wanted) =>
      new Promise((resolve, reject) => {
        // More than there is in all is let in alone.
        const bytes = Math.min(wanted, totalBytes);
        const giveUp = (): void => {
          queue.delete(waiting);
          reject(
            new CodedError("rate-limited", "the server has as many uploads under way as it can hold; send this one again in a few seconds"),
          );
        };
        const timer = setTimeout(giveUp, waitMs);
        const begin = (): void => {
          clearTimeout(timer);
          let given = false;
          resolve(() => {
            if (given) return;
            given = true;
            free += bytes;
            admit();
          });
        };
        const waiting: Waiting = { bytes, begin };
        queue.add(waiting);
        admit();
      }),
  };
}

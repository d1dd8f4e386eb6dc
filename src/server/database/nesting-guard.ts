import { AsyncLocalStorage } from "node:async_hooks";
import { invariant } from "../../vocabulary/invariant.ts";

/** Runs work that holds the database's session, and refuses any that is begun inside it: the inner would wait for the outer, and the outer for the inner. */
export function nestingGuard(): <T>(work: () => Promise<T>) => Promise<T> {
  const holders = new AsyncLocalStorage<{ holding: boolean }>();
  return async (work) => {
    invariant(holders.getStore()?.holding !== true, "a transaction was begun inside another: use the one that is open");
    const holder = { holding: true };
    try {
      return await holders.run(holder, work);
    } finally {
      holder.holding = false;
    }
  };
}

import { useState } from "react";
import { useAnnounce } from "../shell/announcer.tsx";

export type Task = {
  readonly isBusy: boolean;
  /** What the last try was refused with; gone with the next. */
  readonly error: unknown;
  /** Does `work`, says `said` when it is done, and keeps what refused it. True when it is done. */
  readonly run: (work: () => Promise<unknown>, said: string) => Promise<boolean>;
};

/** One thing at a time that a page changes at the server. */
export function useTask(): Task {
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const announce = useAnnounce();
  return {
    isBusy,
    error,
    run: async (work, said) => {
      setIsBusy(true);
      setError(undefined);
      try {
        await work();
        announce(said);
        return true;
      } catch (failure) {
        setError(failure);
        return false;
      } finally {
        setIsBusy(false);
      }
    },
  };
}

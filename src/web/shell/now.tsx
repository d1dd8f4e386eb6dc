import { createContext, useContext, useEffect, useState, type ReactNode } from "react";

const NowContext = createContext(0);

const EVERY_MS = 20_000;

/** Milliseconds since 1970, fresh enough for ages in minutes. */
export function useNow(): number {
  return useContext(NowContext);
}

/** The page's one clock, so that every age on it moves together. */
export function NowProvider({ children }: { readonly children: ReactNode }) {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return <NowContext value={nowMs}>{children}</NowContext>;
}

import { createContext, useCallback, useContext, useState, type ReactNode } from "react";

const AnnounceContext = createContext<(text: string) => void>(() => undefined);

/** Says `text` to a screen reader without moving the focus. */
export function useAnnounce(): (text: string) => void {
  return useContext(AnnounceContext);
}

/** The one polite live region. */
export function Announcer({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState({ text: "", count: 0 });
  const announce = useCallback((text: string) => setSaid((before) => ({ text, count: before.count + 1 })), []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <output className="visually-hidden" aria-live="polite">
        {/* A new key makes the same sentence heard again. */}
        <span key={said.count}>{said.text}</span>
      </output>
    </AnnounceContext>
  );
}

import type { OrderedWindow } from "../../contract/endpoints/gateway.ts";

/** The labs' upstream credentials of windows that are open, in memory for as long as they are. */
export type HeldCredentials = {
  /** The window's credential as it goes into a header, or undefined when this host cannot open it. */
  readonly of: (window: OrderedWindow) => string | undefined;
  /** Forgets those of all other windows, and empties what held them. */
  readonly keepOnly: (windows: readonly OrderedWindow[]) => void;
};

/** Opens a window's credential. The buffer is the caller's. */
export type OpenCredential = (window: OrderedWindow) => Buffer | undefined;

/**
 * What a header is made of is a text for a moment and nothing empties it: the runtime frees it with its next collection. What stays for the whole
 * window is a buffer, and is emptied.
 */
export function holdCredentials(open: OpenCredential): HeldCredentials {
  const held = new Map<string, { readonly sealed: string | undefined; readonly bytes: Buffer }>();
  return { of, keepOnly };

  function of(window: OrderedWindow): string | undefined {
    const before = held.get(window.id);
    if (before !== undefined && before.sealed === window.sealedCredential) return before.bytes.toString("latin1");
    before?.bytes.fill(0);
    held.delete(window.id);
    const bytes = open(window);
    if (bytes === undefined) return undefined;
    held.set(window.id, { sealed: window.sealedCredential, bytes });
    return bytes.toString("latin1");
  }

  function keepOnly(windows: readonly OrderedWindow[]): void {
    const kept = new Set(windows.map(({ id }) => id));
    for (const [id, { bytes }] of held) {
      if (kept.has(id)) continue;
      bytes.fill(0);
      held.delete(id);
    }
  }
}

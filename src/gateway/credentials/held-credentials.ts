import type { OrderedWindow } from "../../contract/endpoints/gateway.ts";
import { SealingError } from "../../sealing/sealing-error.ts";
import type { GatewayLog } from "../log.ts";

/** The labs' upstream credentials of windows that are open, in memory for as long as they are. */
export type HeldCredentials = {
  /** The window's credential as it goes into a header, or undefined when this host cannot open it. */
  readonly of: (window: OrderedWindow) => string | undefined;
  /** Forgets those of all other windows, and empties what held them. */
  readonly keepOnly: (windows: readonly OrderedWindow[]) => void;
};

/** Opens a window's credential; undefined where this host has none. The buffer is the caller's. @throws SealingError when it is not what its key sealed */
export type OpenCredential = (window: OrderedWindow) => Buffer | undefined;

/**
 * What a header is made of is a text for a moment and nothing empties it: the runtime frees it with its next collection. What stays for the whole
 * window is a buffer, and is emptied.
 */
export function holdCredentials(open: OpenCredential, log: GatewayLog): HeldCredentials {
  const held = new Map<string, { readonly sealed: string | undefined; readonly bytes: Buffer }>();
  const told = new Set<string>();
  return { of, keepOnly };

  function of(window: OrderedWindow): string | undefined {
    const before = held.get(window.id);
    if (before !== undefined && before.sealed === window.sealedCredential) return before.bytes.toString("latin1");
    before?.bytes.fill(0);
    held.delete(window.id);
    const bytes = opened(window);
    if (bytes === undefined) return undefined;
    held.set(window.id, { sealed: window.sealedCredential, bytes });
    return bytes.toString("latin1");
  }

  function opened(window: OrderedWindow): Buffer | undefined {
    try {
      return open(window);
    } catch (error) {
      if (!(error instanceof SealingError)) throw error;
      if (!told.has(window.id)) log({ level: "error", event: "credential-refused", window: window.id, reason: error.message });
      told.add(window.id);
      return undefined;
    }
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

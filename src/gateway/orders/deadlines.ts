import type { OrderedWindow } from "../../contract/endpoints/gateway.ts";
import type { GatewayClock } from "../clock.ts";

/**
 * When windows end. One is over as soon as either clock says so: the wall clock has reached its hour, or as much time has passed as lay before
 * that hour when it was first told. Setting the wall clock back opens nothing.
 */
export type Deadlines = {
  readonly set: (windows: readonly OrderedWindow[]) => void;
  readonly isOpen: (window: OrderedWindow) => boolean;
};

export function createDeadlines(clock: GatewayClock): Deadlines {
  // Never forgotten: a window that is ordered again has the time left that it had.
  const told = new Map<string, { readonly closesMs: number; readonly monotonicMs: number }>();
  return {
    set: (windows) => {
      for (const { id, closesMs } of windows) {
        if (told.get(id)?.closesMs === closesMs) continue;
        told.set(id, { closesMs, monotonicMs: clock.monotonicMs() + closesMs - clock.wallMs() });
      }
    },
    isOpen: ({ id }) => {
      const deadline = told.get(id);
      return deadline !== undefined && clock.wallMs() < deadline.closesMs && clock.monotonicMs() < deadline.monotonicMs;
    },
  };
}

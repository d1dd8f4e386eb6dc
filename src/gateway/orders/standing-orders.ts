import type { GatewayOrders, OrderedGrant, OrderedToken, OrderedWindow } from "../../contract/endpoints/gateway.ts";
import type { GatewayClock } from "../clock.ts";
import type { Deadlines } from "./deadlines.ts";

/** What one token lets through. */
export type Admission = { readonly token: OrderedToken; readonly grant: OrderedGrant; readonly window: OrderedWindow };

/** Orders, ready to be asked. */
export type StandingOrders = {
  readonly revision: string;
  readonly windows: readonly OrderedWindow[];
  readonly grants: readonly OrderedGrant[];
  /** By the hex of SHA-256 over the token's text. Says nothing of time. */
  readonly admissionOf: (sha256: string) => Admission | undefined;
  /** Whether what was let through by that may still go on. */
  readonly isInForce: (admission: Admission) => boolean;
  /** When the next window or token ends by the wall clock. */
  readonly nextEndMs: () => number | undefined;
};

export function standingOrders(orders: GatewayOrders, clock: GatewayClock, deadlines: Deadlines): StandingOrders {
  const windows = new Map(orders.windows.map((window) => [window.id, window]));
  const admissions = new Map<string, Admission>();
  for (const grant of orders.grants) {
    const window = windows.get(grant.window);
    if (window === undefined) continue;
    for (const token of grant.tokens) admissions.set(token.sha256, { token, grant, window });
  }
  deadlines.set(orders.windows);

  return {
    revision: orders.revision,
    windows: orders.windows,
    grants: orders.grants,
    admissionOf: (sha256) => admissions.get(sha256),
    isInForce,
    nextEndMs,
  };

  function isInForce({ token, grant }: Admission): boolean {
    const now = admissions.get(token.sha256);
    return (
      now !== undefined &&
      now.token.id === token.id &&
      now.grant.id === grant.id &&
      now.token.expiresMs > clock.wallMs() &&
      deadlines.isOpen(now.window)
    );
  }

  function nextEndMs(): number | undefined {
    const nowMs = clock.wallMs();
    const ends = [...windows.values()].map(({ closesMs }) => closesMs);
    for (const { token } of admissions.values()) ends.push(token.expiresMs);
    const ahead = ends.filter((endMs) => endMs > nowMs);
    return ahead.length === 0 ? undefined : ahead.reduce((least, endMs) => Math.min(least, endMs));
  }
}

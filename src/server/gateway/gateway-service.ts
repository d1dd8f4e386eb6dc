import type { AnswerOf, BodyOf } from "../../contract/endpoint.ts";
import type {
  readDestroyedRecords,
  readOrders,
  settleExchanges,
  stateDestruction,
  stateProbe,
  takeLease,
} from "../../contract/endpoints/gateway.ts";
import type { Database } from "../database/database.ts";
import type { GatewayCaller } from "../http/gateway-caller.ts";
import { readDestroyed } from "./destruction-store.ts";
import { readOpen } from "./gateway-orders.ts";
import { bookedName, scopeOf } from "./gateway-scope.ts";
import { insertCredentialPlaces } from "./key-place-store.ts";
import { settle } from "./settle.ts";
import { writeDestruction, writeProbe } from "./stated-facts.ts";
import { takeBlock } from "./take-lease.ts";

/** What gateways ask and state. Each reaches the models that it serves, and no others. */
export type GatewayService = {
  readonly orders: (gateway: GatewayCaller, asked: BodyOf<typeof readOrders>) => Promise<AnswerOf<typeof readOrders>>;
  /** @throws CodedError `not-found`, `conflict` */
  readonly lease: (gateway: GatewayCaller, asked: BodyOf<typeof takeLease>) => Promise<AnswerOf<typeof takeLease>>;
  readonly settle: (gateway: GatewayCaller, stated: BodyOf<typeof settleExchanges>) => Promise<AnswerOf<typeof settleExchanges>>;
  /** @throws CodedError `not-found` */
  readonly probe: (gateway: GatewayCaller, stated: BodyOf<typeof stateProbe>) => Promise<AnswerOf<typeof stateProbe>>;
  /** @throws CodedError `not-found`, `not-allowed` */
  readonly destruction: (gateway: GatewayCaller, stated: BodyOf<typeof stateDestruction>) => Promise<AnswerOf<typeof stateDestruction>>;
  readonly destroyedRecords: (
    gateway: GatewayCaller,
    asked: BodyOf<typeof readDestroyedRecords>,
  ) => Promise<AnswerOf<typeof readDestroyedRecords>>;
  /** The gateway beside this server, as far as it has asked. */
  readonly connection: () => GatewayConnection;
};

/** `sinceMs`: since when it has asked without a pause. */
export type GatewayConnection =
  | { readonly connected: false; readonly lastSeenMs?: number }
  | { readonly connected: true; readonly sinceMs: number };

export type GatewayServiceParts = { readonly database: Database; readonly clock: () => number };

/** A gateway that has not asked for so long is taken for gone; it lets nothing through any more by then. */
const GONE_AFTER_MS = 2000;
const MOST_NOTED = 100_000;

export function createGatewayService({ database, clock }: GatewayServiceParts): GatewayService {
  let seen: { readonly sinceMs: number; readonly lastMs: number } | undefined;
  /** Of gateways that ask several times a second, what is written down already. */
  const noted = new Set<string>();

  return {
    orders: async (gateway, { gateway: name, since, holds }) => {
      const nowMs = clock();
      const orders = await readOpen(database, scopeOf(gateway), name, nowMs);
      if (gateway.kind === "premises") await notePlaces(gateway, name, holds ?? orders.windows.map(({ id }) => id));
      if (gateway.kind === "beside")
        seen = { sinceMs: seen === undefined || isGone(seen.lastMs, nowMs) ? nowMs : seen.sinceMs, lastMs: nowMs };
      return orders.revision === since ? { kind: "unchanged", nowMs } : { kind: "orders", orders };
    },
    lease: (gateway, { gateway: name, ...asked }) =>
      takeBlock(database, { ...asked, gateway: bookedName(gateway, name), scope: scopeOf(gateway), atMs: clock() }),
    settle: (gateway, stated) =>
      settle(database, { ...stated, gateway: bookedName(gateway, stated.gateway), scope: scopeOf(gateway), atMs: clock() }),
    probe: async (gateway, stated) => ({
      taken: await writeProbe(database, {
        ...stated,
        gateway: bookedName(gateway, stated.gateway),
        scope: scopeOf(gateway),
        nowMs: clock(),
      }),
    }),
    destruction: async (gateway, stated) => ({
      taken: await writeDestruction(database, {
        ...stated,
        gateway: bookedName(gateway, stated.gateway),
        scope: scopeOf(gateway),
        nowMs: clock(),
      }),
    }),
    destroyedRecords: async (gateway, { gateway: name, grants }) => ({
      destroyed: await database.transaction("gateway", async (transaction) => [
        ...(await readDestroyed(transaction, scopeOf(gateway), name, grants)),
      ]),
    }),
    connection: () => {
      if (seen === undefined) return { connected: false };
      return isGone(seen.lastMs, clock()) ? { connected: false, lastSeenMs: seen.lastMs } : { connected: true, sinceMs: seen.sinceMs };
    },
  };

  /** Before it is answered: what is told of keys later counts every gateway that may have had one. */
  async function notePlaces(
    gateway: GatewayCaller & { readonly kind: "premises" },
    name: string,
    windows: readonly string[],
  ): Promise<void> {
    const fresh = windows.filter((window) => !noted.has(`${gateway.id} ${name} ${window}`));
    if (fresh.length === 0) return;
    const at = { gateway: bookedName(gateway, name), at: new Date(clock()) };
    await database.transaction("gateway", (transaction) => insertCredentialPlaces(transaction, scopeOf(gateway), fresh, at));
    // Threat: a gateway that names windows without end.
    if (noted.size > MOST_NOTED) noted.clear();
    for (const window of fresh) noted.add(`${gateway.id} ${name} ${window}`);
  }
}

function isGone(lastMs: number, nowMs: number): boolean {
  return nowMs - lastMs > GONE_AFTER_MS;
}

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { GatewayOrders, SettledExchange } from "../../src/contract/endpoints/gateway.ts";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { sql } from "../../src/server/database/sql.ts";
import { createGatewayService, type GatewayService } from "../../src/server/gateway/gateway-service.ts";
import type { GatewayCaller } from "../../src/server/http/gateway-caller.ts";
import { withTestDatabase } from "../database/test-database.ts";
import { type ModelDesk, openModelDesk } from "./model-desk.ts";
import { TEST_NOW, type TrustedActors, withTrustedActors } from "./trusted-actors.ts";

/** A server's side of the gateway, with a lab, a desk and an evaluator. */
export type GatewayScene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly models: ModelDesk;
  readonly gateways: GatewayService;
};

export const beside: GatewayCaller = { kind: "beside" };
export const DAY_MS = 86_400_000;

/** Defines one test a driver, each with a scene of its own. */
export function scene(title: string, work: (scene: GatewayScene) => Promise<void>): void {
  withTestDatabase(title, (database) =>
    withTrustedActors(database, async (actors) =>
      work({
        database,
        actors,
        models: await openModelDesk(database, actors),
        gateways: createGatewayService({ database, clock: actors.clock }),
      }),
    ),
  );
}

export async function ordersOf({ gateways }: GatewayScene, gateway: GatewayCaller = beside, name = "g1"): Promise<GatewayOrders> {
  const answer = await gateways.orders(gateway, { gateway: name });
  assert.ok(answer.kind === "orders");
  return answer.orders;
}

export const block = { gateway: "g1", requests: 20, tokens: 2000, tokensAtLeast: 100 };

export function exchange(grant: string, lease: string, token: string, more: Partial<SettledExchange> = {}): SettledExchange {
  return {
    id: randomUUID(),
    grant,
    lease,
    token,
    session: "s1",
    segment: "1-200-0-1",
    model: "aurora-1",
    path: "/v1/chat/completions",
    startedMs: TEST_NOW,
    endedMs: TEST_NOW + 500,
    status: 200,
    outcome: "complete",
    inputTokens: 10,
    outputTokens: 20,
    chargedTokens: 30,
    requestDigest: "a".repeat(64),
    answerDigest: "b".repeat(64),
    afterDifferent: false,
    ...more,
  };
}

export async function settling(
  { gateways }: GatewayScene,
  stated: Partial<Parameters<GatewayService["settle"]>[1]>,
  gateway: GatewayCaller = beside,
): ReturnType<GatewayService["settle"]> {
  return gateways.settle(gateway, { gateway: "g1", exchanges: [], endedLeases: [], endsAllLeases: false, heads: [], ...stated });
}

type Meter = Readonly<Record<"reserved_requests" | "reserved_tokens" | "spent_requests" | "spent_tokens", number>>;

/** Of a grant: requests and tokens reserved, then requests and tokens spent. */
export async function meterOf({ database }: GatewayScene, grant: string): Promise<readonly number[]> {
  const [row] = await database.query<Meter>(
    "keeper",
    sql`select reserved_requests, reserved_tokens, spent_requests, spent_tokens from access_grant where id = ${grant}`,
  );
  assert.ok(row !== undefined);
  return [row.reserved_requests, row.reserved_tokens, row.spent_requests, row.spent_tokens];
}

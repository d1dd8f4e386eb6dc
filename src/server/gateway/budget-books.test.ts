import assert from "node:assert/strict";
import { withTestDatabase } from "../../../tests/database/test-database.ts";
import { openModelDesk } from "../../../tests/support/model-desk.ts";
import { TEST_NOW, withTrustedActors } from "../../../tests/support/trusted-actors.ts";
import { randomUUID } from "node:crypto";
import type { SettledExchange } from "../../contract/endpoints/gateway.ts";
import { seededRandom } from "../../../tests/support/seeded-random.ts";
import type { OwnedDatabase } from "../database/database.ts";
import { sql } from "../database/sql.ts";
import type { GatewayCaller } from "../http/gateway-caller.ts";
import { createGatewayService } from "./gateway-service.ts";

const beside: GatewayCaller = { kind: "beside" };
const BUDGET = { requests: 400, tokens: 40_000 };
const WAVES = 12;
const AT_ONCE = 10;

type Books = Readonly<
  Record<"reserved_requests" | "reserved_tokens" | "spent_requests" | "spent_tokens" | "used_requests" | "used_tokens", number>
>;

/** What the grant's row and the hours of use say, and what leases and exchanges say of the same. */
async function booksOf(database: OwnedDatabase): Promise<{ readonly stated: Books; readonly counted: Books }> {
  const [stated] = await database.query<Books>(
    "keeper",
    sql`select g.reserved_requests, g.reserved_tokens, g.spent_requests, g.spent_tokens, u.used_requests, u.used_tokens
        from access_grant g, (
          select coalesce(sum(requests), 0)::bigint as used_requests, coalesce(sum(charged_tokens), 0)::bigint as used_tokens from access_use) u`,
  );
  const [counted] = await database.query<Books>(
    "keeper",
    sql`select l.reserved_requests, l.reserved_tokens, x.requests as spent_requests, x.tokens as spent_tokens, x.requests as used_requests, x.tokens as used_tokens
        from (
          select coalesce(sum(greatest(0, requests - spent_requests)), 0)::bigint as reserved_requests,
            coalesce(sum(greatest(0, tokens - spent_tokens)), 0)::bigint as reserved_tokens from budget_lease where ended_at is null) l, (
          select count(*) as requests, coalesce(sum(charged_tokens), 0)::bigint as tokens from exchange) x`,
  );
  assert.ok(stated !== undefined && counted !== undefined);
  return { stated, counted };
}

withTestDatabase(
  "whatever gateways take, state, state again and give back at once, the books are the sum of it and never above the budget",
  (database) =>
    withTrustedActors(database, async (actors) => {
      const models = await openModelDesk(database, actors);
      const gateways = createGatewayService({ database, clock: actors.clock });
      const { grant } = await models.grantedModel(BUDGET);
      const { id: token } = await models.issueToken(grant);
      const { below: draw } = seededRandom(12);
      const held: { readonly lease: string; readonly gateway: string; requests: number; tokens: number; underWay: number }[] = [];
      const sent: Parameters<typeof gateways.settle>[1][] = [];

      const take = async (): Promise<void> => {
        const [lease, gateway] = [randomUUID(), `g${draw(3)}`];
        const asked = { gateway, grant, lease, requests: 1 + draw(30), tokens: 1 + draw(3000), tokensAtLeast: draw(200) };
        const answers = await Promise.all([gateways.lease(beside, asked), gateways.lease(beside, asked)]);
        // A refusal takes nothing: what was given back between the two may be enough for the second.
        const [taken, again = taken] = answers.filter(({ kind }) => kind === "taken");
        assert.deepEqual(again, taken);
        if (taken?.kind === "taken") held.push({ lease, gateway, requests: taken.requests, tokens: taken.tokens, underWay: 0 });
      };
      const state = async (): Promise<void> => {
        const lease = held[draw(held.length)];
        if (lease === undefined) return;
        const exchanges: SettledExchange[] = [];
        while (exchanges.length < draw(4) + 1 && lease.requests > 0 && lease.tokens > 0) {
          const chargedTokens = 1 + draw(lease.tokens);
          lease.requests -= 1;
          lease.tokens -= chargedTokens;
          exchanges.push({
            id: randomUUID(),
            grant,
            lease: lease.lease,
            token,
            session: "s",
            segment: "1-2-3-4",
            model: "m",
            path: "/v1",
            startedMs: TEST_NOW + draw(3) * 3_600_000,
            endedMs: TEST_NOW,
            outcome: draw(2) === 0 ? "complete" : "cut",
            chargedTokens,
            requestDigest: "a".repeat(64),
            afterDifferent: false,
          });
        }
        // As a gateway does: a lease ends when nothing is under way in it.
        const ends = lease.underWay === 0 && draw(3) === 0;
        if (ends) held.splice(held.indexOf(lease), 1);
        const batch = {
          gateway: lease.gateway,
          exchanges,
          endedLeases: ends ? [{ grant, lease: lease.lease }] : [],
          endsAllLeases: false,
          heads: [],
        };
        sent.push(batch);
        lease.underWay += 1;
        await gateways.settle(beside, batch);
        lease.underWay -= 1;
      };
      const stateAgain = async (): Promise<void> => {
        const batch = sent[draw(sent.length)];
        if (batch !== undefined) await gateways.settle(beside, batch);
      };

      for (let wave = 0; wave < WAVES; wave++) {
        await Promise.all(Array.from({ length: AT_ONCE }, () => [take, state, state, stateAgain][draw(4)]?.()));
        const { stated, counted } = await booksOf(database);
        assert.deepEqual(stated, counted, `wave ${wave}`);
        assert.ok(stated.reserved_requests + stated.spent_requests <= BUDGET.requests, `wave ${wave}`);
        assert.ok(stated.reserved_tokens + stated.spent_tokens <= BUDGET.tokens, `wave ${wave}`);
      }
      for (const gateway of ["g0", "g1", "g2"])
        await gateways.settle(beside, { gateway, exchanges: [], endedLeases: [], endsAllLeases: true, heads: [] });
      const { stated, counted } = await booksOf(database);
      assert.deepEqual(stated, counted);
      assert.deepEqual([stated.reserved_requests, stated.reserved_tokens], [0, 0]);
      assert.ok(stated.spent_requests > 20);
    }),
);

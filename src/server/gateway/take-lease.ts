import type { AnswerOf, BodyOf } from "../../contract/endpoint.ts";
import type { takeLease } from "../../contract/endpoints/gateway.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { GatewayScope } from "./gateway-scope.ts";
import { insertGrantPlaces } from "./key-place-store.ts";
import { findLease, insertLease, isStopped, lockGrants, type MeteredGrant } from "./lease-store.ts";
import { holdGateway } from "./ended-gateway-store.ts";
import { solvedWindows } from "../models/solved-windows.ts";

export type LeaseAsked = Omit<BodyOf<typeof takeLease>, "gateway"> & {
  readonly gateway: string;
  readonly scope: GatewayScope;
  readonly atMs: number;
};
type LeaseAnswer = AnswerOf<typeof takeLease>;

/** Takes a block of a grant's budget, committed. @throws CodedError `not-found`, `conflict` for another gateway's lease, `credential-refused` */
export async function takeBlock(database: Database, asked: LeaseAsked): Promise<LeaseAnswer> {
  return database.transaction("gateway", async (transaction) => {
    await holdGateway(transaction, asked.scope);
    const [grant] = await lockGrants(transaction, asked.scope, [asked.grant]);
    if (grant === undefined)
      throw new CodedError("not-found", "expected a grant that this gateway serves, got another", { place: "body.grant" });
    const left = leftOf(grant);
    const refused = (reason: "budget" | "ended"): LeaseAnswer => ({
      kind: "refused",
      reason,
      requestsLeft: Math.max(0, left.requests),
      tokensLeft: Math.max(0, left.tokens),
    });
    const known = await findLease(transaction, grant, asked.lease);
    if (known !== undefined) {
      if (known.gateway !== asked.gateway)
        throw new CodedError("conflict", "expected a new lease, got one that another gateway took", { place: "body.lease" });
      return known.ended_at === null ? { kind: "taken", requests: known.requests, tokens: known.tokens } : refused("ended");
    }
    if (!(await isUsable(transaction, grant, asked.atMs))) return refused("ended");
    const requests = Math.min(asked.requests, left.requests);
    const tokens = Math.min(asked.tokens, left.tokens);
    if (requests < 1 || tokens < Math.max(1, asked.tokensAtLeast)) return refused("budget");
    const by = { gateway: asked.gateway, at: new Date(asked.atMs) };
    await insertLease(transaction, grant, { ...by, id: asked.lease, requests, tokens });
    if (asked.scope.custody === "premises") await insertGrantPlaces(transaction, grant, by);
    return { kind: "taken", requests, tokens };
  });
}

function leftOf(grant: MeteredGrant): { readonly requests: number; readonly tokens: number } {
  return {
    requests: grant.budget_requests - grant.spent_requests - grant.reserved_requests,
    tokens: grant.budget_tokens - grant.spent_tokens - grant.reserved_tokens,
  };
}

async function isUsable(transaction: Transaction, grant: MeteredGrant, atMs: number): Promise<boolean> {
  if (grant.ended_at !== null || (await isStopped(transaction, grant))) return false;
  const windows = await solvedWindows(transaction, [grant.window_id], atMs);
  return windows.get(grant.window_id)?.state === "open";
}

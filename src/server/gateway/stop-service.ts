import type { AnswerOf, BodyOf } from "../../contract/endpoint.ts";
import type { listUsedTokens, StopAnswer, stopUse } from "../../contract/endpoints/gateways.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import { invariant } from "../../vocabulary/invariant.ts";
import { recordAudit } from "../access-review/audit-trail.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Caller } from "../http/caller.ts";
import { notFound } from "../models/refusals.ts";
import {
  findModel,
  findStop,
  insertStop,
  isGrantee,
  liftStopRow,
  readStops,
  readUsedTokens,
  type StandingStop,
  type StoppableModel,
} from "./stop-store.ts";

/** The switch that stops use at once, for the lab and the desk. */
export type StopService = {
  readonly list: (caller: Caller, model: string) => Promise<StopAnswer[]>;
  readonly usedTokens: (caller: Caller, model: string) => Promise<AnswerOf<typeof listUsedTokens>>;
  /** @throws CodedError `not-found`, `not-allowed` for whoever is neither the lab nor the desk */
  readonly stop: (caller: Caller, model: string, asked: BodyOf<typeof stopUse>) => Promise<StopAnswer>;
  /** @throws CodedError `not-found` for what somebody else stopped, too */
  readonly lift: (caller: Caller, model: string, stop: string) => Promise<void>;
};

export type StopParts = { readonly database: Database; readonly clock: () => number };

export function createStopService({ database, clock }: StopParts): StopService {
  return {
    list: (caller, model) =>
      database.transaction(caller.actor, async (transaction) =>
        (await readStops(transaction, await known(transaction, model))).map((stop) => answerOf(stop, caller)),
      ),
    usedTokens: (caller, model) =>
      database.transaction(caller.actor, async (transaction) => {
        const rows = await readUsedTokens(transaction, await ofSide(transaction, caller, model));
        return {
          rows: rows.map((row) => ({
            token: row.token_id,
            grant: row.grant_id,
            organisation: named(row.grantee_organisation_id, row.grantee_name),
            purpose: row.purpose,
            requests: row.requests,
            lastAtMs: row.last_at.getTime(),
          })),
        };
      }),
    stop: (caller, model, { organisation, token, reason }) =>
      database.transaction(caller.actor, async (transaction) => {
        const stopped = await ofSide(transaction, caller, model);
        if (organisation !== undefined && !(await isGrantee(transaction, stopped, organisation))) {
          throw new CodedError("not-found", "expected an organisation with a grant of this model", { place: "body.organisation" });
        }
        const atMs = clock();
        const id = await insertStop(transaction, stopped, { organisation, token, reason, at: new Date(atMs) });
        await audit(
          transaction,
          caller,
          "access.stopped",
          model,
          { stop: id, organisation: organisation ?? null, token: token ?? null, reason },
          atMs,
        );
        const standing = await findStop(transaction, stopped, id);
        invariant(standing !== undefined, "whoever stops sees the stop");
        return answerOf(standing, caller);
      }),
    lift: (caller, model, stop) =>
      database.transaction(caller.actor, async (transaction) => {
        const atMs = clock();
        if (!(await liftStopRow(transaction, await ofSide(transaction, caller, model), stop, new Date(atMs)))) throw notFound();
        await audit(transaction, caller, "access.resumed", model, { stop }, atMs);
      }),
  };
}

async function known(transaction: Transaction, model: string): Promise<StoppableModel> {
  const found = await findModel(transaction, model);
  if (found === undefined) throw notFound();
  return found;
}

async function ofSide(transaction: Transaction, { organisation }: Caller, model: string): Promise<StoppableModel> {
  const found = await known(transaction, model);
  if (organisation === found.organisation_id || organisation === found.desk_organisation_id) return found;
  throw new CodedError("not-allowed", "Expected the lab that offered the model, or the desk that it was offered to");
}

async function audit(
  transaction: Transaction,
  { organisation, person }: Caller,
  verb: "access.stopped" | "access.resumed",
  model: string,
  details: Readonly<Record<string, string | null>>,
  atMs: number,
): Promise<void> {
  await recordAudit(transaction, { organisation, person, verb, subject: `model:${model}`, details, atMs });
}

function answerOf(stop: StandingStop, { organisation }: Caller): StopAnswer {
  return {
    id: stop.id,
    ...(stop.grantee_organisation_id === null ? {} : { organisation: named(stop.grantee_organisation_id, stop.grantee_name) }),
    ...(stop.token_id === null ? {} : { token: stop.token_id }),
    reason: stop.reason,
    by: named(stop.stopped_by_organisation_id, stop.stopped_by_name),
    stoppedAtMs: stop.stopped_at.getTime(),
    ...(stop.lifted_at === null ? {} : { liftedAtMs: stop.lifted_at.getTime() }),
    mayLift: stop.lifted_at === null && stop.stopped_by_organisation_id === organisation,
  };
}

function named(id: string, name: string | null): { id: string; name?: string } {
  return name === null ? { id } : { id, name };
}

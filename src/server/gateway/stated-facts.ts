import type { BodyOf } from "../../contract/endpoint.ts";
import type { stateDestruction, stateProbe } from "../../contract/endpoints/gateway.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { recordStatement } from "../ledger/record-statement.ts";
import { certify } from "../models/destroy-keys.ts";
import { announce } from "../notifications/announcement-service.ts";
import type { GatewayScope } from "./gateway-scope.ts";
import { insertProbe, tellDifferent } from "./probe-store.ts";
import { findServedWindow, granteeOf, granteesOf, type ServedWindow } from "./served-store.ts";

type Stated<Body> = Body & { readonly gateway: string; readonly scope: GatewayScope; readonly nowMs: number };

/** Writes down how a probe went; `different` is told to everyone who uses the window. @throws CodedError `not-found` */
export async function writeProbe(database: Database, probe: Stated<BodyOf<typeof stateProbe>>): Promise<boolean> {
  return database.transaction("gateway", async (transaction) => {
    const window = await findServedWindow(transaction, probe.scope, probe.window);
    if (window === undefined) throw notServed();
    const isNew = await insertProbe(transaction, window, { ...probe, basis: JSON.stringify(probe.basis), at: new Date(probe.atMs) });
    if (isNew && probe.verdict === "different") {
      const { id, occasion, verdict, atMs } = probe;
      await tellDifferent(transaction, window, { id, details: JSON.stringify({ probe: id, occasion }), at: new Date(atMs) });
      const { organisation_id: lab, desk_organisation_id: desk } = window;
      for (const circleId of new Set([lab, desk, ...(await granteesOf(transaction, window))])) {
        await announce(transaction, { kind: "probe-different", circleId, organisationId: lab, atMs: probe.nowMs });
      }
      const facts = { gateway: probe.gateway, model: window.enrolment_id, window: window.id, probe: id, occasion, verdict };
      await recordStatement(transaction, { organisationId: window.organisation_id, kind: "model.probed", facts, atMs: probe.nowMs });
    }
    return isNew;
  });
}

/** Writes down what a gateway with keys of its own destroyed, as the server does of its own keys. @throws CodedError `not-found`, `not-allowed` */
export async function writeDestruction(database: Database, stated: Stated<BodyOf<typeof stateDestruction>>): Promise<boolean> {
  const { scope, gateway, what, keyId, file, destroyedMs, cannotReach, grant } = stated;
  if (scope.custody === "here")
    throw new CodedError("not-allowed", "Expected a gateway with keys of its own: the server destroys those that it keeps");
  return database.transaction("custodian", async (transaction) => {
    const window = await findServedWindow(transaction, scope, stated.window);
    const grantee = window === undefined || grant === undefined ? undefined : await granteeOf(transaction, window, grant);
    if (window === undefined || (grant !== undefined && grantee === undefined)) throw notServed();
    const ofGrant = grant === undefined || grantee === undefined ? {} : { grant, grantee };
    const destruction = { keyId, file, destroyedMs, cannotReach };
    return certify(transaction, { ...aboutOf(window), ...ofGrant, what, gateway, destruction }, stated.nowMs);
  });
}

function aboutOf({ organisation_id: lab, enrolment_id: model, desk_organisation_id: desk, id: window }: ServedWindow) {
  return { lab, model, desk, window };
}

function notServed(): CodedError {
  return new CodedError("not-found", "expected a window and a grant that this gateway serves, got others", { place: "body.window" });
}

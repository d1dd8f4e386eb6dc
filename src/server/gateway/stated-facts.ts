import type { BodyOf } from "../../contract/endpoint.ts";
import type { stateDestruction, stateProbe } from "../../contract/endpoints/gateway.ts";
import { CodedError } from "../../vocabulary/coded-error.ts";
import type { Database } from "../database/database.ts";
import { recordStatement } from "../ledger/record-statement.ts";
import type { GatewayScope } from "./gateway-scope.ts";
import { findServedWindow, granteeOf, insertCertificate, insertEvent, insertProbe } from "./probe-store.ts";

type Stated<Body> = Body & { readonly gateway: string; readonly scope: GatewayScope; readonly nowMs: number };

/** Writes down how a probe went; `different` is told to everyone who uses the window. @throws CodedError `not-found` */
export async function writeProbe(database: Database, probe: Stated<BodyOf<typeof stateProbe>>): Promise<boolean> {
  return database.transaction("gateway", async (transaction) => {
    const window = await findServedWindow(transaction, probe.scope, probe.window);
    if (window === undefined) throw notServed();
    const at = new Date(probe.atMs);
    const isNew = await insertProbe(transaction, window, { ...probe, basis: JSON.stringify(probe.basis), at });
    if (isNew && probe.verdict === "different") {
      const { id, occasion } = probe;
      await insertEvent(transaction, window, {
        ...{
          kind: "probe-different",
          details: JSON.stringify({ probe: id, occasion }),
          forGrantees: true,
          grantee: null,
          at,
          onceKey: `probe:${id}`,
        },
      });
      const facts = { gateway: probe.gateway, model: window.enrolment_id, window: window.id, probe: id, occasion, verdict: probe.verdict };
      await recordStatement(transaction, { organisationId: window.organisation_id, kind: "model.probed", facts, atMs: probe.nowMs });
    }
    return isNew;
  });
}

/** Writes down what a gateway with keys of its own destroyed: a certificate, told to lab and desk and whom it concerns, and a statement in the ledger. */
export async function writeDestruction(database: Database, destruction: Stated<BodyOf<typeof stateDestruction>>): Promise<boolean> {
  const { scope, gateway, what, keyId, file, destroyedMs, cannotReach, grant = null } = destruction;
  if (scope.custody === "here")
    throw new CodedError("not-allowed", "Expected a gateway with keys of its own: the server destroys those that it keeps");
  return database.transaction("gateway", async (transaction) => {
    const window = await findServedWindow(transaction, scope, destruction.window);
    const grantee = window === undefined || grant === null ? null : await granteeOf(transaction, window, grant);
    if (window === undefined || grantee === undefined) throw notServed();
    const destroyedAt = new Date(destroyedMs);
    const isNew = await insertCertificate(transaction, window, { grant, grantee, what, keyId, file, gateway, destroyedAt, cannotReach });
    if (isNew) {
      await insertEvent(transaction, window, {
        ...{
          kind: "key-destroyed",
          details: JSON.stringify({ what, keyId }),
          forGrantees: true,
          grantee,
          at: destroyedAt,
          onceKey: `key:${keyId}`,
        },
      });
      const facts = {
        ...{ gateway, model: window.enrolment_id, window: window.id, grant, what, keyId, file },
        ...{ destroyedAt: destroyedAt.toISOString(), cannotReach: [...cannotReach] },
      };
      await recordStatement(transaction, { organisationId: window.organisation_id, kind: "key.destroyed", facts, atMs: destruction.nowMs });
    }
    return isNew;
  });
}

function notServed(): CodedError {
  return new CodedError("not-found", "expected a window and a grant that this gateway serves, got others", { place: "body.window" });
}

import { invariant } from "../../vocabulary/invariant.ts";
import type { Actor, SystemActor } from "./database.ts";

/** The statements by which a transaction becomes its actor; see `migrations/000001_actors.sql` and `000005_organisations.sql`. */
export function becomeActor(actor: Actor): string {
  if (typeof actor === "string") return `set local role ${roleOf(actor)}`;
  invariant(signedPattern.test(actor.signed), "a signed actor holds characters that none is written with");
  // Set by the login, before the role: what acts as the role finds it and cannot make another that verifies.
  return `set local sluice.actor = '${actor.signed}'; set local role sluice_actor`;
}

/** The database role of an actor that needs no signature. */
export function roleOf(actor: SystemActor): string {
  return `sluice_${actor}`;
}

/** True for what comes from outside: requests have a login of their own, which can become nothing else. */
export function isRequest(actor: Actor): boolean {
  return typeof actor !== "string" || actor === "reader";
}

const signedPattern = /^[\w|.:-]{1,1000}$/;

/** Longest time a statement may take, unless its transaction says otherwise. */
export const DEFAULT_TIMEOUT_MS = 30_000;
/** Longest time a transaction may stand open between two statements. On the embedded driver it keeps everyone else waiting. */
export const IDLE_TIMEOUT_MS = 15_000;

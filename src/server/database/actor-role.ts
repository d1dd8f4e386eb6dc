import type { Actor } from "./database.ts";

/** The database role that a transaction takes; see `migrations/000001_actors.sql`. */
export function roleOf(actor: Actor): string {
  return roles[actor];
}

const roles: Readonly<Record<Actor, string>> = { reader: "sluice_reader", importer: "sluice_importer", keeper: "sluice_keeper" };

/** Longest time a statement may take, unless its transaction says otherwise. */
export const DEFAULT_TIMEOUT_MS = 30_000;
/** Longest time a transaction may stand open between two statements. On the embedded driver it keeps everyone else waiting. */
export const IDLE_TIMEOUT_MS = 15_000;

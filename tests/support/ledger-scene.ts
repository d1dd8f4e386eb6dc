import { randomUUID } from "node:crypto";
import type { Database, OwnedDatabase } from "../../src/server/database/database.ts";
import type { Caller } from "../../src/server/http/caller.ts";
import { createLedgerService, type LedgerParts, type LedgerService } from "../../src/server/ledger/ledger-service.ts";
import { recordStatement } from "../../src/server/ledger/record-statement.ts";
import { withTestDatabase } from "../database/test-database.ts";
import { callerOf, takeSeat } from "./subject-desk.ts";
import { type TrustedActors, withTrustedActors } from "./trusted-actors.ts";

export const ledgerConfig: LedgerParts["config"] = {
  ledgerEverySeconds: 600,
  ledgerBatchLeaves: 8,
  witnesses: [],
  publicUrl: "https://clearing.example/",
  allowedPrivateHosts: [],
};
const quiet = { error: () => {}, warn: () => {} };

/** A ledger over a real database, with a clock of the test's. */
export type LedgerScene = {
  readonly database: OwnedDatabase;
  readonly actors: TrustedActors;
  readonly ledger: LedgerService;
  /** Another server's ledger over the same database; closed with the scene. */
  readonly open: (more?: Partial<LedgerParts>) => Promise<LedgerService>;
};

/** Defines one test a driver, each with a ledger of its own. */
export function ledgerTest(title: string, work: (scene: LedgerScene) => Promise<void>): void {
  withTestDatabase(title, async (database) => {
    await withTrustedActors(database, async (actors) => {
      const opened: LedgerService[] = [];
      const open = async (more: Partial<LedgerParts> = {}): Promise<LedgerService> => {
        const ledger = await createLedgerService({
          database,
          keys: actors.keys,
          config: ledgerConfig,
          clock: actors.clock,
          log: quiet,
          ...more,
        });
        opened.push(ledger);
        return ledger;
      };
      try {
        await work({ database, actors, ledger: await open(), open });
      } finally {
        await Promise.all(opened.map((ledger) => ledger.close()));
      }
    });
  });
}

/** Records a statement whose words do not matter. */
export async function record(database: Database, caller: Caller, organisationId: string, atMs: number): Promise<{ readonly id: string }> {
  return database.transaction(caller.actor, (transaction) =>
    recordStatement(transaction, { organisationId, kind: "release.opened", facts: { stage: randomUUID() }, atMs }),
  );
}

/** An administrator of an organisation of its own. */
export async function memberOf(actors: TrustedActors): Promise<{ readonly organisation: string; readonly caller: Caller }> {
  const organisation = await actors.makeOrganisation(`Organisation ${randomUUID()}`);
  return { organisation, caller: await callerIn(actors, organisation, "administrator") };
}

/** A new member of the organisation, as a request of theirs would have it. */
export async function callerIn(actors: TrustedActors, organisation: string, role: "administrator" | "reader"): Promise<Caller> {
  return callerOf(actors, await takeSeat(actors, { id: organisation }, role));
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { ledgerEndpoints } from "../../src/contract/endpoints/ledger.ts";
import { openKeyRing, type KeyRing } from "../../src/sealing/key-ring.ts";
import { openSignedHeads } from "../../src/sealing/signed-heads.ts";
import { createApp } from "../../src/server/app.ts";
import { readConfig, type Witness } from "../../src/server/config.ts";
import type { OwnedDatabase } from "../../src/server/database/database.ts";
import { migrate } from "../../src/server/database/migrate.ts";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { sql } from "../../src/server/database/sql.ts";
import { nobodyIsKnown } from "../../src/server/http/caller.ts";
import { listen } from "../../src/server/http/listener.ts";
import { createOpenRequests } from "../../src/server/http/open-requests.ts";
import { ledgerRoutes } from "../../src/server/ledger/ledger-routes.ts";
import { createLedgerService, type LedgerService } from "../../src/server/ledger/ledger-service.ts";
import { recordRevision } from "../../src/server/ledger/record-statement.ts";
import { createTraffic } from "../../src/server/system/traffic.ts";

/** A ledger in a database of its own, served as a server does, that grows by as many leaves as a test says. */
export type ServedLedger = {
  readonly database: OwnedDatabase;
  readonly keys: KeyRing;
  /** Ends in a slash. */
  readonly url: string;
  readonly ledger: LedgerService;
  readonly growBy: (leaves: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type ServedLedgerOptions = {
  readonly witnesses?: readonly Witness[];
  /** Of the keys that sign; keys of its own unless given. */
  readonly keys?: KeyRing;
  /** Pretends to be this log. */
  readonly origin?: string;
};

export async function serveLedger({ witnesses = [], keys: given, origin }: ServedLedgerOptions = {}): Promise<ServedLedger> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-ledger-"));
  const keys = given ?? (await openKeyRing({ directory: join(folder, "keys"), master: new Uint8Array(32).fill(7) }));
  const database = await openEmbedded({ directory: undefined, schema: "current" });
  await migrate(database);
  if (origin !== undefined) {
    await database.query(
      "notary",
      sql`insert into ledger (origin, size, root, started_at) values (${origin}, 0, sha256(''), ${new Date()})`,
    );
  }
  const config = readConfig({ DATA_DIR: join(folder, "data"), LOG_LEVEL: "silent" });
  const open = (ledgerBatchLeaves: number): Promise<LedgerService> =>
    createLedgerService({
      database,
      keys,
      heads: openSignedHeads(folder),
      config: { ...config, witnesses, ledgerBatchLeaves, allowedPrivateHosts: ["127.0.0.1"] },
      clock: Date.now,
      log: { error: () => {}, warn: () => {} },
    });
  const ledger = await open(1);
  const app = await createApp({
    config,
    endpoints: ledgerEndpoints,
    routes: ledgerRoutes(ledger),
    log: pino({ level: "silent" }),
    traffic: createTraffic(),
    openRequests: createOpenRequests(),
    consoleFiles: undefined,
    authenticate: nobodyIsKnown,
  });
  const listener = await listen(app.routing, { host: "127.0.0.1", port: 0 }, undefined);
  return {
    database,
    keys,
    ledger,
    url: `http://127.0.0.1:${listener.port}/ledger/`,
    growBy: async (leaves) => {
      // The first leaf of all is a public one: without any statement there are no batches.
      const { size } = await ledger.state();
      if (size === 0) {
        await database.transaction("releaser", (transaction) =>
          recordRevision(transaction, { advisoryId: "SLU-2026-1", sha256: "0".repeat(64), atMs: Date.now() }),
        );
      }
      const grower = await open(leaves - (size === 0 ? 1 : 0));
      await grower.runBatch();
      await grower.close();
    },
    close: async () => {
      await listener.stop(0);
      await app.close();
      await ledger.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

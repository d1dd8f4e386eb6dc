import { pino } from "pino";
import { ledgerEndpoints } from "../../src/contract/endpoints/ledger.ts";
import { osvEndpoints } from "../../src/contract/endpoints/osv-api.ts";
import { createApp } from "../../src/server/app.ts";
import { readConfig } from "../../src/server/config.ts";
import { nobodyIsKnown } from "../../src/server/http/caller.ts";
import { listen } from "../../src/server/http/listener.ts";
import { createOpenRequests } from "../../src/server/http/open-requests.ts";
import { ledgerRoutes } from "../../src/server/ledger/ledger-routes.ts";
import { createLedgerService } from "../../src/server/ledger/ledger-service.ts";
import { osvRoutes } from "../../src/server/osv-api/osv-routes.ts";
import { createOsvService } from "../../src/server/osv-api/osv-service.ts";
import { createTraffic } from "../../src/server/system/traffic.ts";
import type { ReleaseDesk } from "./release-desk.ts";

/** What a release desk publishes, served to strangers: records, signatures, keys and the ledger. */
export type PublishedDesk = {
  /** Without a slash at the end. */
  readonly url: string;
  readonly verifierKey: string;
  /** Puts what waits into the tree. */
  readonly runBatch: () => Promise<void>;
};

export async function withPublishedDesk(
  { database, actors, snapshots }: ReleaseDesk,
  work: (desk: PublishedDesk) => Promise<void>,
): Promise<void> {
  const config = readConfig({ LOG_LEVEL: "silent" });
  const log = pino({ level: "silent" });
  const ledger = await createLedgerService({ database, keys: actors.keys, config, clock: actors.clock, log });
  const app = await createApp({
    config,
    endpoints: [...ledgerEndpoints, ...osvEndpoints],
    routes: [...ledgerRoutes(ledger), ...osvRoutes(createOsvService({ database, snapshots, config, now: actors.clock }))],
    log,
    traffic: createTraffic(),
    openRequests: createOpenRequests(),
    consoleFiles: undefined,
    authenticate: nobodyIsKnown,
  });
  const listener = await listen(app.routing, { host: "127.0.0.1", port: 0 }, undefined);
  try {
    const [verifierKey = ""] = (await ledger.state()).verifierKeys;
    await work({ url: `http://127.0.0.1:${listener.port ?? 0}`, verifierKey, runBatch: () => ledger.runBatch() });
  } finally {
    await listener.stop(0);
    await app.close();
    await ledger.close();
  }
}

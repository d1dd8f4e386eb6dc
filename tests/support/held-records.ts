import { mkdtemp, rm } from "node:fs/promises";
import { nobodyIsKnown } from "../../src/server/http/caller.ts";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { AnyEndpoint } from "../../src/contract/endpoint.ts";
import { type App, createApp } from "../../src/server/app.ts";
import { readConfig } from "../../src/server/config.ts";
import type { Database } from "../../src/server/database/database.ts";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { createSyncService, type SyncService } from "../../src/server/feeds/sync-service.ts";
import { createOpenRequests } from "../../src/server/http/open-requests.ts";
import type { Route } from "../../src/server/http/route.ts";
import { createSnapshotService, type SnapshotService } from "../../src/server/snapshot/snapshot-service.ts";
import { createTraffic } from "../../src/server/system/traffic.ts";

/** A database with nothing in it but what is synced, and its snapshot. */
export type HeldRecords = {
  readonly database: Database;
  readonly snapshots: SnapshotService;
  readonly syncs: SyncService;
  readonly close: () => Promise<void>;
};

/** On a database in memory of its own, or on `given`, which stays open. */
export async function openHeldRecords(given?: Database): Promise<HeldRecords> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-held-"));
  const database = given ?? (await openEmbedded({ directory: undefined }));
  const snapshots = await createSnapshotService({ database, dataDirectory: directory });
  const syncs = createSyncService({ database, snapshots, config: readConfig({ DATA_DIR: directory }) });
  return {
    database,
    snapshots,
    syncs,
    close: async () => {
      await syncs.close();
      await snapshots.close();
      if (given === undefined) await database.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** The HTTP side of some endpoints alone, as the server binds them. */
export function appOf(endpoints: readonly AnyEndpoint[], routes: readonly Route[]): Promise<App> {
  return createApp({
    config: { host: "127.0.0.1", publicUrl: undefined, requestsPerMinute: 1_000_000 },
    endpoints,
    routes,
    log: pino({ level: "silent" }),
    traffic: createTraffic(),
    openRequests: createOpenRequests(),
    authenticate: nobodyIsKnown,
    consoleFiles: undefined,
  });
}

import { mkdir } from "node:fs/promises";
import { destination, type Logger, pino } from "pino";
import { allEndpoints } from "../contract/endpoints/all.ts";
import { type App, createApp } from "./app.ts";
import { backupRoutes } from "./backup/backup-routes.ts";
import { osvDirectoryRoutes } from "./osv-directory/osv-directory-routes.ts";
import type { Config } from "./config.ts";
import type { OwnedDatabase } from "./database/database.ts";
import { openOwnedDatabase } from "./database/open-database.ts";
import { trustActorKeys } from "./actors/actor-key-store.ts";
import { openKeys } from "./open-keys.ts";
import { type ConsoleFiles, readConsoleFiles } from "./http/console-files.ts";
import { createOpenRequests, type OpenRequests } from "./http/open-requests.ts";
import { packageVersion } from "./package-root.ts";
import { attachmentsIn, sealedFilesIn } from "./sealed-files.ts";
import { subjectRoutes } from "./routes.ts";
import { signInRoutes } from "./sign-in/sign-in-routes.ts";
import { openServices, type Services } from "./services.ts";
import { systemRoutes } from "./system/system-routes.ts";
import type { SystemService } from "./system/system-service.ts";
import { createTraffic } from "./system/traffic.ts";

/** A whole server that does not listen: what commands talk to when none is running, and what `startServer` puts on the network. */
export type OpenServer = {
  readonly app: App;
  readonly log: Logger;
  readonly services: Services;
  readonly openRequests: OpenRequests;
  /** Where the installation's keys are, when this start made them: whoever started it is told. */
  readonly madeKeysIn: string | undefined;
  /** Makes `/readyz` answer 503 from now on. */
  readonly announceStop: () => void;
  /** Gives up what is being answered and closes services and database. */
  readonly close: () => Promise<void>;
};

export type OpenServerOptions = {
  /** With the console's files, for a server that listens. */
  readonly console?: boolean;
  /** The address for the API's description when PUBLIC_URL is not set. */
  readonly serverUrl?: () => string | undefined;
  /** Another time than this machine's, for tests that go from hour to hour. */
  readonly clock?: () => number;
  /** How often the release job looks beside the planned hours: tests whose hours pass at once do not wait. */
  readonly lookEveryMs?: number;
};

/** @throws CodedError `directory-in-use`, `database-unavailable`, `conflict` (the database is newer than this program) */
export async function openServer(config: Config, options: OpenServerOptions = {}): Promise<OpenServer> {
  const log = pino({ level: config.logLevel, base: null }, destination(2));
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 });
  const { keys, isNew } = await openKeys(config);
  const database = await openOwnedDatabase(config);
  let services: Services | undefined;
  try {
    await trustActorKeys(database, keys);
    services = await openServices({
      config,
      database,
      keys,
      log,
      clock: options.clock ?? Date.now,
      lookEveryMs: options.lookEveryMs,
      origin: () => originOf(config, options.serverUrl?.()),
    });
    return { ...(await serverOf(config, options, log, services, database)), madeKeysIn: isNew ? keys.directory : undefined };
  } catch (error) {
    await services?.close();
    await database.close();
    throw error;
  }
}

async function serverOf(
  config: Config,
  options: OpenServerOptions,
  log: Logger,
  services: Services,
  database: OwnedDatabase,
): Promise<Omit<OpenServer, "madeKeysIn">> {
  const traffic = createTraffic();
  const openRequests = createOpenRequests();
  const consoleFiles: ConsoleFiles | undefined = options.console === true ? await readConsoleFiles() : undefined;
  let stopping = false;
  const system: SystemService = {
    ...services.system,
    missing: async () => (stopping ? ["The server is stopping"] : services.system.missing()),
  };
  const routes = [
    ...systemRoutes({
      service: system,
      traffic,
      endpoints: allEndpoints,
      version: packageVersion,
      serverUrl: () => config.publicUrl ?? options.serverUrl?.(),
    }),
    ...subjectRoutes(services),
    ...signInRoutes(services.signIn, () => originOf(config, options.serverUrl?.())),
    ...backupRoutes(database, sealedFilesIn(attachmentsIn(config.dataDirectory))),
    ...osvDirectoryRoutes(database),
  ];
  const app = await createApp({
    config,
    endpoints: allEndpoints,
    routes,
    log,
    traffic,
    openRequests,
    authenticate: services.signIn.sessions.authenticate,
    authenticateGateway: services.premises.authenticate,
    consoleFiles,
  });
  return {
    app,
    log,
    services,
    openRequests,
    announceStop: () => {
      stopping = true;
    },
    close: async () => {
      openRequests.abortAll();
      await app.close();
      await services.close();
      await database.close();
    },
  };
}

/** What links begin with that leave this server by mail, by webhook or through the local door. */
function originOf(config: Config, listensOn: string | undefined): string {
  return new URL(config.publicUrl ?? listensOn ?? `${config.tls === undefined ? "http" : "https"}://localhost:${config.port}`).origin;
}

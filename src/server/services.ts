import type { Logger } from "pino";
import { CodedError } from "../vocabulary/coded-error.ts";
import type { Config } from "./config.ts";
import type { Database } from "./database/database.ts";
import { packageVersion } from "./package-root.ts";
import type { SystemService } from "./system/system-service.ts";
import { reachDatabase } from "./system/system-store.ts";

/** The subjects' services, made once and given to the routes by name. */
export type Services = {
  readonly system: SystemService;
  /** Begins what runs by itself: scheduled syncs, housekeeping. Only a server that listens does. */
  readonly start: () => void;
  readonly close: () => Promise<void>;
};

export type ServiceParts = { readonly config: Config; readonly database: Database; readonly log: Logger };

export async function openServices({ database }: ServiceParts): Promise<Services> {
  return {
    system: {
      status: async () => ({
        version: packageVersion,
        database: database.kind,
        nowMs: Date.now(),
        advisories: 0,
        vulnerabilities: 0,
        problems: 0,
        ecosystems: [],
      }),
      missing: async () => [...(await databaseMissing(database)), "No snapshot is loaded"],
    },
    start: () => {},
    close: async () => {},
  };
}

async function databaseMissing(database: Database): Promise<readonly string[]> {
  try {
    await reachDatabase(database);
    return [];
  } catch (error) {
    if (error instanceof CodedError) return [error.message];
    throw error;
  }
}

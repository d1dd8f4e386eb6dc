import { lstat } from "node:fs/promises";
import { type Client, createClient } from "../contract/client.ts";
import type { Config } from "../server/config.ts";
import { doorAnswers } from "../server/local-door/door-answers.ts";
import { doorPath } from "../server/local-door/door-path.ts";
import { isCodedError } from "../vocabulary/coded-error.ts";
import { createDoorTransport } from "./door-transport.ts";

export type ReachedServer = {
  readonly client: Client;
  readonly close: () => Promise<void>;
  /** `door` = the server that is running on this data directory; `in-process` = one that lives as long as this command. */
  readonly kind: "door" | "in-process";
};

/** How long a command waits for whoever won the race for the data directory to open the door. */
const RACE_MS = 10_000;
const RETRY_MS = 100;

/**
 * A client of this installation's API: through the local door when a server is running, otherwise of a server in this
 * process that does not listen.
 * @throws CodedError `directory-in-use` when another command holds the data directory
 */
export async function reachServer(config: Config, raceMs: number = RACE_MS): Promise<ReachedServer> {
  const givenUp = performance.now() + raceMs;
  for (;;) {
    const reached = await throughDoor(config.dataDirectory);
    if (reached !== undefined) return reached;
    try {
      return await inProcess(config);
    } catch (error) {
      // The lock of the embedded database decides a race of two commands; the winner may be a server about to open its door.
      if (!isCodedError(error, "directory-in-use") || performance.now() > givenUp) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function throughDoor(dataDirectory: string): Promise<ReachedServer | undefined> {
  const path = doorPath(dataDirectory);
  if (!(await isOurs(path)) || !(await doorAnswers(path))) return undefined;
  const door = createDoorTransport(path);
  return { client: createClient(door.transport), close: async () => door.close(), kind: "door" };
}

/** A socket that another user has put there is no door of ours: it would be told what we ask. */
async function isOurs(path: string): Promise<boolean> {
  if (process.platform === "win32") return true;
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && found.isSocket() && (found.uid === 0 || found.uid === process.getuid?.() || process.getuid?.() === 0);
}

async function inProcess(config: Config): Promise<ReachedServer> {
  const { openServer } = await import("../server/open-server.ts");
  const { createInProcessTransport } = await import("../server/local-door/in-process-transport.ts");
  const server = await openServer(config);
  return { client: createClient(createInProcessTransport(server.app)), close: server.close, kind: "in-process" };
}

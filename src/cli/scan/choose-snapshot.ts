import type { Snapshot } from "../../matching/snapshot/snapshot.ts";
import type { Config } from "../../server/config.ts";
import { readSnapshotFile, snapshotPath } from "../../server/snapshot-file.ts";
import { isCodedError } from "../../vocabulary/coded-error.ts";
import { takeServerSnapshot } from "./server-snapshot.ts";

export type SnapshotChoice = {
  /** `--offline FILE`: nothing is asked of anybody. */
  readonly offline: string | undefined;
  /** `--server URL` or SLUICE_SERVER: the server's snapshot is taken, so it never learns what is scanned. */
  readonly server: string | undefined;
  readonly config: Config;
};

export type ChosenSnapshot = {
  readonly snapshot: Snapshot;
  /** What the reader must know of how it was come by, such as a server that could not be asked. */
  readonly warning: string | undefined;
};

/**
 * The data that answers: a given file, else the configured server's, else this installation's own.
 * @throws CodedError `snapshot-missing`, `snapshot-invalid`, `feed-unreachable`, `input-invalid`
 */
export async function chooseSnapshot({ offline, server, config }: SnapshotChoice): Promise<ChosenSnapshot> {
  if (offline !== undefined) return { snapshot: (await readSnapshotFile(offline)).snapshot, warning: undefined };
  if (server !== undefined) return takeServerSnapshot(server, config.dataDirectory);
  return { snapshot: await ownSnapshot(config), warning: undefined };
}

/** Without a whole one, opening the installation makes it from what it has, at first from the bundled sample. */
async function ownSnapshot(config: Config): Promise<Snapshot> {
  const path = snapshotPath(config.dataDirectory);
  try {
    return (await readSnapshotFile(path)).snapshot;
  } catch (error) {
    if (!isCodedError(error, "snapshot-missing", "snapshot-invalid")) throw error;
    // The server's code is only loaded when it is needed.
    const { reachServer } = await import("../reach-server.ts");
    await (await reachServer(config)).close();
    return (await readSnapshotFile(path)).snapshot;
  }
}

import { existsSync, realpathSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { type KeyRing, openKeyRing } from "../sealing/key-ring.ts";
import { readMasterKey } from "../sealing/master-key.ts";
import { SealingError } from "../sealing/sealing-error.ts";
import { CodedError } from "../vocabulary/coded-error.ts";
import { type Config, keysDirectoryOf } from "./config.ts";

export type OpenedKeys = {
  readonly keys: KeyRing;
  /** True when this call made the directory: whoever started the program is told where it is. */
  readonly isNew: boolean;
};

type KeySettings = Pick<Config, "dataDirectory" | "keysDirectory" | "masterKey" | "masterKeyFile">;

/**
 * Opens the installation's keys, and makes them at the first start.
 * @throws CodedError `input-invalid` when they would lie in the data directory, are open to others, or the master key does not open them
 */
export async function openKeys(settings: KeySettings): Promise<OpenedKeys> {
  const directory = keysDirectoryOf(settings);
  const masterKeyFile = settings.masterKeyFile ?? join(directory, "master.key");
  refuseInside(settings.dataDirectory, directory, "SLUICE_KEYS_DIR");
  if (settings.masterKey === undefined) refuseInside(settings.dataDirectory, masterKeyFile, "SLUICE_KEY_FILE");
  const isNew = !existsSync(directory);
  try {
    const master = readMasterKey({ text: settings.masterKey, file: masterKeyFile, keysDirectory: directory });
    return { keys: await openKeyRing({ directory, master }), isNew };
  } catch (error) {
    if (error instanceof SealingError)
      throw new CodedError("input-invalid", error.message, { cause: error, place: error.place ?? directory });
    throw error;
  }
}

/** Threat: a backup or copy of the data directory that carries what opens it. */
function refuseInside(dataDirectory: string, path: string, variable: string): void {
  const [data, found] = [realPath(dataDirectory), realPath(path)];
  if (found !== data && !found.startsWith(data + sep)) return;
  throw new CodedError("input-invalid", `${variable}: expected a place outside the data directory ${dataDirectory}, got ${path}`, {
    place: variable,
  });
}

/** With links followed as far as the path exists. */
function realPath(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : join(realPath(parent), path.slice(parent.length));
}

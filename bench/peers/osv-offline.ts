import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runProcess } from "../whole-process.ts";

/** What is used of `@renovatebot/osv-offline-db`; its database is the folder in OSV_OFFLINE_ROOT_DIR. */
export type OsvOffline = {
  /** Every record that names the package, whatever the version. */
  readonly query: (ecosystem: "npm", name: string) => Promise<readonly { readonly id: string }[]>;
  readonly [Symbol.dispose]: () => void;
};

const folder = dirname(fileURLToPath(import.meta.url));
const entry = join(folder, "node_modules", "@renovatebot", "osv-offline-db", "dist", "index.js");

/** Installs the peers by their own lockfile, unless that was done before. */
export async function installPeers(): Promise<void> {
  if (existsSync(entry)) return;
  const { exitCode, stderr } = await runProcess("npm", ["ci", "--no-audit", "--no-fund"], { directory: folder });
  if (exitCode !== 0) throw new Error(`npm ci in ${folder} ended with ${exitCode}: ${stderr}`);
}

/** The variable must be set before it is loaded, since it looks at it once. */
export async function openOsvOffline(): Promise<OsvOffline> {
  const { OsvOfflineDb } = (await import(pathToFileURL(entry).href)) as { readonly OsvOfflineDb: { readonly create: () => OsvOffline } };
  return OsvOfflineDb.create();
}

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { peerModules } from "./install-peers.ts";

/** What is used of `@renovatebot/osv-offline-db`; its database is the folder in OSV_OFFLINE_ROOT_DIR. */
export type OsvOffline = {
  /** Every record that names the package, whatever the version. */
  readonly query: (ecosystem: "npm", name: string) => Promise<readonly { readonly id: string }[]>;
  readonly [Symbol.dispose]: () => void;
};

const entry = join(peerModules, "@renovatebot", "osv-offline-db", "dist", "index.js");

/** The variable must be set before it is loaded, since it looks at it once. */
export async function openOsvOffline(): Promise<OsvOffline> {
  const { OsvOfflineDb } = (await import(pathToFileURL(entry).href)) as { readonly OsvOfflineDb: { readonly create: () => OsvOffline } };
  return OsvOfflineDb.create();
}

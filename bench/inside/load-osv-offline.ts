import { openOsvOffline } from "../peers/osv-offline.ts";

/** OSV_OFFLINE_ROOT_DIR=… node load-osv-offline.ts: prints the milliseconds until the first answer. */
const startedMs = performance.now();
const database = await openOsvOffline();
await database.query("npm", "a");
console.log(performance.now() - startedMs);
database[Symbol.dispose]();

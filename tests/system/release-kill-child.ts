import { writeSync } from "node:fs";
import { openKeyRing } from "../../src/sealing/key-ring.ts";
import { openEmbedded } from "../../src/server/database/open-embedded.ts";
import { openPostgres } from "../../src/server/database/open-postgres.ts";
import { createReleaseJob } from "../../src/server/releases/release-job.ts";
import { createSnapshotService } from "../../src/server/snapshot/snapshot-service.ts";

/**
 * The process that the test of releases kills: `release-kill-child.ts DATABASE DIRECTORY CLOCK`. Opens and publishes what is due at CLOCK,
 * says `looking` before and `done` after.
 */
const [place = "", dataDirectory = "", clockMs = "0"] = process.argv.slice(2);

const database = place.startsWith("postgres") ? await openPostgres({ url: place }) : await openEmbedded({ directory: place });
const snapshots = await createSnapshotService({ database, dataDirectory });
const clock = (): number => Number(clockMs);
const silent = (): void => {};
const log = { error: silent, warn: silent } as never;
const keys = await openKeyRing({ directory: `${dataDirectory}-keys`, master: new Uint8Array(32).fill(7) });
const job = await createReleaseJob({ database, keys, snapshots, clock, monotonic: clock, log });
writeSync(1, "looking\n");
await job.settle();
writeSync(1, "done\n");
await job.close();
await snapshots.close();
await database.close();

import { writeSync } from "node:fs";
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
const job = await createReleaseJob({ database, snapshots, clock, monotonic: clock, log });
writeSync(1, "looking\n");
await job.settle();
writeSync(1, "done\n");
await job.close();
await snapshots.close();
await database.close();

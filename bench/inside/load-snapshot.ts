import { readSnapshotFile } from "../../src/server/snapshot-file.ts";

/** node load-snapshot.ts FILE: prints the milliseconds from the file to a snapshot that answers. */
const startedMs = performance.now();
const { snapshot } = await readSnapshotFile(process.argv[2] ?? "");
snapshot.findPackage("npm", "a");
console.log(performance.now() - startedMs);

import { existsSync, globSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { rolldown } from "rolldown";
import { prepareCluster } from "../src/server/database/open-embedded.ts";
import { buildConsoleWhenStale } from "../src/server/console-build.ts";
import { consoleFolder } from "../src/server/http/console-files.ts";
import { packageRoot } from "../src/server/package-root.ts";

/**
 * node tools/build-package.ts
 *
 * Makes dist/, which the packed package runs: the command line and every worker as bundled JavaScript (Node strips no types under
 * node_modules), the built console, and an initialised embedded database to start from.
 */
const dist = join(packageRoot, "dist");

process.chdir(packageRoot);
await rm(dist, { recursive: true, force: true });
await bundle();
await addConsole();
console.log(`dist: ${basename(await prepareCluster(dist))}`);

async function bundle(): Promise<void> {
  // Workers are found beside the file that starts them, so everything lies flat.
  const workers = globSync("src/**/*-worker.ts").map((path) => [basename(path, ".ts"), path] as const);
  const build = await rolldown({
    input: { cli: "src/cli/main.ts", ...Object.fromEntries(workers) },
    platform: "node",
    external: (id) => !id.startsWith(".") && !id.startsWith("/") && !id.startsWith("src/") && !/^[A-Za-z]:/.test(id),
  });
  const { output } = await build.write({ dir: dist, format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
  await build.close();
  console.log(`dist: ${output.length} files, ${workers.length} workers`);
}

async function addConsole(): Promise<void> {
  const built = await buildConsoleWhenStale(console.log);
  if (!built || !existsSync(consoleFolder)) throw new Error("the console could not be built, and a package without it is none");
  await cp(consoleFolder, join(dist, "web"), { recursive: true });
}

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess } from "../whole-process.ts";

const folder = dirname(fileURLToPath(import.meta.url));

/** Where a peer's package lies once it is installed. */
export const peerModules = join(folder, "node_modules");

/** Installs the peers by their own lockfile, unless that was done before. */
export async function installPeers(): Promise<void> {
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  if (Object.keys(dependencies).every((name) => existsSync(join(peerModules, name)))) return;
  const { exitCode, stderr } = await runProcess("npm", ["ci", "--no-audit", "--no-fund"], { directory: folder });
  if (exitCode !== 0) throw new Error(`npm ci in ${folder} ended with ${exitCode}: ${stderr}`);
}

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { consoleFolder } from "./http/console-files.ts";
import { isClone, packageRoot } from "./package-root.ts";

/** What the console is made from. */
const SOURCES = ["src/web", "src/contract", "src/vocabulary", "examples/package-lock.json", "package-lock.json"];
const CONFIG = "src/web/vite.config.ts";

/**
 * In a clone, builds the console when its sources differ from those of the last build. A failure is said and never keeps the
 * server from starting: the API does not need the console. True when the console is current afterwards.
 */
export async function buildConsoleWhenStale(say: (line: string) => void): Promise<boolean> {
  if (!isClone || !existsSync(join(packageRoot, CONFIG))) return existsSync(consoleFolder);
  const stampFile = `${consoleFolder}.stamp`;
  const stamp = await digestOf(SOURCES.map((source) => join(packageRoot, source)));
  if (existsSync(consoleFolder) && (await textOf(stampFile)) === stamp) return true;
  say("Building the console, whose sources changed");
  const fresh = `${consoleFolder}.${process.pid}`;
  const failure = await runVite(fresh);
  if (failure !== undefined) {
    await rm(fresh, { recursive: true, force: true });
    say(`The console could not be built (${failure}); the server goes on without it. npm run build:web shows all`);
    return false;
  }
  await replaceFolder(consoleFolder, fresh);
  await writeFile(stampFile, stamp);
  return true;
}

/** A build is swapped in whole, so that a server that starts meanwhile never reads half of one. */
async function replaceFolder(folder: string, fresh: string): Promise<void> {
  const old = `${fresh}.old`;
  await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(fresh, folder);
  await rm(old, { recursive: true, force: true });
}

/** The first line of what vite said, or undefined when it went well. In a process of its own: a bundler's memory must not stay with the server. */
async function runVite(outDir: string): Promise<string | undefined> {
  const vite = join(packageRoot, "node_modules", "vite", "bin", "vite.js");
  if (!existsSync(vite)) return "vite is not installed: run npm ci without --omit=dev";
  await mkdir(join(packageRoot, "build"), { recursive: true });
  const args = [vite, "build", "--config", CONFIG, "--outDir", outDir, "--emptyOutDir", "--logLevel", "warn"];
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
    const child = spawn(process.execPath, args, { cwd: packageRoot, env, stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(0, 4000);
    });
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code) => resolve(code === 0 ? undefined : firstComplaint(errors)));
  });
}

function firstComplaint(errors: string): string {
  const lines = errors.split("\n").map((line) => stripVTControlCharacters(line).trim());
  return (
    lines.find((line) => /error|could not|cannot/i.test(line) && !/^error during build|^build failed/i.test(line)) ??
    lines[0] ??
    "no reason given"
  );
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const digest = createHash("sha256");
  for (const path of paths) await addToDigest(digest, path);
  return digest.digest("hex");
}

async function addToDigest(digest: ReturnType<typeof createHash>, path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (entries === undefined) {
    digest
      .update(path.slice(packageRoot.length))
      .update("\0")
      .update(await readFile(path));
    return;
  }
  for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) await addToDigest(digest, join(path, name));
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

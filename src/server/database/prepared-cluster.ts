import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Migration } from "./migrations.ts";
import { packageRoot } from "../package-root.ts";

/** Raised with every change in how a cluster is made. */
const layout = 2;
/** A cluster has some 30 MB, which in pieces of the usual 16 kB are put together one by one. */
const CHUNK_BYTES = 8 * 1024 * 1024;
const cacheDirectory = join(packageRoot, "node_modules", ".cache", "sluice");

/**
 * A freshly initialised and migrated cluster as a tar: copying it is five times faster than initdb.
 * It is looked for in the package and in the cache, and made by `make`, and kept in the cache if that can be written, otherwise.
 */
export async function preparedCluster(
  migrations: readonly Migration[],
  make: () => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const name = preparedClusterName(migrations);
  const found = [join(packageRoot, "dist", name), join(cacheDirectory, name)].find((path) => existsSync(path));
  if (found !== undefined) return zstdDecompressSync(readFileSync(found), { chunkSize: CHUNK_BYTES });
  const tar = await make();
  keep(migrations, tar);
  return tar;
}

/** The file name that fits these migrations and this engine, and no others. */
export function preparedClusterName(migrations: readonly Migration[]): string {
  const hash = createHash("sha256").update(`${layout} ${engineVersion()}`);
  for (const migration of migrations) hash.update(`\n${migration.id} ${migration.name} ${migration.sha256}`);
  return `prepared-cluster-${hash.digest("hex").slice(0, 16)}.tar.zst`;
}

function engineVersion(): string {
  const entry = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const manifest: unknown = JSON.parse(readFileSync(join(dirname(dirname(entry)), "package.json"), "utf8"));
  return JSON.stringify(manifest);
}

/** Writes a cluster made with these migrations into `directory`, under the name by which it is found; its path. */
export function writePreparedCluster(directory: string, migrations: readonly Migration[], tar: Uint8Array): string {
  const path = join(directory, preparedClusterName(migrations));
  // Several processes may do so at once: each writes a file of its own and renames it.
  const partial = `${path}.${process.pid}.partial`;
  mkdirSync(directory, { recursive: true });
  try {
    // A later start takes it for whole by its name, after a loss of power too.
    writeFileSync(partial, zstdCompressSync(tar), { flush: true });
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  return path;
}

/** A package installed for everyone cannot be written by its users; then each first start makes its own. */
function keep(migrations: readonly Migration[], tar: Uint8Array): void {
  try {
    writePreparedCluster(cacheDirectory, migrations, tar);
  } catch (error) {
    if (!isNotWritable(error)) throw error;
  }
}

function isNotWritable(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && ["EACCES", "EPERM", "EROFS", "ENOSPC", "ENOENT", "ENOTDIR"].includes(String(error.code))
  );
}
